package main

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unsafe"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"go.uber.org/zap"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	kubefake "k8s.io/client-go/kubernetes/fake"

	flaggerv1 "github.com/fluxcd/flagger/pkg/apis/flagger/v1beta1"
	"github.com/fluxcd/flagger/pkg/canary"
	clientset "github.com/fluxcd/flagger/pkg/client/clientset/versioned"
	flaggerfake "github.com/fluxcd/flagger/pkg/client/clientset/versioned/fake"
	informers "github.com/fluxcd/flagger/pkg/client/informers/externalversions"
	"github.com/fluxcd/flagger/pkg/controller"
	"github.com/fluxcd/flagger/pkg/metrics"
	"github.com/fluxcd/flagger/pkg/metrics/observers"
	"github.com/fluxcd/flagger/pkg/notifier"
	"github.com/fluxcd/flagger/pkg/router"
)

// metricsServer is what built-in and inline checks ask, as with Flagger's flag -metrics-server.
const metricsServer = "http://prometheus:9090"

// A cluster is Flagger's controller over objects in memory.
type cluster struct {
	controller *controller.Controller
	kube       kubernetes.Interface
	flagger    clientset.Interface
	events     *eventLog
	alerts     *alertLog
	// gauges are the series that Flagger exposes of itself.
	gauges *prometheus.Registry
}

func newCluster(subject *flaggerv1.Canary, objects []object, secrets []runtime.Object, workload ...runtime.Object) (*cluster, error) {
	c := &cluster{
		kube:    kubefake.NewSimpleClientset(append(secrets, workload...)...),
		flagger: flaggerfake.NewSimpleClientset(subject),
		events:  &eventLog{},
		alerts:  &alertLog{},
		gauges:  prometheus.NewRegistry(),
	}
	// Flagger's recorder registers with the default registry.
	prometheus.DefaultRegisterer = c.gauges
	recorder := metrics.NewRecorder("flagger", true)
	logger := zap.NewNop().Sugar()
	factory := informers.NewSharedInformerFactory(c.flagger, 0)
	lists := controller.Informers{
		CanaryInformer: factory.Flagger().V1beta1().Canaries(),
		MetricInformer: factory.Flagger().V1beta1().MetricTemplates(),
		AlertInformer:  factory.Flagger().V1beta1().AlertProviders(),
	}
	for _, template := range ofKind[*flaggerv1.MetricTemplate](objects) {
		if err := lists.MetricInformer.Informer().GetIndexer().Add(template); err != nil {
			return nil, err
		}
	}
	for _, provider := range ofKind[*flaggerv1.AlertProvider](objects) {
		if err := lists.AlertInformer.Informer().GetIndexer().Add(provider); err != nil {
			return nil, err
		}
	}
	observerFactory, err := observers.NewFactory(metricsServer)
	if err != nil {
		return nil, err
	}
	tracker := &canary.ConfigTracker{Logger: logger, KubeClient: c.kube, FlaggerClient: c.flagger}
	// NewController starts broadcasters that nothing ends, hence the fields by name.
	c.controller = &controller.Controller{}
	set(c.controller, "kubeClient", c.kube)
	set(c.controller, "flaggerClient", c.flagger)
	set(c.controller, "flaggerInformers", lists)
	set(c.controller, "eventRecorder", c.events)
	set(c.controller, "logger", logger)
	set(c.controller, "canaries", &sync.Map{})
	set(c.controller, "canaryFactory", canary.NewFactory(c.kube, c.flagger, nil, tracker, []string{"app", "name", "app.kubernetes.io/name"}, []string{""}, logger))
	set(c.controller, "observerFactory", observerFactory)
	set(c.controller, "recorder", recorder)
	set(c.controller, "routerFactory", router.NewFactory(nil, c.kube, c.flagger, nil, "nginx.ingress.kubernetes.io", "", logger, c.flagger, true))
	set(c.controller, "notifier", c.alerts)
	set(c.controller, "meshProvider", "istio")
	return c, nil
}

// set gives a private field of the controller its value; a field that Flagger has renamed panics.
func set(target *controller.Controller, name string, value any) {
	field := reflect.ValueOf(target).Elem().FieldByName(name)
	reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem().Set(reflect.ValueOf(value))
}

// gauge is the value of a series that Flagger exposes, or nil.
func (c *cluster) gauge(name string, labels map[string]string) (*float64, error) {
	families, err := c.gauges.Gather()
	if err != nil {
		return nil, err
	}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, one := range family.GetMetric() {
			if hasLabels(one, labels) {
				value := one.GetGauge().GetValue()
				return &value, nil
			}
		}
	}
	return nil, nil
}

func hasLabels(metric *dto.Metric, labels map[string]string) bool {
	for _, pair := range metric.GetLabel() {
		if want, ok := labels[pair.GetName()]; ok && want != pair.GetValue() {
			return false
		}
	}
	return true
}

// An eventLog keeps what Flagger says of its Canary.
type eventLog struct {
	said []string
}

// take are the events since the last call.
func (l *eventLog) take() []string {
	said := append([]string{}, l.said...)
	l.said = nil
	return said
}

func (l *eventLog) Event(_ runtime.Object, kind, _, message string) {
	l.said = append(l.said, kind+": "+message)
}

func (l *eventLog) Eventf(object runtime.Object, kind, reason, format string, args ...any) {
	l.Event(object, kind, reason, fmt.Sprintf(format, args...))
}

func (l *eventLog) AnnotatedEventf(object runtime.Object, _ map[string]string, kind, reason, format string, args ...any) {
	l.Eventf(object, kind, reason, format, args...)
}

// An alertLog stands for Slack and its like.
type alertLog struct {
	notifier.NopNotifier
	said []string
}

func (l *alertLog) Post(_, _, message string, _ []notifier.Field, severity string) error {
	l.said = append(l.said, severity+": "+message)
	return nil
}

func (l *alertLog) take() []string {
	said := append([]string{}, l.said...)
	l.said = nil
	return said
}

// secretsOf have a namespace of their own where their name is a path, such as monitoring/datadog.
func secretsOf(namespace string, values map[string]map[string]string) []runtime.Object {
	var objects []runtime.Object
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
