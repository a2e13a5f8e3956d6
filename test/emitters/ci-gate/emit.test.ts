import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { parse } from "yaml";
import { codesOf, compileTexts, configOf } from "../../support/project.ts";
import { deployProject, fileOf, SPEC, type Written } from "../../support/deploy-gates.ts";

const SOURCE = 'sources: { metrics: { address: "http://prometheus.monitoring:9090" } }';

/** The arguments of the one SLO's judgement. */
function judged(written: Written): string {
  const [, found = ""] = /^ {2}judge ([^]*?)^fi$/m.exec(fileOf(deployProject(written), "/gate.sh")) ?? [];
  return found
    .replace(/\s+/g, " ")
    .replaceAll(" \\ ", " ")
    .replace(/(?<=\() | (?=\))/g, "")
    .trim();
}

const RECORDED =
  "'checkout-availability' 0.001 14.4 0.0144 1h 'slo:sli_error:ratio_rate1h{sloth_id=\"checkout-availability\"}' 5m 'slo:sli_error:ratio_rate5m{sloth_id=\"checkout-availability\"}' block 0 'slo:period_error_budget_remaining:ratio{sloth_id=\"checkout-availability\"}'";

test("the gate judges by the pager's number, over recorded series", () => {
  assert.equal(judged({}), RECORDED);
});

test("what a policy says of the gate", () => {
  const rows = [
    { given: "preDeploy: { burnRate: 6 }", want: RECORDED.replace("14.4 0.0144", "6 0.006") },
    { given: "gate: { fail: { burnRate: 10 } }", want: RECORDED.replace("14.4 0.0144", "10 0.01") },
    { given: "gate: { fail: { burnRate: 10 } }\n  preDeploy: { burnRate: 6 }", want: RECORDED.replace("14.4 0.0144", "6 0.006") },
    { given: "preDeploy: { remainingBudget: 0.25 }", want: RECORDED.replace("block 0", "block 0.25") },
    { given: "gate: { budget: { exhausted: observe } }", want: RECORDED.replace("block 0", "report 0") },
    { given: "gate: { budget: false }", want: RECORDED.replace(/block 0 .*/, "none 0 ''") },
    {
      given: "preDeploy: { window: 2h, shortWindow: 30m }",
      want: RECORDED.replace("1h 'slo:sli_error:ratio_rate1h", "2h 'slo:sli_error:ratio_rate2h").replace(
        "5m 'slo:sli_error:ratio_rate5m",
        "30m 'slo:sli_error:ratio_rate30m",
      ),
    },
  ];
  for (const { given, want } of rows) assert.equal(judged({ policy: `workload: { name: checkout }\n  ${given}` }), want, given);
});

test("a window that nobody records is asked by the SLI's own query", () => {
  const text = judged({ policy: "workload: { name: checkout }\n  preDeploy: { window: 45m }" });
  assert.ok(
    text.includes("45m '(sum(rate(hits_total{code=~\"5..\"}[45m])) or 0 * sum(rate(hits_total[45m]))) / (sum(rate(hits_total[45m])) > 0)'"),
    text,
  );
  assert.ok(text.includes("5m 'slo:sli_error:ratio_rate5m"), text);
});

test("where nobody records, every window is the SLI's own query and the budget is not asked", () => {
  const config = `targets: [ci-gate]\n${SOURCE}\nenvironments: { prod: { matchers: { cluster: eu-1 } } }`;
  const result = deployProject({ config });
  assert.deepEqual(codesOf(result), ["policy/budget-unknown"]);
  const text = judged({ config });
  assert.ok(text.includes('1h \'(sum(rate(hits_total{code=~"5..",cluster="eu-1"}[1h]))'), text);
  assert.ok(text.endsWith("none 0 ''"), text);
});

test("a service without traffic is told apart from one that nobody measures, where the policy lets it pass", () => {
  const text = judged({ policy: "workload: { name: checkout }\n  gate: { noTraffic: pass }" });
  assert.ok(
    text.includes("1h '(slo:sli_error:ratio_rate1h{sloth_id=\"checkout-availability\"} >= 0) or on () sum(rate(hits_total[1h])) == 0'"),
    text,
  );
});

