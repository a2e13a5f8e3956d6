package main

import (
	"fmt"
	"os"
	"path/filepath"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"
)

// crdFolder is manifests/crds of the Argo Rollouts module that this program is built from; build.sh sets it.
var crdFolder string

var crdFiles = map[string]string{
	"AnalysisTemplate":        "analysis-template-crd.yaml",
	"ClusterAnalysisTemplate": "cluster-analysis-template-crd.yaml",
	"AnalysisRun":             "analysis-run-crd.yaml",
	"Rollout":                 "rollout-crd.yaml",
}

type crdSchema struct {
	validator  validation.SchemaValidator
	structural *structuralschema.Structural
	namespaced bool
}

var crdSchemas = map[string]*crdSchema{}

func schemaOf(kind string) (*crdSchema, error) {
	file, ok := crdFiles[kind]
	if !ok || crdSchemas[kind] != nil {
		return crdSchemas[kind], nil
	}
	text, err := os.ReadFile(filepath.Join(crdFolder, file))
	if err != nil {
		return nil, err
	}
	var crd apiextensionsv1.CustomResourceDefinition
	if err := yaml.Unmarshal(text, &crd); err != nil {
		return nil, err
	}
	if len(crd.Spec.Versions) != 1 {
		return nil, fmt.Errorf("%s has %d versions", file, len(crd.Spec.Versions))
	}
	var props apiextensions.JSONSchemaProps
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(crd.Spec.Versions[0].Schema.OpenAPIV3Schema, &props, nil); err != nil {
		return nil, err
	}
	schema := &crdSchema{namespaced: crd.Spec.Scope == apiextensionsv1.NamespaceScoped}
	if schema.validator, _, err = validation.NewSchemaValidator(&props); err != nil {
		return nil, err
	}
	if schema.structural, err = structuralschema.NewStructural(&props); err != nil {
		return nil, err
	}
	crdSchemas[kind] = schema
	return schema, nil
}

// checkSchema says what the API server would: the metadata, the CRD's schema, and the fields that it would drop.
func (o object) checkSchema() ([]problem, error) {
	schema, err := schemaOf(o.untyped.GetKind())
	if err != nil || schema == nil {
		return nil, err
	}
	var problems []problem
	found := apivalidation.ValidateObjectMetaAccessor(&o.untyped, schema.namespaced, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"))
	found = append(found, validation.ValidateCustomResource(nil, o.untyped.Object, schema.validator)...)
	for _, one := range found {
		problems = append(problems, o.problem("schema", one.Error()))
	}
	unknown := pruning.PruneWithOptions(o.untyped.DeepCopy().Object, schema.structural, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	for _, path := range unknown {
		problems = append(problems, o.problem("schema", fmt.Sprintf("unknown field %q", path)))
	}
	return problems, nil
}
