#!/usr/bin/env bash
# Builds the Go oracles into test/oracle/bin: Prometheus's promtool, Sloth, and our own programs over the real packages. Then those of npm.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p bin
go build -o bin/promtool github.com/prometheus/prometheus/cmd/promtool
for program in cmd/*/; do
  go build -o "bin/$(basename "$program")" "./$program"
done
(cd sloth && go build -o ../bin/sloth github.com/slok/sloth/cmd/sloth)
(cd terraform && go build -o ../bin/terraform .)
# Argo's and Flagger's CRDs are read where the module cache has them.
(cd argo && go build -ldflags "-s -w -X main.crdFolder=$(go list -m -f '{{.Dir}}' github.com/argoproj/argo-rollouts)/manifests/crds" -o ../bin/argo .)
(cd flagger && go build -ldflags "-s -w -X main.crdFile=$(go list -m -f '{{.Dir}}' github.com/fluxcd/flagger)/artifacts/flagger/crd.yaml" -o ../bin/flagger .)
./packages.sh
