package main

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
	"unsafe"

	"github.com/sirupsen/logrus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/runtime"
	kubeinformers "k8s.io/client-go/informers"
	kubefake "k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/cache"

	"github.com/argoproj/argo-rollouts/analysis"
	"github.com/argoproj/argo-rollouts/metric"
	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
	"github.com/argoproj/argo-rollouts/pkg/client/clientset/versioned/fake"
	informers "github.com/argoproj/argo-rollouts/pkg/client/informers/externalversions"
	timeutil "github.com/argoproj/argo-rollouts/utils/time"
)

type runRequest struct {
	// Run is an AnalysisRun, such as validate answers with.
	Run v1alpha1.AnalysisRun `json:"run"`
	// Start is the clock at the run's first look, in unix seconds.
	Start int64 `json:"start"`
	// Until and TerminateAt are seconds after the start. Without a verdict the simulation ends at Until.
	Until       *int64 `json:"until"`
	TerminateAt *int64 `json:"terminateAt"`
	// Script holds the measurements of a metric, S, F, I or E each; the last one repeats. Spaces do not count.
	Script map[string]string `json:"script"`
	// Address replaces every Prometheus address, followed by /at/<unix seconds>.
	Address string                       `json:"address"`
	Secrets map[string]map[string]string `json:"secrets"`
}

type runAnswer struct {
	Phase        v1alpha1.AnalysisPhase     `json:"phase"`
	Message      string                     `json:"message"`
	At           int64                      `json:"at"`
	Metrics      []metricAnswer             `json:"metrics"`
	Measurements []measurementAnswer        `json:"measurements"`
	Status       v1alpha1.AnalysisRunStatus `json:"status"`
}

type metricAnswer struct {
	Name    string                 `json:"name"`
	Phase   v1alpha1.AnalysisPhase `json:"phase"`
	Message string                 `json:"message"`
	// At is when the phase was entered, in seconds after the start.
	At     int64 `json:"at"`
	DryRun bool  `json:"dryRun"`
}

type measurementAnswer struct {
	Metric  string                 `json:"metric"`
	At      int64                  `json:"at"`
	Phase   v1alpha1.AnalysisPhase `json:"phase"`
	Value   string                 `json:"value"`
	Message string                 `json:"message"`
}

// A status that is written wakes the controller again, so a pass costs time: without it, no interval would ever be over by a hair.
const passDuration = time.Millisecond

const defaultUntil = 24 * time.Hour

// maxPasses is far above what any finite run needs: a controller that never sleeps is an error, not a hang.
const maxPasses = 1_000_000

// A simulation is the work queue of the real controller: it hands out the run whenever the run is due, and moves the clock there first.
type simulation struct {
	request      runRequest
	client       *fake.Clientset
	cached       cache.Indexer
	cancel       context.CancelFunc
	start, until time.Time
	terminateAt  time.Time
	now          time.Time
	due          []time.Time
	passes       int
	// entered is when each metric came into its phase, and ended when the run was over.
	entered  map[string]time.Time
	ended    time.Time
	failures []string

	mutex        sync.Mutex
	taken        map[string]int
	measurements []measurementAnswer
}

