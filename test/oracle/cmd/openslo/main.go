// Command openslo gives the OpenSLO Go SDK's verdict on documents.
// It reads JSON lines {"name":…,"text":…} and writes, for each, {"name":…,"ok":…,"stage":"decode"|"validate","errors":[…]}.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	_ "time/tzdata"

	"github.com/OpenSLO/go-sdk/pkg/openslosdk"
)

type input struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

type verdict struct {
	Name   string   `json:"name"`
	OK     bool     `json:"ok"`
	Stage  string   `json:"stage,omitempty"`
	Errors []string `json:"errors,omitempty"`
}

func judge(in input) (out verdict) {
	out = verdict{Name: in.Name}
	defer func() {
		if r := recover(); r != nil {
			out.OK, out.Stage, out.Errors = false, "panic", []string{fmt.Sprint(r)}
		}
	}()
	format := openslosdk.FormatYAML
	if strings.HasSuffix(in.Name, ".json") {
		format = openslosdk.FormatJSON
	}
	objects, err := openslosdk.Decode(strings.NewReader(in.Text), format)
	if err != nil {
		out.Stage, out.Errors = "decode", []string{err.Error()}
		return out
	}
	if err := openslosdk.Validate(objects...); err != nil {
		out.Stage, out.Errors = "validate", strings.Split(err.Error(), "\n")
		return out
	}
	out.OK = true
	return out
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 0, 1<<20), 1<<26)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var in input
		if err := json.Unmarshal(lines.Bytes(), &in); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := out.Encode(judge(in)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
