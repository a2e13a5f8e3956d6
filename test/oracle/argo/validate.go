package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic/dynamicinformer"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	kubeinformers "k8s.io/client-go/informers"
	kubefake "k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/util/workqueue"
	defaults "k8s.io/kubernetes/pkg/apis/core/v1"

	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/validation"
	"github.com/argoproj/argo-rollouts/pkg/client/clientset/versioned/fake"
	informers "github.com/argoproj/argo-rollouts/pkg/client/informers/externalversions"
	"github.com/argoproj/argo-rollouts/rollout"
	analysisutil "github.com/argoproj/argo-rollouts/utils/analysis"
	"github.com/argoproj/argo-rollouts/utils/annotations"
	ingressutil "github.com/argoproj/argo-rollouts/utils/ingress"
	istioutil "github.com/argoproj/argo-rollouts/utils/istio"
	"github.com/argoproj/argo-rollouts/utils/tolerantinformer"
)

type validateRequest struct {
	// Documents is a YAML stream: templates, at most one Rollout, and whatever it refers to.
	Documents string `json:"documents"`
	// Stable and Latest are the pod template hashes of the two ReplicaSets.
	Stable string `json:"stable"`
	Latest string `json:"latest"`
}

type validateAnswer struct {
	Problems []problem   `json:"problems"`
	Runs     []runOfSpec `json:"runs"`
}

// A runOfSpec is the AnalysisRun that the Rollout controller makes for one place of the Rollout, and the metrics that the analysis
// controller reads in it.
type runOfSpec struct {
	// Place is background, pre, post, or the index of the canary step.
	Place   string                `json:"place"`
	Run     *v1alpha1.AnalysisRun `json:"run"`
	Metrics []v1alpha1.Metric     `json:"metrics"`
}

func validate(request validateRequest) (*validateAnswer, error) {
	objects, problems, err := readDocuments(request.Documents)
	if err != nil {
		return nil, err
	}
	for _, one := range objects {
		found, err := one.checkSchema()
		if err != nil {
			return nil, err
		}
		problems = append(problems, found...)
	}
	out := &validateAnswer{Problems: append([]problem{}, problems...), Runs: []runOfSpec{}}
	ro, err := single[*v1alpha1.Rollout](objects)
	if err != nil || ro == nil {
		return out, err
	}
	if err := out.judge(ro, request, objects); err != nil {
		return nil, err
	}
	return out, nil
}

func (a *validateAnswer) say(stage string, ro *v1alpha1.Rollout, err error) {
	one := problem{Stage: stage, Kind: "Rollout", Name: ro.Name, Message: err.Error()}
	if !slices.Contains(a.Problems, one) {
		a.Problems = append(a.Problems, one)
	}
}

// judge asks the Rollout controller for its verdict and, if it finds nothing, for the runs.
func (a *validateAnswer) judge(ro *v1alpha1.Rollout, request validateRequest, objects []object) error {
	ro.UID = "rollout"
	ro.Status.StableRS = request.Stable
	ro.Status.CurrentPodHash = request.Latest
	metav1.SetMetaDataAnnotation(&ro.ObjectMeta, annotations.RevisionAnnotation, "2")
	controller, err := newRolloutController(ro, request, objects)
	if err != nil {
		return err
	}
	// The controller stops at the first error, which its own validation need not do.
	if ro.Spec.WorkloadRef == nil {
		for _, one := range validation.ValidateRollout(ro) {
			a.say("rollout", ro, one)
		}
	}
	context, err := newRolloutContext(controller, ro)
	if err != nil {
		a.say("rollout", ro, err)
		return nil
	}
	for _, one := range placesOf(ro) {
		run, err := createAnalysisRun(context, one.analysis, one.infix, one.labels)
		if err != nil {
			a.say("rollout", ro, fmt.Errorf("%s: %w", one.place, err))
			continue
		}
		metrics, err := checkRun(run)
		if err != nil {
			a.say("run", ro, fmt.Errorf("%s: %w", one.place, err))
		}
		a.Runs = append(a.Runs, runOfSpec{Place: one.place, Run: run, Metrics: metrics})
	}
	return nil
}