func run(request runRequest) (*runAnswer, error) {
	if request.Run.Name == "" {
		request.Run.Name = "run"
	}
	if request.Run.Namespace == "" {
		request.Run.Namespace = metav1.NamespaceDefault
	}
	if err := request.checkScript(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s := &simulation{
		request: request,
		client:  fake.NewSimpleClientset(&request.Run),
		cancel:  cancel,
		start:   time.Unix(request.Start, 0).UTC(),
		entered: map[string]time.Time{},
		taken:   map[string]int{},
	}
	s.now = s.start
	s.due = []time.Time{s.start}
	s.until = s.start.Add(defaultUntil)
	if request.Until != nil {
		s.until = s.start.Add(time.Duration(*request.Until) * time.Second)
	}
	if request.TerminateAt != nil {
		s.terminateAt = s.start.Add(time.Duration(*request.TerminateAt) * time.Second)
	}
	timeutil.SetNowTimeFunc(func() time.Time { return s.now })
	runtime.ErrorHandlers = []runtime.ErrorHandler{func(_ context.Context, err error, _ string, _ ...any) {
		s.failures = append(s.failures, err.Error())
	}}
	argo := informers.NewSharedInformerFactory(s.client, 0)
	kubeClient := kubefake.NewSimpleClientset(secrets(request.Run.Namespace, request.Secrets)...)
	kube := kubeinformers.NewSharedInformerFactory(kubeClient, 0)
	s.cached = argo.Argoproj().V1alpha1().AnalysisRuns().Informer().GetIndexer()
	if err := s.cached.Add(&request.Run); err != nil {
		return nil, err
	}
	controller := analysis.NewController(analysis.ControllerConfig{
		KubeClientSet:        kubeClient,
		ArgoProjClientset:    s.client,
		AnalysisRunInformer:  argo.Argoproj().V1alpha1().AnalysisRuns(),
		JobInformer:          kube.Batch().V1().Jobs(),
		AnalysisRunWorkQueue: s,
		MetricsServer:        metricsServer,
		Recorder:             silence{},
	})
	s.measureWith(controller)
	if err := controller.Run(ctx, 1); err != nil {
		return nil, err
	}
	if len(s.failures) > 0 {
		return nil, fmt.Errorf("the controller failed: %s", strings.Join(s.failures, "; "))
	}
	return s.answer()
}

func (r *runRequest) checkScript() error {
	for name, script := range r.Script {
		if !slices.ContainsFunc(r.Run.Spec.Metrics, func(m v1alpha1.Metric) bool { return m.Name == name }) {
			return fmt.Errorf("the script is about %q, which is no metric of the run", name)
		}
		script = strings.ReplaceAll(script, " ", "")
		if script == "" || strings.Trim(script, "SFIE") != "" {
			return fmt.Errorf("the script of %q must be made of S, F, I and E", name)
		}
		r.Script[name] = script
	}
	return nil
}

func (s *simulation) seconds(t time.Time) int64 {
	return int64(t.Sub(s.start) / time.Second)
}

func (s *simulation) key() string {
	return s.request.Run.Namespace + "/" + s.request.Run.Name
}

// Get waits until the run is due, in simulated time, and ends the controller when it no longer will be.
func (s *simulation) Get() (any, bool) {
	if at := s.terminateAt; s.ended.IsZero() && !at.IsZero() && !at.After(s.until) && !slices.ContainsFunc(s.due, at.After) {
		s.terminateAt = time.Time{}
		s.advance(at)
		s.terminate()
	}
	s.passes++
	if s.passes > maxPasses {
		s.failures = append(s.failures, "the controller never sleeps")
	}
	if len(s.failures) > 0 || len(s.due) == 0 || s.next().After(s.until) {
		s.cancel()
		return nil, true
	}
	s.advance(s.next())
	s.due = slices.DeleteFunc(s.due, func(t time.Time) bool { return !t.After(s.now) })
	return s.key(), false
}

func (s *simulation) next() time.Time {
	return slices.MinFunc(s.due, time.Time.Compare)
}

func (s *simulation) advance(to time.Time) {
	if to.After(s.now) {
		s.now = to
	}
}

// terminate is what the Rollout controller does to a run that is no longer wanted.
func (s *simulation) terminate() {
	_, err := s.client.ArgoprojV1alpha1().AnalysisRuns(s.request.Run.Namespace).Patch(
		context.Background(), s.request.Run.Name, types.MergePatchType, []byte(`{"spec":{"terminate":true}}`), metav1.PatchOptions{})
	if err != nil {
		s.failures = append(s.failures, err.Error())
		return
	}
	s.observe()
}

func (s *simulation) Done(any) {
	s.now = s.now.Add(passDuration)
	s.observe()
}

// observe stands for the informer: it sees what was written, as the API server would give it back, and wakes the controller.
func (s *simulation) observe() {
	stored, err := s.client.ArgoprojV1alpha1().AnalysisRuns(s.request.Run.Namespace).Get(
		context.Background(), s.request.Run.Name, metav1.GetOptions{})
	if err != nil {
		s.failures = append(s.failures, err.Error())
		return
	}
	cached, _, err := s.cached.GetByKey(s.key())
	if err != nil {
		s.failures = append(s.failures, err.Error())
		return
	}
	before := cached.(*v1alpha1.AnalysisRun)
	if reflect.DeepEqual(before, stored) {
		return
	}
	for _, result := range stored.Status.MetricResults {
		if previous := phaseOf(before, result.Name); previous != result.Phase {
			s.entered[result.Name] = s.now
		}
	}
	if stored.Status.Phase.Completed() && !before.Status.Phase.Completed() {
		s.ended = s.now
	}
	if err := s.cached.Update(stored); err != nil {
		s.failures = append(s.failures, err.Error())
		return
	}
	s.due = append(s.due, s.now)
}

func phaseOf(run *v1alpha1.AnalysisRun, name string) v1alpha1.AnalysisPhase {
	for _, result := range run.Status.MetricResults {
		if result.Name == name {
			return result.Phase
		}
	}
	return ""
}

func (s *simulation) Add(any)                             { s.due = append(s.due, s.now) }
func (s *simulation) AddAfter(_ any, after time.Duration) { s.due = append(s.due, s.now.Add(after)) }

// AddRateLimited is only called after an error, which the error handler has recorded.
func (s *simulation) AddRateLimited(any)  {}
func (s *simulation) Forget(any)          {}
func (s *simulation) NumRequeues(any) int { return 0 }
func (s *simulation) Len() int            { return len(s.due) }
func (s *simulation) ShutDown()           {}
func (s *simulation) ShutDownWithDrain()  {}
func (s *simulation) ShuttingDown() bool  { return false }

type newProvider = func(logrus.Entry, string, v1alpha1.Metric) (metric.Provider, error)

// measureWith puts a recorder before the controller's own provider factory, which is a private field of it.
func (s *simulation) measureWith(controller *analysis.Controller) {
	field := reflect.ValueOf(controller).Elem().FieldByName("newProvider")
	factory := (*newProvider)(unsafe.Pointer(field.UnsafeAddr()))
	original := *factory
	*factory = func(log logrus.Entry, namespace string, m v1alpha1.Metric) (metric.Provider, error) {
		if script, ok := s.request.Script[m.Name]; ok {
			return recorder{scripted{script, s}, s}, nil
		}
		if s.request.Address != "" && m.Provider.Prometheus != nil {
			m = *m.DeepCopy()
			m.Provider.Prometheus.Address = fmt.Sprintf("%s/at/%d", s.request.Address, s.now.Unix())
		}
		provider, err := original(log, namespace, m)
		if err != nil {
			s.record(m.Name, v1alpha1.Measurement{Phase: v1alpha1.AnalysisPhaseError, Message: err.Error()})
			return nil, err
		}
		return recorder{provider, s}, nil
	}
}

func (s *simulation) record(name string, m v1alpha1.Measurement) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.measurements = append(s.measurements, measurementAnswer{name, s.seconds(s.now), m.Phase, m.Value, m.Message})
}

