#!/usr/bin/env bash
# Installs, into test/oracle/bin/npm, the packages that oracles ask and that are too large for everyone's `npm ci`.
set -euo pipefail
cd "$(dirname "$0")"
client=1.64.0 # Datadog's own client: 28,000 files
pulumi=5.11.0 # types that Pulumi generates from the schemas of DataDog/terraform-provider-datadog; without what it runs on

mkdir -p bin/npm
cd bin/npm
installed() { [ "$(node -p "require('./node_modules/$1/package.json').version" 2>/dev/null)" = "$2" ]; }
quietly() { npm --no-audit --no-fund --ignore-scripts --loglevel=error "$@"; }

[ -f package.json ] || echo '{ "private": true }' >package.json
if ! installed @datadog/datadog-api-client "$client"; then
  quietly install --no-save "@datadog/datadog-api-client@$client"
fi
if ! installed @pulumi/datadog "$pulumi"; then
  archive=$(quietly pack "@pulumi/datadog@$pulumi")
  mkdir -p node_modules/@pulumi/datadog
  tar xzf "$archive" --strip-components 1 -C node_modules/@pulumi/datadog
  rm "$archive"
fi
