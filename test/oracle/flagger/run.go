package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	flaggerv1 "github.com/fluxcd/flagger/pkg/apis/flagger/v1beta1"
)

type runRequest struct {
	outside
	// Documents are a Canary and what it refers to.
	Documents string                       `json:"documents"`
	Secrets   map[string]map[string]string `json:"secrets"`
	// Start is the tick at which the analysis starts, in unix seconds; the new revision is found one interval before.
	Start int64 `json:"start"`
	// Until is in seconds after the start; without an end, the simulation stops there.
	Until int64 `json:"until"`
	// Scrape is how the scenario's Prometheus sees Flagger itself; absent if it does not.
	Scrape *scrape `json:"scrape"`
}

// A scrape happens every Interval seconds, the first one Offset seconds after the new revision is found, and adds the target's Labels; a label of Flagger's own that the target has too becomes
// exported_<label>, as without honor_labels.
type scrape struct {
	Interval int64             `json:"interval"`
	Offset   int64             `json:"offset"`
	Labels   map[string]string `json:"labels"`
}

type runAnswer struct {
	Phase flaggerv1.CanaryPhase `json:"phase"`
	// At is when the phase was entered, in seconds after the start.
	At     int64    `json:"at"`
	Ticks  []tick   `json:"ticks"`
	Alerts []string `json:"alerts"`
}

// A tick and how it left the release.
type tick struct {
	At           int64                 `json:"at"`
	Phase        flaggerv1.CanaryPhase `json:"phase"`
	Weight       int                   `json:"weight"`
	Iterations   int                   `json:"iterations"`
	FailedChecks int                   `json:"failedChecks"`
	Events       []string              `json:"events"`
	Hooks        []hookCall            `json:"hooks"`
	Asked        []question            `json:"asked"`
}

// A release is one simulation. Pods become ready and disappear between two ticks.
type release struct {
	*cluster
	request         runRequest
	name, namespace string
	target          string
	interval        int64
	scraped         int64
}

func run(request runRequest) (*runAnswer, error) {
	subject, objects, err := readRelease(request.Documents)
	if err != nil {
		return nil, err
	}
	if subject.Spec.TargetRef.Kind != "Deployment" {
		return nil, fmt.Errorf("a %s is not simulated", subject.Spec.TargetRef.Kind)
	}
	c, err := newCluster(subject, objects, secretsOf(subject.Namespace, request.Secrets), newDeployment(subject))
	if err != nil {
		return nil, err
	}
	r := &release{
		cluster: c, request: request,
		name: subject.Name, namespace: subject.Namespace, target: subject.Spec.TargetRef.Name,
		interval: int64(subject.GetAnalysisInterval() / time.Second),
	}
	// The first revision: its primary, ready, and then nothing to do.
	found := request.Start - r.interval
	theWorld.become(request.outside, found-2*r.interval)
	if err := r.initialise(); err != nil {
		return nil, err
	}
	if err := r.changeDeployment(r.target, func(d *appsv1.Deployment) { d.Spec.Template.Spec.Containers[0].Image = "registry.test/app:2" }); err != nil {
		return nil, err
	}
	theWorld.become(request.outside, found)
	r.alerts.take()
	if request.Scrape != nil {
		r.scraped = found + request.Scrape.Offset
	}
	return r.simulate(found)
}

func (r *release) initialise() error {
	for range 5 {
		advanceCanary(r.controller, r.name, r.namespace)
		status, err := r.status()
		if err != nil {
			return err
		}
		if status.Phase == flaggerv1.CanaryPhaseInitialized {
			r.events.take()
			return nil
		}
		if err := r.makeReady(r.target + "-primary"); err != nil {
			return fmt.Errorf("%w; Flagger says %q", err, r.events.take())
		}
	}
	return fmt.Errorf("the Canary is never initialised: %q", r.events.take())
}

