import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../../src/index.ts";
import { folder, type Folder } from "../cli/support.ts";

const CONFIG = `targets: [prometheus, argo-rollouts]
layout: LAYOUT
prometheus: { format: operator, retention: 35d }
sources: { prometheus: { address: "http://prometheus.monitoring:9090" } }
`;

function spec(service: string): string {
  return `version: prometheus/v1
service: ${service}
slos:
  - name: availability
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(http_requests_total{job="${service}",code=~"5.."}[{{.window}}]))
        total_query: sum(rate(http_requests_total{job="${service}"}[{{.window}}]))
    alerting: { name: ${service} }
`;
}

const ROLLOUT = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: cart, namespace: shop }
spec:
  replicas: 10
  selector: { matchLabels: { app: cart } }
  strategy:
    canary:
      steps: [{ setWeight: 10 }, { pause: { duration: 10m } }, { setWeight: 50 }, { pause: { duration: 15m } }]
  template:
    metadata: { labels: { app: cart } }
    spec:
      containers: [{ name: cart, image: "registry.example.com/cart:1.8.2" }]
`;

function slogen(project: Folder, line: string): Promise<{ code: number; err: string }> {
  return project.slogen(line, { compile });
}

function project(t: Parameters<typeof folder>[0], layout: string): Folder {
  return folder(t, { "slogen.yaml": CONFIG.replace("LAYOUT", layout), "slo/cart.yaml": spec("cart"), "slo/search.yaml": spec("search") });
}

test("a partial build leaves a kustomization alone while the files that it lists stay", async (t) => {
  const shop = project(t, "kustomize");
  assert.equal((await slogen(shop, "build")).code, 0);
  const before = shop.read("generated/prometheus/kustomization.yaml");
  assert.match(before, /cart\/availability\.yaml\n {2}- search\/availability\.yaml/);
  shop.write("slo/cart.yaml", spec("cart").replace("99.9", "99.5"));
  assert.equal((await slogen(shop, "build -f slo/cart.yaml")).code, 0);
  assert.equal(shop.read("generated/prometheus/kustomization.yaml"), before);
  assert.equal((await slogen(shop, "build --check")).code, 0);
});

test("a partial build that adds a file is refused, for the kustomization would forget the rest", async (t) => {
  const shop = project(t, "kustomize");
  assert.equal((await slogen(shop, "build")).code, 0);
  shop.write("slo/orders.yaml", spec("orders"));
  const { code, err } = await slogen(shop, "build -f slo/orders.yaml");
  assert.equal(code, 1);
  assert.match(err, /output\/partial-build.*kustomization\.yaml/);
  assert.equal((await slogen(shop, "build")).code, 0);
  assert.match(shop.read("generated/prometheus/kustomization.yaml"), /orders/);
});

test("a build of one target leaves the other targets of a chart alone", async (t) => {
  const shop = project(t, "helm");
  assert.equal((await slogen(shop, "build")).code, 0);
  const files = shop.files("generated");
  assert.ok(Object.keys(files).some((path) => path.includes("templates/prometheus/cart")));
  assert.equal((await slogen(shop, "build -t argo-rollouts")).code, 0);
  assert.deepEqual(shop.files("generated"), files);
  assert.equal((await slogen(shop, "build --check")).code, 0);
});

test("another layout replaces the files of the one before", async (t) => {
  const shop = project(t, "helm");
  assert.equal((await slogen(shop, "build")).code, 0);
  shop.write("slogen.yaml", CONFIG.replace("LAYOUT", "flat"));
  assert.equal((await slogen(shop, "build")).code, 0);
  assert.deepEqual(
    Object.keys(shop.files("generated")).filter((path) => /templates|Chart|values|helmignore/.test(path)),
    [],
  );
});

test("a partial build leaves alone what a kustomization of others needs", async (t) => {
  const shop = project(t, "kustomize");
  shop.write(
    "slo/release.yaml",
    `apiVersion: slogen/v1alpha1
kind: RolloutPolicy
metadata: { name: cart }
spec:
  slos: [{ ref: cart-availability }]
  workload: { rollout: cart, namespace: shop, file: deploy/rollout.yaml }
  isolation: { strategy: podName }
  steps: [{ weight: 10, bake: 10m }, { weight: 50, bake: 15m }]
  traffic: 1800rpm
`,
  );
  shop.write("deploy/rollout.yaml", ROLLOUT);
  const built = await slogen(shop, "build");
  assert.equal(built.code, 0, built.err);
  const before = shop.files("generated");
  assert.ok(Object.keys(before).some((path) => path.endsWith("argo-rollouts/slogen-kustomize.yaml")));
  assert.equal((await slogen(shop, "build -f slo/search.yaml")).code, 0);
  assert.deepEqual(shop.files("generated"), before);
});
