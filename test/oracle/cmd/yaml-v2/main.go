// Command yaml-v2 reads a JSON list of maps and prints the list of their texts as gopkg.in/yaml.v2 writes them.
package main

import (
	"encoding/json"
	"log"
	"os"

	"gopkg.in/yaml.v2"
)

func main() {
	var maps []map[string]string
	if err := json.NewDecoder(os.Stdin).Decode(&maps); err != nil {
		log.Fatal(err)
	}
	texts := make([]string, len(maps))
	for i, m := range maps {
		text, err := yaml.Marshal(m)
		if err != nil {
			log.Fatal(err)
		}
		texts[i] = string(text)
	}
	if err := json.NewEncoder(os.Stdout).Encode(texts); err != nil {
		log.Fatal(err)
	}
}
