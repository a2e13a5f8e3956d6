// Reads reports as other people's tools do. `reports sarif <file>` prints what go-sarif read; `reports junit <file>` prints what go-junit read; `reports xsd` prints Jenkins's schema of JUnit files,
// as kubeconform carries it for its own tests.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/joshdk/go-junit"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// Set by the linker.
var xsdFile string

func main() {
	result, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if text, ok := result.(string); ok {
		fmt.Print(text)
		return
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) (any, error) {
	switch args[0] {
	case "sarif":
		return sarif.Open(args[1])
	case "junit":
		return junit.IngestFile(args[1])
	default:
		text, err := os.ReadFile(xsdFile)
		return string(text), err
	}
}
