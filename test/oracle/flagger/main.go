// Command flagger answers with Flagger's own code. It reads one JSON request a line and writes one JSON answer a line, {"error":…} if
// the request itself cannot be served. Operations:
//
//	crd      what the API server and Flagger's own types say of documents
//	metric   one check of a Canary: its query, its value and whether Flagger takes it as passed
//	run      a whole release under the real controller, tick after tick, in simulated time
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	"k8s.io/klog/v2"
)

var operations = map[string]func([]byte) (any, error){
	"crd":    serve(crd),
	"metric": serve(metric),
	"run":    serve(run),
}

func serve[Request, Answer any](operation func(Request) (Answer, error)) func([]byte) (any, error) {
	return func(line []byte) (answer any, err error) {
		var request Request
		if err := json.Unmarshal(line, &request); err != nil {
			return nil, err
		}
		// What would end Flagger's process is an answer here.
		defer func() {
			if cause := recover(); cause != nil {
				err = fmt.Errorf("panic: %v", cause)
			}
		}()
		return operation(request)
	}
}

func answer(line []byte) any {
	var head struct {
		Operation string `json:"op"`
	}
	err := json.Unmarshal(line, &head)
	if err == nil {
		if operation, ok := operations[head.Operation]; ok {
			var result any
			if result, err = operation(line); err == nil {
				return result
			}
		} else {
			err = fmt.Errorf("no operation %q", head.Operation)
		}
	}
	return map[string]string{"error": err.Error()}
}

// quiet drops what the client libraries log; what matters is in the answers.
func quiet() {
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	_ = flags.Set("logtostderr", "false")
	klog.SetOutput(io.Discard)
}

func main() {
	quiet()
	if err := theWorld.listen(); err != nil {
		log.Fatal(err)
	}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 1 {
			if err := out.Encode(answer(line)); err != nil {
				log.Fatal(err)
			}
		}
		if err != nil {
			return
		}
	}
}
