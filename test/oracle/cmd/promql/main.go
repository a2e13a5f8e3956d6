// Command promql reads queries, one JSON string a line, and answers each with what Prometheus's own parser makes of it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/prometheus/prometheus/promql/parser"
)

type verdict struct {
	OK    bool   `json:"ok"`
	Text  string `json:"text,omitempty"`
	Type  string `json:"type,omitempty"`
	Error string `json:"error,omitempty"`
}

func judge(p parser.Parser, query string) verdict {
	expr, err := p.ParseExpr(query)
	if err != nil {
		return verdict{Error: err.Error()}
	}
	return verdict{OK: true, Text: expr.String(), Type: string(expr.Type())}
}

func main() {
	p := parser.NewParser(parser.Options{})
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	decoder := json.NewDecoder(in)
	for decoder.More() {
		var query string
		if err := decoder.Decode(&query); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := encoder.Encode(judge(p, query)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
