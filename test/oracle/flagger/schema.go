package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	kyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// crdFile is artifacts/flagger/crd.yaml of the Flagger module that this program is built from; build.sh sets it.
var crdFile string

type crdSchema struct {
	validator  validation.SchemaValidator
	structural *structuralschema.Structural
	namespaced bool
}

var crdSchemas map[string]*crdSchema

func loadSchemas() error {
	if crdSchemas != nil {
		return nil
	}
	text, err := os.ReadFile(crdFile)
	if err != nil {
		return err
	}
	schemas := map[string]*crdSchema{}
	reader := kyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			crdSchemas = schemas
			return nil
		}
		if err != nil {
			return err
		}
		var crd apiextensionsv1.CustomResourceDefinition
		if err := yaml.Unmarshal(document, &crd); err != nil {
			return err
		}
		if len(crd.Spec.Versions) != 1 {
			return fmt.Errorf("%s has %d versions", crd.Name, len(crd.Spec.Versions))
		}
		if schemas[crd.Spec.Names.Kind], err = schemaOf(crd.Spec); err != nil {
			return err
		}
	}
}

func schemaOf(spec apiextensionsv1.CustomResourceDefinitionSpec) (*crdSchema, error) {
	var props apiextensions.JSONSchemaProps
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(spec.Versions[0].Schema.OpenAPIV3Schema, &props, nil); err != nil {
		return nil, err
	}
	schema := &crdSchema{namespaced: spec.Scope == apiextensionsv1.NamespaceScoped}
	var err error
	if schema.validator, _, err = validation.NewSchemaValidator(&props); err != nil {
		return nil, err
	}
	schema.structural, err = structuralschema.NewStructural(&props)
	return schema, err
}

// checkSchema says what the API server would: the metadata, the CRD's schema, and the fields that it would drop.
func (o object) checkSchema() (problems []problem) {
	schema := crdSchemas[o.untyped.GetKind()]
	if schema == nil {
		return nil
	}
	found := apivalidation.ValidateObjectMetaAccessor(&o.untyped, schema.namespaced, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"))
	found = append(found, validation.ValidateCustomResource(nil, o.untyped.Object, schema.validator)...)
	for _, one := range found {
		problems = append(problems, o.problem("schema", one.Error()))
	}
	unknown := pruning.PruneWithOptions(o.untyped.DeepCopy().Object, schema.structural, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	for _, path := range unknown {
		problems = append(problems, o.problem("schema", fmt.Sprintf("unknown field %q", path)))
	}
	return problems
}

type crdRequest struct {
	Documents string `json:"documents"`
}

func crd(request crdRequest) ([]problem, error) {
	if err := loadSchemas(); err != nil {
		return nil, err
	}
	objects, problems, err := readDocuments(request.Documents)
	if err != nil {
		return nil, err
	}
	found := []problem{}
	for _, one := range objects {
		found = append(found, one.checkSchema()...)
	}
	return append(found, problems...), nil
}