// A recorder keeps every measurement: the run itself forgets all but the last ten.
type recorder struct {
	metric.Provider
	sim *simulation
}

func (r recorder) Run(run *v1alpha1.AnalysisRun, m v1alpha1.Metric) v1alpha1.Measurement {
	measurement := r.Provider.Run(run, m)
	r.sim.record(m.Name, measurement)
	return measurement
}

type scripted struct {
	script string
	sim    *simulation
}

var scriptPhases = map[byte]v1alpha1.AnalysisPhase{
	'S': v1alpha1.AnalysisPhaseSuccessful,
	'F': v1alpha1.AnalysisPhaseFailed,
	'I': v1alpha1.AnalysisPhaseInconclusive,
	'E': v1alpha1.AnalysisPhaseError,
}

func (p scripted) Run(_ *v1alpha1.AnalysisRun, m v1alpha1.Metric) v1alpha1.Measurement {
	p.sim.mutex.Lock()
	defer p.sim.mutex.Unlock()
	index := min(p.sim.taken[m.Name], len(p.script)-1)
	p.sim.taken[m.Name]++
	at := timeutil.MetaNow()
	return v1alpha1.Measurement{Phase: scriptPhases[p.script[index]], Value: p.script[index : index+1], StartedAt: &at, FinishedAt: &at}
}

func (scripted) Resume(_ *v1alpha1.AnalysisRun, _ v1alpha1.Metric, m v1alpha1.Measurement) v1alpha1.Measurement {
	return m
}

func (scripted) Terminate(_ *v1alpha1.AnalysisRun, _ v1alpha1.Metric, m v1alpha1.Measurement) v1alpha1.Measurement {
	return m
}

func (scripted) GarbageCollect(*v1alpha1.AnalysisRun, v1alpha1.Metric, int) error { return nil }
func (scripted) Type() string                                                     { return "Scripted" }
func (scripted) GetMetadata(v1alpha1.Metric) map[string]string                    { return nil }

func (s *simulation) answer() (*runAnswer, error) {
	cached, _, err := s.cached.GetByKey(s.key())
	if err != nil {
		return nil, err
	}
	status := cached.(*v1alpha1.AnalysisRun).Status
	out := &runAnswer{
		Phase: status.Phase, Message: status.Message, At: s.seconds(s.now), Status: status,
		Metrics: []metricAnswer{}, Measurements: []measurementAnswer{},
	}
	if status.Phase.Completed() {
		out.At = s.seconds(s.ended)
	}
	order := map[string]int{}
	for i, m := range s.request.Run.Spec.Metrics {
		order[m.Name] = i
		for _, result := range status.MetricResults {
			if result.Name == m.Name {
				out.Metrics = append(out.Metrics, metricAnswer{m.Name, result.Phase, result.Message, s.seconds(s.entered[m.Name]), result.DryRun})
			}
		}
	}
	slices.SortStableFunc(s.measurements, func(a, b measurementAnswer) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(order[a.Metric], order[b.Metric]))
	})
	out.Measurements = append(out.Measurements, s.measurements...)
	return out, nil
}
