package main

// Only its fixtures are read.
import _ "github.com/yannh/kubeconform/pkg/output"
