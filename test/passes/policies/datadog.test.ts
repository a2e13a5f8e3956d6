import assert from "node:assert/strict";
import { test } from "node:test";
import { printFilter, printQuery } from "../../../src/datadogql/print.ts";
import type { DatadogPolicy } from "../../../src/model/policy.ts";
import { toDecimal } from "../../../src/units/rational.ts";
import { analysed, placed, SLOS } from "./support.ts";

const BINDING = `---
apiVersion: slogen/v1alpha1
kind: IndicatorBinding
metadata: { name: a }
spec:
  slo: checkout-availability
  datadog:
    bad: sum:checkout.errors{team:shop} by {region}.as_count()
    total: sum:checkout.hits{team:shop} by {region}.as_count() - sum:checkout.ignored{*} by {region}.as_count()
---
apiVersion: slogen/v1alpha1
kind: IndicatorBinding
metadata: { name: b }
spec:
  slo: checkout-latency
  datadog: { ratio: 'sum:a{*}.as_count() / sum:b{*}.as_count()', measures: failure }
`;

const CONFIG = `sources:
  dd: { type: datadog, site: datadoghq.eu }
`;

interface Parts {
  readonly slos?: string;
  readonly isolation?: string;
  readonly guards?: string;
  readonly rollout?: string;
  readonly config?: string;
}

function policyText({ slos = "{ ref: checkout-availability }", isolation, guards = "", rollout = "checkout" }: Parts): string {
  return `apiVersion: slogen/v1alpha1
kind: RolloutPolicy
metadata: { name: checkout }
spec:
  slos: [${slos}]
  workload: { rollout: ${rollout} }
  steps: [{ weight: 5, bake: 10m }, { weight: 50, bake: 15m }]
  traffic: 6000rpm
  guards: [${guards}]
${isolation === undefined ? "" : `  isolation: { ${isolation} }\n`}`;
}

function resolved(parts: Parts): { readonly policy: DatadogPolicy | undefined; readonly found: readonly string[] } {
  const { model, diagnostics } = analysed({ policy: policyText(parts), slos: SLOS + BINDING, config: parts.config ?? CONFIG });
  const [policy] = model.policies.flatMap((each) => (each.backend === "datadog" ? [each] : assert.fail(each.backend)));
  const found = diagnostics.filter(({ severity, code }) => severity !== "notice" && !code.startsWith("slo/"));
  return { policy, found: found.map(({ code, at }) => `${code} ${at === undefined ? "" : placed(at)}`.trim()) };
}

function policyOf(parts: Parts): DatadogPolicy {
  const { policy, found } = resolved(parts);
  assert.deepEqual(found, []);
  return policy ?? assert.fail("no policy");
}

test("the versions are told apart by tags", () => {
  const rows: readonly [isolation: string | undefined, canary: string, stable: string, revisionUnique: boolean][] = [
    [undefined, "kube_replica_set:checkout-{hash}", "kube_replica_set:checkout-{hash}", true],
    ["except: [a.b]", "kube_replica_set:checkout-{hash}", "kube_replica_set:checkout-{hash}", true],
    ["strategy: podTemplateHash", "kube_replica_set:checkout-{hash}", "kube_replica_set:checkout-{hash}", true],
    ["canary: 'version:{hash}', stable: 'version:{hash}'", "version:{hash}", "version:{hash}", true],
    ["canary: 'version:{hash}', stable: 'version:{hash}', revisionUnique: false", "version:{hash}", "version:{hash}", false],
    ["canary: ' track:canary , !role:batch', stable: 'track:stable'", "track:canary NOT role:batch", "track:stable", false],
    ["canary: 'pod_name:a-{hash}-*, canary', stable: 'pod_name:a-{hash}-*'", "pod_name:a-{hash}-* canary", "pod_name:a-{hash}-*", true],
    ["canary: 'version:2', stable: '!version:2'", "version:2", "NOT version:2", false],
  ];
  for (const [isolation, ...want] of rows) {
    const { canary, stable, revisionUnique } = policyOf(isolation === undefined ? {} : { isolation }).isolation;
    const text = (tags: typeof canary): string => tags.map(printFilter).join(" ");
    assert.deepEqual([text(canary), text(stable), revisionUnique], want, isolation);
  }
});

