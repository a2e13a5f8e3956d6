// Command argo answers with Argo Rollouts' own code. It reads one JSON request a line and writes one JSON answer a line, {"error":…} if
// the request itself cannot be served. Operations:
//
//	validate   what the API server, the Rollout controller and the analysis controller say of documents, and the AnalysisRuns they become
//	evaluate   one measurement's phase, from a result and the two conditions
//	measure    one measurement of one metric, taken by the metric's own provider
//	run        a whole AnalysisRun under the real analysis controller, in simulated time
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/sirupsen/logrus"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/record"
	"k8s.io/klog/v2"

	"github.com/argoproj/argo-rollouts/controller/metrics"
	argorecord "github.com/argoproj/argo-rollouts/utils/record"
)

var operations = map[string]func([]byte) (any, error){
	"validate": serve(validate),
	"evaluate": serve(evaluate),
	"measure":  serve(measure),
	"run":      serve(run),
}

// metricsServer counts reconciliations; the controllers insist on one, and its metrics are global.
var metricsServer = metrics.NewMetricsServer(metrics.ServerConfig{K8SRequestProvider: &metrics.K8sRequestsCountProvider{}})

// silence drops events. Argo's own fake starts a notifications engine for each.
type silence struct{}

func (silence) Eventf(runtime.Object, argorecord.EventOptions, string, ...any) {}
func (silence) Warnf(runtime.Object, argorecord.EventOptions, string, ...any)  {}
func (silence) K8sRecorder() record.EventRecorder                              { return &record.FakeRecorder{} }

func serve[Request, Answer any](operation func(Request) (Answer, error)) func([]byte) (any, error) {
	return func(line []byte) (any, error) {
		var request Request
		if err := json.Unmarshal(line, &request); err != nil {
			return nil, err
		}
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

// quiet drops what the controllers log; what matters is in the answers.
func quiet() {
	logrus.SetOutput(io.Discard)
	logrus.SetLevel(logrus.PanicLevel)
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	_ = flags.Set("logtostderr", "false")
	klog.SetOutput(io.Discard)
}

func main() {
	quiet()
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
