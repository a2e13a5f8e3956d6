package main

import (
	"unsafe"

	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
	"github.com/argoproj/argo-rollouts/rollout"
)

// Argo keeps to itself how a Rollout is judged and how it becomes AnalysisRuns. The linker lends us those functions, so that no line of
// them is written again here.

//go:linkname newRolloutContext github.com/argoproj/argo-rollouts/rollout.(*Controller).newRolloutContext
func newRolloutContext(*rollout.Controller, *v1alpha1.Rollout) (unsafe.Pointer, error)

//go:linkname createAnalysisRun github.com/argoproj/argo-rollouts/rollout.(*rolloutContext).createAnalysisRun
func createAnalysisRun(context unsafe.Pointer, analysis *v1alpha1.RolloutAnalysis, infix string, labels map[string]string) (*v1alpha1.AnalysisRun, error)

//go:linkname getResolvedMetricsWithoutSecrets github.com/argoproj/argo-rollouts/analysis.getResolvedMetricsWithoutSecrets
func getResolvedMetricsWithoutSecrets(metrics []v1alpha1.Metric, args []v1alpha1.Argument) ([]v1alpha1.Metric, error)