test("of a grouped SLI, a silent group vouches for no other", () => {
  const spec = SPEC.replaceAll("sum(rate(", "sum by (region) (rate(");
  assert.notEqual(spec, SPEC);
  const text = judged({ spec, policy: "workload: { name: checkout }\n  gate: { noTraffic: pass }" });
  const silent = "or on () sum(sum by (region) (rate(hits_total[1h]))) == 0)'";
  assert.ok(text.includes(`1h 'max((slo:sli_error:ratio_rate1h{sloth_id="checkout-availability"} >= 0) ${silent}`), text);
});

test("a build of one target alone makes the same files as the whole", () => {
  const config = configOf(`targets: [prometheus, ci-gate]\n${SOURCE}`);
  const policy =
    "apiVersion: slogen/v1alpha1\nkind: RolloutPolicy\nmetadata: { name: checkout }\nspec: { slos: [{ ref: checkout-availability }], workload: { name: checkout } }";
  const specs = { "slo.yaml": SPEC, "policy.yaml": policy };
  const gates = (found: ReturnType<typeof compileTexts>) => found.files.filter(({ path }) => path.startsWith("ci-gate/"));
  const part = compileTexts(specs, { ...config, targets: ["ci-gate"], projectTargets: config.targets });
  assert.deepEqual(gates(part), gates(compileTexts(specs, config)));
  assert.equal(gates(part).length, 4);
});

test("the formats that are asked for, and the script wherever one runs it", () => {
  const rows = [
    { given: "[script]", want: ["gate.sh"] },
    { given: "[github]", want: ["action.yml", "gate.sh", "github-job.yaml"] },
    { given: "[argo-cd]", want: ["presync-job.yaml"] },
  ];
  for (const { given, want } of rows) {
    const { files } = deployProject({ config: `targets: [ci-gate]\n${SOURCE}\nci-gate: { formats: ${given} }` });
    assert.deepEqual(files.map(({ path }) => path.replace("ci-gate/checkout/", "")).sort(), want);
  }
});

test("the workflow names the action where it lies in the repository", () => {
  const rows = [
    { given: "", want: "./generated/ci-gate/checkout" },
    { given: "out: deploy/slo", want: "./deploy/slo/ci-gate/checkout" },
    { given: "ci-gate: { folder: ./shop/checkout/slo/ }", want: "./shop/checkout/slo/ci-gate/checkout" },
    { given: "layout: kustomize", want: "./generated/ci-gate/checkout" },
    { given: "layout: helm", want: "./generated/files/ci-gate/checkout" },
    { given: "layout: helm\nci-gate: { folder: slo }", want: "./slo/files/ci-gate/checkout" },
  ];
  for (const { given, want } of rows) {
    const workflow = parse(
      fileOf(deployProject({ config: `targets: [prometheus, ci-gate]\n${SOURCE}\n${given}` }), "/github-job.yaml"),
    ) as {
      readonly jobs: { readonly "slo-gate": { readonly steps: readonly { readonly uses: string }[] } };
    };
    assert.equal(workflow.jobs["slo-gate"].steps[1]?.uses, want);
  }
});

test("no input of the action is part of its script", () => {
  const action = parse(fileOf(deployProject(), "/action.yml")) as {
    readonly runs: { readonly steps: readonly { readonly run: string }[] };
  };
  for (const { run } of action.runs.steps) assert.ok(!run.includes("${{"), run);
});

test("the hook takes its secret by reference, and its hotfix from its own ConfigMap alone", () => {
  const config = `targets: [prometheus, ci-gate]\nsources: { m: { address: "http://p:9090", authentication: { basic: { secret: metrics, key: basic } } } }`;
  const text = fileOf(deployProject({ config }), "/presync-job.yaml");
  const job = parse(text.slice(text.indexOf("\n---\n") + 5)) as {
    readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { readonly env: readonly object[] }[] } } };
  };
  assert.deepEqual(job.spec.template.spec.containers[0]?.env, [
    { name: "PROMETHEUS_CREDENTIALS", valueFrom: { secretKeyRef: { name: "metrics", key: "basic" } } },
    { name: "SLOGEN_HOTFIX", valueFrom: { configMapKeyRef: { name: "checkout-slo-gate", key: "hotfix", optional: true } } },
    { name: "SLOGEN_HOTFIX_BY", valueFrom: { configMapKeyRef: { name: "checkout-slo-gate", key: "hotfix-by", optional: true } } },
  ]);
});

