package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/sirupsen/logrus"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kruntime "k8s.io/apimachinery/pkg/runtime"
	kubefake "k8s.io/client-go/kubernetes/fake"

	"github.com/argoproj/argo-rollouts/metricproviders"
	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
	analysisutil "github.com/argoproj/argo-rollouts/utils/analysis"
	evaluator "github.com/argoproj/argo-rollouts/utils/evaluate"
	timeutil "github.com/argoproj/argo-rollouts/utils/time"
)

type phaseAnswer struct {
	Phase   v1alpha1.AnalysisPhase `json:"phase"`
	Value   string                 `json:"value"`
	Message string                 `json:"message"`
	// Metadata holds the query with its args filled in, and Prometheus's warnings.
	Metadata map[string]string `json:"metadata,omitempty"`
}

type evaluateRequest struct {
	// Result is null, a number, or a list of numbers; "NaN", "+Inf" and "-Inf" are numbers too.
	Result           json.RawMessage `json:"result"`
	SuccessCondition string          `json:"successCondition"`
	FailureCondition string          `json:"failureCondition"`
}

func evaluate(request evaluateRequest) (*phaseAnswer, error) {
	result, err := resultOf(request.Result)
	if err != nil {
		return nil, err
	}
	conditions := v1alpha1.Metric{SuccessCondition: request.SuccessCondition, FailureCondition: request.FailureCondition}
	phase, err := evaluator.EvaluateResult(result, conditions, *logrus.NewEntry(logrus.StandardLogger()))
	out := &phaseAnswer{Phase: phase}
	if err != nil {
		out.Message = err.Error()
	}
	return out, nil
}

// resultOf gives a result the Go type that the provider gives it: float64 for a scalar, []float64 for a vector, nil for none.
func resultOf(text json.RawMessage) (any, error) {
	var list []json.RawMessage
	if len(text) == 0 || string(text) == "null" {
		return nil, nil
	}
	if json.Unmarshal(text, &list) != nil {
		return numberOf(text)
	}
	numbers := make([]float64, len(list))
	for i, item := range list {
		number, err := numberOf(item)
		if err != nil {
			return nil, err
		}
		numbers[i] = number
	}
	return numbers, nil
}

func numberOf(text json.RawMessage) (float64, error) {
	var word string
	if json.Unmarshal(text, &word) == nil {
		return strconv.ParseFloat(word, 64)
	}
	var number float64
	err := json.Unmarshal(text, &number)
	return number, err
}

type measureRequest struct {
	Metric v1alpha1.Metric     `json:"metric"`
	Args   []v1alpha1.Argument `json:"args"`
	// Address replaces the metric's Prometheus address, if given.
	Address string `json:"address"`
	// At is the clock in unix seconds; the real one, if left out.
	At      *int64                       `json:"at"`
	Secrets map[string]map[string]string `json:"secrets"`
}

func measure(request measureRequest) (*phaseAnswer, error) {
	timeutil.SetNowTimeFunc(time.Now)
	if request.At != nil {
		timeutil.SetNowTimeFunc(func() time.Time { return time.Unix(*request.At, 0) })
	}
	resolved, err := analysisutil.ResolveMetricArgs(request.Metric, request.Args)
	if err != nil {
		return nil, fmt.Errorf("unable to resolve metric arguments: %w", err)
	}
	if request.Address != "" && resolved.Provider.Prometheus != nil {
		resolved.Provider.Prometheus.Address = request.Address
	}
	factory := metricproviders.ProviderFactory{KubeClient: kubefake.NewSimpleClientset(secrets(metav1.NamespaceDefault, request.Secrets)...)}
	provider, err := factory.NewProvider(*logrus.NewEntry(logrus.StandardLogger()), metav1.NamespaceDefault, *resolved)
	if err != nil {
		return &phaseAnswer{Phase: v1alpha1.AnalysisPhaseError, Message: err.Error()}, nil
	}
	measured := provider.Run(&v1alpha1.AnalysisRun{}, *resolved)
	metadata := map[string]string{}
	maps.Copy(metadata, provider.GetMetadata(*resolved))
	maps.Copy(metadata, measured.Metadata)
	return &phaseAnswer{measured.Phase, measured.Value, measured.Message, metadata}, nil
}

// secrets have a namespace of their own where their name is a path, such as argo-rollouts/datadog.
func secrets(namespace string, values map[string]map[string]string) []kruntime.Object {
	var objects []kruntime.Object
	for path, data := range values {
		namespace, name := namespace, path
		if own, rest, found := strings.Cut(path, "/"); found {
			namespace, name = own, rest
		}
		secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace}, Data: map[string][]byte{}}
		for key, value := range data {
			secret.Data[key] = []byte(value)
		}
		objects = append(objects, secret)
	}
	return objects
}
