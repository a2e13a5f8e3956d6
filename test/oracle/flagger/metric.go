package main

import (
	"fmt"

	flaggerv1 "github.com/fluxcd/flagger/pkg/apis/flagger/v1beta1"
	"github.com/fluxcd/flagger/pkg/metrics/observers"
)

type metricRequest struct {
	outside
	// Documents are a Canary and the templates that it refers to.
	Documents string `json:"documents"`
	// Metric is the name of one of the Canary's checks.
	Metric string `json:"metric"`
	// At is the time in unix seconds at which the source is asked.
	At int64 `json:"at"`
	// Secrets are values by key by Secret, in the Canary's namespace unless it has its own: monitoring/datadog.
	Secrets map[string]map[string]string `json:"secrets"`
}

type metricAnswer struct {
	// Query is the template's with its variables filled in; the source is asked it in one line (Asked).
	Query string `json:"query"`
	// Value is printed as Go does, since JSON has no word for an infinity; empty where there is none.
	Value string `json:"value"`
	Pass  bool   `json:"pass"`
	// Events are what Flagger says of a check that did not pass.
	Events []string   `json:"events"`
	Asked  []question `json:"asked"`
}

func metric(request metricRequest) (*metricAnswer, error) {
	subject, objects, err := readRelease(request.Documents)
	if err != nil {
		return nil, err
	}
	check, err := onlyCheck(subject, request.Metric)
	if err != nil {
		return nil, err
	}
	c, err := newCluster(subject, objects, secretsOf(subject.Namespace, request.Secrets))
	if err != nil {
		return nil, err
	}
	theWorld.become(request.outside, request.At)
	out := &metricAnswer{Pass: runAnalysis(c.controller, subject), Events: c.events.take()}
	out.Asked, _ = theWorld.take()
	// Where it cannot be rendered, the event says why.
	out.Query, _ = observers.RenderQuery(queryFor(check, subject, objects), toMetricModel(subject, check.Interval, check.TemplateVariables))
	value, err := c.gauge("flagger_canary_metric_analysis", map[string]string{"metric": check.Name})
	if err != nil {
		return nil, err
	}
	if value != nil {
		out.Value = fmt.Sprint(*value)
	}
	return out, nil
}

// onlyCheck leaves the Canary nothing but one of its checks.
func onlyCheck(subject *flaggerv1.Canary, name string) (flaggerv1.CanaryMetric, error) {
	if subject.Spec.Analysis == nil {
		return flaggerv1.CanaryMetric{}, fmt.Errorf("%s has no analysis", subject.Name)
	}
	var found []flaggerv1.CanaryMetric
	for _, one := range subject.Spec.Analysis.Metrics {
		if one.Name == name {
			found = append(found, one)
		}
	}
	if len(found) != 1 {
		return flaggerv1.CanaryMetric{}, fmt.Errorf("%d checks are named %q", len(found), name)
	}
	subject.Spec.Analysis.Metrics = found
	subject.Spec.Analysis.Webhooks = nil
	return found[0], nil
}

func queryFor(check flaggerv1.CanaryMetric, subject *flaggerv1.Canary, objects []object) string {
	if check.TemplateRef == nil {
		return check.Query
	}
	namespace := check.TemplateRef.Namespace
	if namespace == "" {
		namespace = subject.Namespace
	}
	for _, template := range ofKind[*flaggerv1.MetricTemplate](objects) {
		if template.Name == check.TemplateRef.Name && template.Namespace == namespace {
			return template.Spec.Query
		}
	}
	return ""
}
