package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	flaggerv1 "github.com/fluxcd/flagger/pkg/apis/flagger/v1beta1"
)

// A problem is what Kubernetes or Flagger's types say of one object.
type problem struct {
	// Stage is schema (the CRD, as the API server checks it) or decode (into Flagger's types, no unknown field).
	Stage   string `json:"stage"`
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Message string `json:"message"`
}

// An object is a document in the two forms that the checks want: as the API server sees it, and in its Go type.
type object struct {
	untyped unstructured.Unstructured
	typed   metav1.Object
}

// newTyped knows Flagger's kinds; any other (a Deployment, say) stays untyped.
func newTyped(kind string) metav1.Object {
	switch kind {
	case "Canary":
		return &flaggerv1.Canary{}
	case "MetricTemplate":
		return &flaggerv1.MetricTemplate{}
	case "AlertProvider":
		return &flaggerv1.AlertProvider{}
	}
	return nil
}

// readDocuments decodes strictly, so that a field nobody knows is a problem.
func readDocuments(text string) (objects []object, problems []problem, err error) {
	reader := kyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return objects, problems, nil
		}
		if err != nil {
			return nil, nil, err
		}
		var content map[string]any
		if err := yaml.UnmarshalStrict(document, &content); err != nil {
			return nil, nil, err
		}
		if content == nil {
			continue
		}
		// Through JSON, since a decoder of YAML knows other number types.
		asJSON, err := yaml.YAMLToJSON(document)
		if err != nil {
			return nil, nil, err
		}
		var one object
		if err := one.untyped.UnmarshalJSON(asJSON); err != nil {
			return nil, nil, err
		}
		if one.untyped.GetNamespace() == "" {
			one.untyped.SetNamespace(metav1.NamespaceDefault)
		}
		if one.typed = newTyped(one.untyped.GetKind()); one.typed != nil {
			if err := yaml.UnmarshalStrict(document, one.typed, yaml.DisallowUnknownFields); err != nil {
				problems = append(problems, one.problem("decode", err.Error()))
			}
			one.typed.SetNamespace(one.untyped.GetNamespace())
		}
		objects = append(objects, one)
	}
}

func (o object) problem(stage, message string) problem {
	return problem{Stage: stage, Kind: o.untyped.GetKind(), Name: o.untyped.GetName(), Message: message}
}

// ofKind are the objects of one of Flagger's types.
func ofKind[T metav1.Object](objects []object) (found []T) {
	for _, one := range objects {
		if typed, ok := one.typed.(T); ok {
			found = append(found, typed)
		}
	}
	return found
}

// readRelease is one Canary and whatever it refers to; problems of decoding are errors here.
func readRelease(text string) (*flaggerv1.Canary, []object, error) {
	objects, problems, err := readDocuments(text)
	if err != nil {
		return nil, nil, err
	}
	if i := slices.IndexFunc(problems, func(p problem) bool { return p.Stage == "decode" }); i >= 0 {
		return nil, nil, fmt.Errorf("%s %s: %s", problems[i].Kind, problems[i].Name, problems[i].Message)
	}
	canaries := ofKind[*flaggerv1.Canary](objects)
	if len(canaries) != 1 {
		return nil, nil, fmt.Errorf("%d Canaries instead of one", len(canaries))
	}
	return canaries[0], objects, nil
}
