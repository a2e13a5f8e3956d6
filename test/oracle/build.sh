#!/usr/bin/env bash
# Brings the oracles: programs of Go into test/oracle/bin, Debian's shells, browser and linters, packages of npm and Python.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p bin
go build -o bin/promtool github.com/prometheus/prometheus/cmd/promtool
for program in cmd/*/; do
  go build -o "bin/$(basename "$program")" "./$program"
done
(cd sloth && go build -o ../bin/sloth github.com/slok/sloth/cmd/sloth)
(cd terraform && go build -o ../bin/terraform .)
(cd kustomize && go build -o ../bin/kustomize sigs.k8s.io/kustomize/kustomize/v5)
(cd helm && go build -ldflags "-s -w" -o ../bin/helm helm.sh/helm/v3/cmd/helm)
(cd act && go build -o ../bin/act github.com/nektos/act)
(cd actionlint && go build -o ../bin/actionlint github.com/rhysd/actionlint/cmd/actionlint)
# Argo's and Flagger's CRDs are read where the module cache has them.
(cd argo && go build -ldflags "-s -w -X main.crdFolder=$(go list -m -f '{{.Dir}}' github.com/argoproj/argo-rollouts)/manifests/crds" -o ../bin/argo .)
(cd flagger && go build -ldflags "-s -w -X main.crdFile=$(go list -m -f '{{.Dir}}' github.com/fluxcd/flagger)/artifacts/flagger/crd.yaml" -o ../bin/flagger .)
(cd reports && go build -ldflags "-X main.xsdFile=$(go list -m -f '{{.Dir}}' github.com/yannh/kubeconform)/fixtures/junit.xsd" -o ../bin/reports .)
# debian PROGRAMS... -- PACKAGES...: installs the packages unless all programs are there.
debian() {
  local missing=false
  while [ "$1" != -- ]; do
    command -v "$1" >/dev/null || missing=true
    shift
  done
  shift
  $missing || return 0
  apt-get install -y --no-install-recommends "$@" || { apt-get update && apt-get install -y --no-install-recommends "$@"; }
}
# What reads and runs the script of a gate before a deploy: dash is the system's sh, busybox the shell of Alpine.
debian shellcheck busybox jq curl -- shellcheck busybox jq curl
# The shells whose completion is tried out.
debian zsh fish -- zsh fish
# Where `explain --html` is looked at, and its print.
debian chromium pdftotext -- chromium poppler-utils
./packages.sh
[ -d browser/node_modules ] || (cd browser && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
[ -d reports/node_modules ] || (cd reports && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && chmod +x node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool)
[ -d editor/node_modules ] || (cd editor && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
[ -d bin/pre-commit ] || python3 -m pip install --quiet --disable-pip-version-check --target bin/pre-commit pre-commit==4.7.0