// checkRun makes the checks of the analysis controller's reconcileAnalysisRun in its order, all of them: it stops at the first.
func checkRun(run *v1alpha1.AnalysisRun) ([]v1alpha1.Metric, error) {
	metrics, err := getResolvedMetricsWithoutSecrets(run.Spec.Metrics, run.Spec.Args)
	if err != nil {
		return nil, err
	}
	_, dryRun := analysisutil.GetDryRunMetrics(run.Spec.DryRun, metrics)
	_, retention := analysisutil.GetMeasurementRetentionMetrics(run.Spec.MeasurementRetention, metrics)
	return metrics, errors.Join(analysisutil.ValidateMetrics(metrics), dryRun, retention)
}

type place struct {
	place    string
	infix    string
	analysis *v1alpha1.RolloutAnalysis
	labels   map[string]string
}

func placesOf(ro *v1alpha1.Rollout) []place {
	hash := ro.Status.CurrentPodHash
	var places []place
	if canary := ro.Spec.Strategy.Canary; canary != nil {
		if canary.Analysis != nil {
			places = append(places, place{"background", "", &canary.Analysis.RolloutAnalysis, analysisutil.BackgroundLabels(hash, "")})
		}
		for i, step := range canary.Steps {
			if step.Analysis != nil {
				index := strconv.Itoa(i)
				places = append(places, place{index, index, step.Analysis, analysisutil.StepLabels(int32(i), hash, "")})
			}
		}
	}
	if blueGreen := ro.Spec.Strategy.BlueGreen; blueGreen != nil {
		if blueGreen.PrePromotionAnalysis != nil {
			places = append(places, place{"pre", "pre", blueGreen.PrePromotionAnalysis, analysisutil.PrePromotionLabels(hash, "")})
		}
		if blueGreen.PostPromotionAnalysis != nil {
			places = append(places, place{"post", "post", blueGreen.PostPromotionAnalysis, analysisutil.PostPromotionLabels(hash, "")})
		}
	}
	return places
}

// A workloadResolver stands for Argo's, which needs a live discovery client: it finds the Deployment among the documents.
type workloadResolver struct{ objects []object }

func (w workloadResolver) Resolve(ro *v1alpha1.Rollout) error {
	if ro.Spec.WorkloadRef == nil {
		return nil
	}
	for _, one := range w.objects {
		if deployment, ok := one.typed.(*appsv1.Deployment); ok && deployment.Name == ro.Spec.WorkloadRef.Name {
			if ro.Spec.Selector == nil {
				ro.Spec.SetResolvedSelector(deployment.Spec.Selector)
			}
			ro.Spec.SetResolvedTemplate(deployment.Spec.Template)
			return nil
		}
	}
	return fmt.Errorf("%s %q not found", ro.Spec.WorkloadRef.Kind, ro.Spec.WorkloadRef.Name)
}

func replicaSet(ro *v1alpha1.Rollout, hash string) *appsv1.ReplicaSet {
	set := &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{
		Name: ro.Name + "-" + hash, Namespace: ro.Namespace, UID: types.UID("replicaset-" + hash),
		OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(ro, v1alpha1.SchemeGroupVersion.WithKind("Rollout"))},
		Labels:          map[string]string{},
	}}
	// The API server fills in a ReplicaSet's defaults, and Argo compares with them filled in.
	template := corev1.PodTemplate{Template: *ro.Spec.Template.DeepCopy()}
	defaults.SetObjectDefaults_PodTemplate(&template)
	set.Spec.Template = template.Template
	if ro.Spec.Selector != nil {
		set.Spec.Selector = ro.Spec.Selector.DeepCopy()
		for key, value := range ro.Spec.Selector.MatchLabels {
			set.Labels[key] = value
		}
	}
	set.Labels[v1alpha1.DefaultRolloutUniqueLabelKey] = hash
	return set
}

// idle is every work queue of the Rollout controller, which is asked and never runs.
var idle = workqueue.NewRateLimitingQueue(workqueue.DefaultControllerRateLimiter())

