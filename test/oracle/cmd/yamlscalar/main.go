// Reads a JSON list of YAML texts on stdin and prints, for each, what sigs.k8s.io/yaml makes of it: the JSON of the document, and
// the strings of the map under the key "v" as a Go map[string]string would hold them. A text that cannot be read gives its error.
package main

import (
	"encoding/json"
	"os"

	"sigs.k8s.io/yaml"
)

type verdict struct {
	JSON    json.RawMessage   `json:"json,omitempty"`
	Strings map[string]string `json:"strings,omitempty"`
	Error   string            `json:"error,omitempty"`
}

func judge(text string) verdict {
	raw, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		return verdict{Error: err.Error()}
	}
	v := verdict{JSON: raw}
	var strings map[string]string
	if yaml.Unmarshal([]byte(text), &strings) == nil {
		v.Strings = strings
	}
	return v
}

func main() {
	var texts []string
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		panic(err)
	}
	verdicts := make([]verdict, len(texts))
	for i, text := range texts {
		verdicts[i] = judge(text)
	}
	if err := json.NewEncoder(os.Stdout).Encode(verdicts); err != nil {
		panic(err)
	}
}