test("a policy that a controller carries out has a gate before the deploy too, and a plain one no other", () => {
  const config = `targets: [prometheus, argo-rollouts, flagger, ci-gate]\n${SOURCE}`;
  const released = deployProject({
    config,
    policy:
      "workload: { rollout: checkout, namespace: shop }\n  steps: [{ weight: 5, bake: 10m }, { weight: 50, bake: 15m }]\n  traffic: 60000rpm",
  });
  const folders = (paths: readonly { readonly path: string }[]) => [...new Set(paths.map(({ path }) => path.split("/")[0]))].sort();
  assert.deepEqual(folders(released.files), ["alertmanager", "argo-rollouts", "ci-gate", "prometheus"]);
  assert.deepEqual(folders(deployProject({ config }).files), ["alertmanager", "ci-gate", "prometheus"]);
});

test("what is wrong with a gate, whoever is to make it", () => {
  const rows = [
    { given: { policy: "workload: { name: checkout, rollout: checkout }" }, want: ["policy/plain-and-released"] },
    { given: { policy: "workload: { name: checkout }\n  preDeploy: { burnRate: 1000 }" }, want: ["policy/unreachable-limit"] },
    { given: { policy: "workload: { name: checkout }\n  preDeploy: { burnRate: 999 }" }, want: [] },
    { given: { policy: "workload: { name: checkout }\n  preDeploy: { window: 5m, shortWindow: 6m }" }, want: ["policy/windows-reversed"] },
    {
      given: { policy: "workload: { name: checkout }\n  preDeploy: { remainingBudget: 0.1 }\n  gate: { budget: false }" },
      want: ["policy/unused-remaining"],
    },
    {
      given: { policy: "workload: { name: checkout }\n  preDeploy: { remainingBudget: 0.1 }\n  gate: { budget: { exhausted: observe } }" },
      want: ["policy/unused-remaining"],
    },
    { given: { policy: "workload: { name: checkout }\n  source: other" }, want: ["policy/unknown-source"] },
    { given: { config: "targets: [prometheus, ci-gate]" }, want: ["ci-gate/no-address"] },
    { given: { config: "targets: [prometheus, ci-gate]\nci-gate: { formats: [github] }" }, want: [] },
    { given: { config: `targets: [prometheus, ci-gate]\nsources: { d: { type: datadog } }` }, want: ["policy/deploy-on-datadog"] },
    {
      given: { config: `targets: [ci-gate]\n${SOURCE}\nenvironments: { prod: { matchers: { code: a } } }` },
      want: ["gate/label-clash", "policy/budget-unknown"],
    },
  ];
  for (const { given, want } of rows) assert.deepEqual(codesOf(deployProject(given)), want, JSON.stringify(given));
});

test("hostile texts of a spec stay inside their words", () => {
  const hostile = "it's $(id) `id`\\n";
  const query = (name: string) => JSON.stringify(`sum(rate(${name}{path="${hostile}"}[{{.window}}]))`);
  const spec = `
version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli: { events: { error_query: ${query("bad")}, total_query: ${query("all")} } }
    alerting: { name: CheckoutAvailability, page_alert: {}, ticket_alert: {} }
`;
  const text = fileOf(deployProject({ spec, config: `targets: [ci-gate]\n${SOURCE}` }), "/gate.sh");
  const asked = `judge() { printf '%s' "$6"; }\n${/^ {2}judge [^]*?(?=^fi$)/m.exec(text)?.[0] ?? ""}`;
  const found = execFileSync("sh", ["-c", asked], { encoding: "utf8" });
  assert.ok(found.includes(`rate(bad{path="${hostile}"}[1h])`), found);
});
