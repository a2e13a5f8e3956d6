package main

import (
	_ "unsafe" // for go:linkname

	flaggerv1 "github.com/fluxcd/flagger/pkg/apis/flagger/v1beta1"
	"github.com/fluxcd/flagger/pkg/controller"
)

// Flagger keeps to itself what it does at a tick. The linker lends us those functions, so that no line of them is written again here.

//go:linkname advanceCanary github.com/fluxcd/flagger/pkg/controller.(*Controller).advanceCanary
func advanceCanary(c *controller.Controller, name, namespace string)

//go:linkname runAnalysis github.com/fluxcd/flagger/pkg/controller.(*Controller).runAnalysis
func runAnalysis(c *controller.Controller, canary *flaggerv1.Canary) bool

//go:linkname toMetricModel github.com/fluxcd/flagger/pkg/controller.toMetricModel
func toMetricModel(canary *flaggerv1.Canary, interval string, variables map[string]string) flaggerv1.MetricTemplateModel