test("what would not tell them apart is refused where it stands", () => {
  const rows: readonly [isolation: string, want: readonly string[]][] = [
    ["strategy: istioHost", ["policy/strategy-on-datadog policy.yaml:10:26 istioHost"]],
    ["strategy: nginx, canaryService: a", ["policy/strategy-on-datadog policy.yaml:10:26 nginx"]],
    ["strategy: podName", ["policy/optional-tag policy.yaml:10:26 podName"]],
    ["canary: 'a:b', stable: 'a:c', revisionUnique: true", ["policy/doubtful-unique policy.yaml:10:46 revisionUnique"]],
    ["canary: 'a:b,c:d', stable: 'c:d,a:b'", ["policy/same-sides policy.yaml:10:43 'c:d,a:b'"]],
    ["canary: 'a:b*', stable: 'a:bc'", ["policy/same-sides policy.yaml:10:40 'a:bc'"]],
    ["canary: 'a:b', stable: '!a:c'", ["policy/same-sides policy.yaml:10:39 '!a:c'"]],
    ["canary: 'a:{hash}', stable: '!a:{hash}'", ["policy/same-sides policy.yaml:10:44 '!a:{hash}'"]],
    ["canary: '*', stable: 'a:c'", ["policy/bad-tags policy.yaml:10:25 *"]],
    ["canary: 'a:b} by {c', stable: 'a:c'", ["policy/bad-tags policy.yaml:10:25 a:b} by {c"]],
    ["canary: 'a:b}.as_count(', stable: 'a:c'", ["policy/bad-tags policy.yaml:10:39"]],
    ["canary: 'a:b} / sum:x{c', stable: 'a:c'", ["policy/bad-tags policy.yaml:10:25 a:b} / sum:x{c"]],
    ["canary: 'a IN (b,c)', stable: 'a:d'", ["policy/bad-tags policy.yaml:10:25 a IN (b,c)"]],
    ["canary: 'a:b*c', stable: 'a:d'", ["policy/bad-tags policy.yaml:10:28 *"]],
    ["canary: 'a:{hash} c', stable: 'a:d'", ["policy/bad-tags policy.yaml:10:34 c"]],
  ];
  for (const [isolation, want] of rows) {
    assert.deepEqual(resolved({ isolation }).found, want, isolation);
  }
  const long = resolved({ isolation: "strategy: podName", rollout: "c".repeat(48) });
  assert.deepEqual(
    long.found.map((each) => each.split(" ")[0]),
    ["policy/optional-tag", "policy/long-name"],
  );
});

test("a Rollout's name may be long where pods are not named", () => {
  const rollout = "c".repeat(48);
  assert.equal(policyOf({ rollout }).isolation.canary[0]?.value, `${rollout}-{hash}`);
});

test("the environment's matchers are tags, and nothing else", () => {
  const config = (matchers: string): string => `${CONFIG}environments: { eu: { matchers: { ${matchers} } } }\n`;
  assert.deepEqual(policyOf({ config: config("kube_cluster_name: eu-1, env: prod, acme.io/tier-1: gold") }).matchers.map(printFilter), [
    "kube_cluster_name:eu-1",
    "env:prod",
    "acme.io/tier-1:gold",
  ]);
  for (const value of ["a b", "a,b:c", "a}", "{hash}", "a AND b", "a*b"]) {
    const { found } = resolved({ config: config(`env: "${value}"`) });
    assert.deepEqual(
      found.map((each) => each.split(" ")[0]),
      ["policy/unfit-matcher"],
      value,
    );
  }
});

test("a gate counts all groups of its SLO together, and the SLO keeps them", () => {
  const [gate] = policyOf({}).gates;
  assert.ok(gate?.slo.indicator.kind === "events");
  assert.equal(printQuery(gate.slo.indicator.events.tree), "sum:checkout.errors{team:shop}.as_count()");
  assert.equal(printQuery(gate.slo.indicator.total.tree), "sum:checkout.hits{team:shop}.as_count() - sum:checkout.ignored{*}.as_count()");
  const { datadog } = gate.slo.indicators;
  assert.ok(datadog?.kind === "events");
  assert.equal(printQuery(datadog.events.tree), "sum:checkout.errors{team:shop} by {region}.as_count()");
});

test("an SLO without counts is judged by those of the policy, or not at all", () => {
  const evidence = "evidence: { bad: 'sum:slow{*} by {x}.as_count()', total: 'sum:all{*} by {x}.as_count()' }";
  const [gate] = policyOf({ slos: `{ ref: checkout-latency, ${evidence} }` }).gates;
  const { bad, total } = gate?.evidenceQueries ?? assert.fail();
  assert.deepEqual([printQuery(bad.tree), printQuery(total.tree)], ["sum:slow{*}.as_count()", "sum:all{*}.as_count()"]);

  const rows: readonly [slos: string, want: string][] = [
    ["{ ref: checkout-latency }", "policy/no-counts-on-datadog policy.yaml:5:17 checkout-latency"],
    [`{ ref: checkout-availability, ${evidence} }`, "policy/needless-evidence policy.yaml:5:40 evidence"],
    ["{ ref: search-errors }", "policy/no-indicator policy.yaml:5:17 search-errors"],
    [
      "{ ref: checkout-latency, evidence: { bad: 'avg:a{*}', total: 'sum:b{*}.as_count()' } }",
      "datadogql/not-a-count policy.yaml:5:53 avg:a{*}",
    ],
  ];
  for (const [slos, want] of rows) assert.deepEqual(resolved({ slos }).found, [want]);
});

test("a guard's limit is in the unit of its query's value", () => {
  const rows: readonly [guard: string, want: string][] = [
    ["query: 'p99:trace.http.request{*}', max: 400ms", "0.4"],
    ["query: 'p99:trace.http.request{*}', unit: seconds, max: 0.4", "0.4"],
    ["query: 'p99:mine{*}', unit: milliseconds, max: 0.4s", "400"],
    ["query: 'p99:mine{*}', max: 400", "400"],
    ["query: 'sum:a{*}.as_count() / default_zero(sum:b{*}.as_count())', max: 2%", "0.02"],
    ["query: 'sum:a{*}.as_count()', min: 5", "5"],
  ];
  for (const [guard, want] of rows) {
    const [found] = policyOf({ guards: `{ name: a, ${guard} }` }).guards;
    assert.equal(found && toDecimal(found.limit), want, guard);
  }
});
