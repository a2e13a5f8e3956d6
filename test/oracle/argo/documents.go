package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
)

// A problem is what one of Argo's or Kubernetes' checks says of one object.
type problem struct {
	// Stage is schema (the CRD, as the API server checks it), decode (into Argo's types, no unknown field), rollout (the Rollout
	// controller) or run (the analysis controller).
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

// newTyped lists the kinds whose Go types are known here; any other (a VirtualService, say) stays untyped, as in Argo.
func newTyped(kind string) metav1.Object {
	switch kind {
	case "AnalysisTemplate":
		return &v1alpha1.AnalysisTemplate{}
	case "ClusterAnalysisTemplate":
		return &v1alpha1.ClusterAnalysisTemplate{}
	case "AnalysisRun":
		return &v1alpha1.AnalysisRun{}
	case "Rollout":
		return &v1alpha1.Rollout{}
	case "Service":
		return &corev1.Service{}
	case "Ingress":
		return &networkingv1.Ingress{}
	case "Deployment":
		return &appsv1.Deployment{}
	case "ConfigMap":
		return &corev1.ConfigMap{}
	case "Job":
		return &batchv1.Job{}
	}
	return nil
}

// readDocuments decodes as `kubectl argo rollouts lint` does: strictly, so that a field nobody knows is an error.
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
		if one.untyped.GetNamespace() == "" && one.untyped.GetKind() != "ClusterAnalysisTemplate" {
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

// single is the only object of a kind, or nil.
func single[T metav1.Object](objects []object) (found T, err error) {
	seen := false
	for _, one := range objects {
		if typed, ok := one.typed.(T); ok {
			if seen {
				return found, fmt.Errorf("more than one %s", one.untyped.GetKind())
			}
			found, seen = typed, true
		}
	}
	return found, nil
}