// newRolloutController builds the real controller over a cluster that holds the documents and the two ReplicaSets.
func newRolloutController(ro *v1alpha1.Rollout, request validateRequest, objects []object) (*rollout.Controller, error) {
	resolver := workloadResolver{objects}
	resolved := ro.DeepCopy()
	_ = resolver.Resolve(resolved)
	latest, stable := replicaSet(resolved, request.Latest), replicaSet(resolved, request.Stable)
	// What tells the two apart: the latest is the one with the Rollout's own pod template.
	metav1.SetMetaDataAnnotation(&stable.Spec.Template.ObjectMeta, "oracle", "stable")

	var known, untyped []kruntime.Object
	known = append(known, ro)
	virtualServices, destinationRules := istioutil.GetIstioVirtualServiceGVR(), istioutil.GetIstioDestinationRuleGVR()
	for _, one := range objects {
		if one.typed != nil {
			continue
		}
		// The API server gives an object in the version that it is asked for.
		switch one.untyped.GetKind() {
		case "VirtualService":
			one.untyped.SetAPIVersion(virtualServices.GroupVersion().String())
		case "DestinationRule":
			one.untyped.SetAPIVersion(destinationRules.GroupVersion().String())
		}
		untyped = append(untyped, &one.untyped)
	}
	argoClient := fake.NewSimpleClientset(known...)
	kubeClient := kubefake.NewSimpleClientset(latest, stable)
	argo := informers.NewSharedInformerFactory(argoClient, 0)
	kube := kubeinformers.NewSharedInformerFactory(kubeClient, 0)
	dynamicClient := dynamicfake.NewSimpleDynamicClientWithCustomListKinds(kruntime.NewScheme(), map[schema.GroupVersionResource]string{
		virtualServices: "VirtualServiceList", destinationRules: "DestinationRuleList",
	}, untyped...)
	dynamic := dynamicinformer.NewDynamicSharedInformerFactory(dynamicClient, 0)
	// As in Argo's own main: these make a new object of each template at each look, since the validation writes dummies into what it gets.
	templates := tolerantinformer.NewTolerantAnalysisTemplateInformer(dynamic)
	clusterTemplates := tolerantinformer.NewTolerantClusterAnalysisTemplateInformer(dynamic)
	ingresses, err := ingressutil.NewIngressWrapper(ingressutil.IngressModeNetworking, kubeClient, kube)
	if err != nil {
		return nil, err
	}
	v1 := argo.Argoproj().V1alpha1()
	controller := rollout.NewController(rollout.ControllerConfig{
		Namespace:                       metav1.NamespaceAll,
		KubeClientSet:                   kubeClient,
		ArgoProjClientset:               argoClient,
		DynamicClientSet:                dynamicClient,
		RefResolver:                     resolver,
		ExperimentInformer:              v1.Experiments(),
		AnalysisRunInformer:             v1.AnalysisRuns(),
		AnalysisTemplateInformer:        templates,
		ClusterAnalysisTemplateInformer: clusterTemplates,
		ReplicaSetInformer:              kube.Apps().V1().ReplicaSets(),
		ServicesInformer:                kube.Core().V1().Services(),
		IngressWrapper:                  ingresses,
		RolloutsInformer:                v1.Rollouts(),
		IstioPrimaryDynamicClient:       dynamicClient,
		IstioVirtualServiceInformer:     dynamic.ForResource(virtualServices).Informer(),
		IstioDestinationRuleInformer:    dynamic.ForResource(destinationRules).Informer(),
		RolloutWorkQueue:                idle,
		ServiceWorkQueue:                idle,
		IngressWorkQueue:                idle,
		MetricsServer:                   metricsServer,
		Recorder:                        silence{},
	})
	for _, one := range objects {
		var err error
		switch one.untyped.GetKind() {
		case "AnalysisTemplate":
			err = templates.Informer().GetIndexer().Add(&one.untyped)
		case "ClusterAnalysisTemplate":
			err = clusterTemplates.Informer().GetIndexer().Add(&one.untyped)
		case "Service":
			err = kube.Core().V1().Services().Informer().GetIndexer().Add(one.typed)
		case "Ingress":
			err = kube.Networking().V1().Ingresses().Informer().GetIndexer().Add(one.typed)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, set := range []*appsv1.ReplicaSet{latest, stable} {
		if err := kube.Apps().V1().ReplicaSets().Informer().GetIndexer().Add(set); err != nil {
			return nil, err
		}
	}
	return controller, nil
}