func (r *release) simulate(found int64) (*runAnswer, error) {
	out := &runAnswer{Ticks: []tick{}}
	for now := found; now <= r.request.Start+r.request.Until; now += r.interval {
		if err := r.scrapeUntil(now); err != nil {
			return nil, err
		}
		theWorld.moveTo(now)
		advanceCanary(r.controller, r.name, r.namespace)
		one, err := r.observe(now)
		if err != nil {
			return nil, err
		}
		out.Ticks = append(out.Ticks, *one)
		if one.Phase != out.Phase {
			out.Phase, out.At = one.Phase, one.At
		}
		if one.Phase == flaggerv1.CanaryPhaseSucceeded || one.Phase == flaggerv1.CanaryPhaseFailed {
			break
		}
		if err := r.makeReady(r.target); err != nil {
			return nil, err
		}
	}
	out.Alerts = r.alerts.take()
	return out, nil
}

func (r *release) status() (*flaggerv1.CanaryStatus, error) {
	found, err := r.flagger.FlaggerV1beta1().Canaries(r.namespace).Get(context.Background(), r.name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	return &found.Status, nil
}

func (r *release) observe(now int64) (*tick, error) {
	status, err := r.status()
	if err != nil {
		return nil, err
	}
	// What is routed, which Flagger does not always write into the status.
	weight, err := r.gauge("flagger_canary_weight", map[string]string{"workload": r.target})
	if err != nil {
		return nil, err
	}
	out := &tick{
		At: now - r.request.Start, Phase: status.Phase, Iterations: status.Iterations, FailedChecks: status.FailedChecks,
		Events: r.events.take(),
	}
	if weight != nil {
		out.Weight = int(*weight)
	}
	out.Asked, out.Hooks = theWorld.take()
	return out, nil
}

func newDeployment(subject *flaggerv1.Canary) *appsv1.Deployment {
	name := subject.Spec.TargetRef.Name
	labels := map[string]string{"app": name}
	one := int32(1)
	return &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: subject.Namespace},
		Spec: appsv1.DeploymentSpec{
			Replicas: &one,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "registry.test/app:1"}}},
			},
		},
	}
}

func (r *release) changeDeployment(name string, change func(*appsv1.Deployment)) error {
	deployments := r.kube.AppsV1().Deployments(r.namespace)
	found, err := deployments.Get(context.Background(), name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	change(found)
	_, err = deployments.Update(context.Background(), found, metav1.UpdateOptions{})
	return err
}

func (r *release) makeReady(name string) error {
	return r.changeDeployment(name, func(d *appsv1.Deployment) {
		n := int32(1)
		if d.Spec.Replicas != nil {
			n = *d.Spec.Replicas
		}
		d.Status = appsv1.DeploymentStatus{Replicas: n, UpdatedReplicas: n, ReadyReplicas: n, AvailableReplicas: n}
	})
}

type sentSeries struct {
	Labels  map[string]string `json:"labels"`
	Samples [][2]float64      `json:"samples"`
}

// scrapeUntil gives the scenario what its Prometheus has scraped of Flagger since the last tick, in which nothing changed.
func (r *release) scrapeUntil(now int64) error {
	if r.request.Scrape == nil {
		return nil
	}
	var times []int64
	for ; r.scraped < now; r.scraped += r.request.Scrape.Interval {
		times = append(times, r.scraped)
	}
	families, err := r.gauges.Gather()
	if err != nil {
		return err
	}
	var body struct {
		Series []sentSeries `json:"series"`
	}
	for _, family := range families {
		if family.GetName() != "flagger_canary_weight" {
			continue
		}
		for _, one := range family.GetMetric() {
			series := sentSeries{Labels: r.request.Scrape.labelsOf(family.GetName())}
			for _, pair := range one.GetLabel() {
				name := pair.GetName()
				if _, taken := r.request.Scrape.Labels[name]; taken {
					name = "exported_" + name
				}
				series.Labels[name] = pair.GetValue()
			}
			for _, time := range times {
				series.Samples = append(series.Samples, [2]float64{float64(time), one.GetGauge().GetValue()})
			}
			body.Series = append(body.Series, series)
		}
	}
	if len(body.Series) == 0 || len(times) == 0 {
		return nil
	}
	return appendSeries(r.request.Address+"/samples", body)
}

func (s *scrape) labelsOf(name string) map[string]string {
	labels := map[string]string{"__name__": name}
	for key, value := range s.Labels {
		labels[key] = value
	}
	return labels
}

func appendSeries(address string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	response, err := http.Post(address, "application/json", bytes.NewReader(text))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(response.Body)
		return fmt.Errorf("%s: %s", response.Status, said)
	}
	return nil
}
