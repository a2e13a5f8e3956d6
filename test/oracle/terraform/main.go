// Reads Terraform's JSON syntax with HashiCorp's own parser and prints what Terraform would see: every text with its template evaluated.
// Standard input holds a JSON list of file texts; standard output a JSON list with one answer for each.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

const sloType = "datadog_service_level_objective"

type answer struct {
	Error string `json:"error,omitempty"`
	// By type and name.
	Resources map[string]map[string]json.RawMessage `json:"resources,omitempty"`
	// The id that each SLO was given, by its name.
	IDs map[string]string `json:"ids,omitempty"`
}

// The blocks of a module that may stand at the top; an unknown one is an error, as it is for Terraform.
var module = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
	{Type: "resource", LabelNames: []string{"type", "name"}},
	{Type: "terraform"},
}}

func main() {
	var texts []string
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	answers := make([]answer, len(texts))
	for i, text := range texts {
		answers[i] = read(text)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func read(text string) answer {
	file, problems := hcljson.Parse([]byte(text), "main.tf.json")
	if problems.HasErrors() {
		return answer{Error: problems.Error()}
	}
	content, problems := file.Body.Content(module)
	if problems.HasErrors() {
		return answer{Error: problems.Error()}
	}
	blocks := content.Blocks.OfType("resource")
	ids := map[string]string{}
	objects := map[string]cty.Value{}
	for _, block := range blocks {
		if name := block.Labels[1]; block.Labels[0] == sloType {
			sum := sha256.Sum256([]byte(name))
			ids[name] = hex.EncodeToString(sum[:16])
			objects[name] = cty.ObjectVal(map[string]cty.Value{"id": cty.StringVal(ids[name])})
		}
	}
	context := &hcl.EvalContext{Variables: map[string]cty.Value{sloType: cty.ObjectVal(objects)}}

	resources := map[string]map[string]json.RawMessage{}
	for _, block := range blocks {
		kind, name := block.Labels[0], block.Labels[1]
		if !hclsyntax.ValidIdentifier(name) {
			return answer{Error: fmt.Sprintf("%q is no name of a resource", name)}
		}
		if _, exists := resources[kind][name]; exists {
			return answer{Error: fmt.Sprintf("two resources %s.%s", kind, name)}
		}
		value, err := evaluate(block.Body, context)
		if err != nil {
			return answer{Error: fmt.Sprintf("%s.%s: %v", kind, name, err)}
		}
		if resources[kind] == nil {
			resources[kind] = map[string]json.RawMessage{}
		}
		resources[kind][name] = value
	}
	return answer{Resources: resources, IDs: ids}
}

// A block's nested blocks are lists of objects, which evaluate as any expression.
func evaluate(body hcl.Body, context *hcl.EvalContext) (json.RawMessage, error) {
	attributes, problems := body.JustAttributes()
	if problems.HasErrors() {
		return nil, problems
	}
	values := map[string]cty.Value{}
	for name, attribute := range attributes {
		value, problems := attribute.Expr.Value(context)
		if problems.HasErrors() {
			return nil, problems
		}
		values[name] = value
	}
	object := cty.ObjectVal(values)
	return ctyjson.Marshal(object, object.Type())
}
