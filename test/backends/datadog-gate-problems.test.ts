import assert from "node:assert/strict";
import { test } from "node:test";
import { datadogGateProblems, datadogGuardProblems, type DatadogGateProblem } from "../../src/backends/datadog/gate-problems.ts";
import type { TagFilter } from "../../src/datadogql/ast.ts";
import { tag } from "../../src/datadogql/build.ts";
import { printFilter } from "../../src/datadogql/print.ts";
import { onDatadog, type DatadogQuery } from "../../src/model/model.ts";
import type { DatadogGate, DatadogPolicy } from "../../src/model/policy.ts";
import { parsed } from "../datadogql/support.ts";
import { policyOf } from "../support/policies.ts";

const { gates, at } = policyOf();
const plain = gates[0] ?? assert.fail();

function query(text: string): DatadogQuery {
  return { kind: "datadogql", text, tree: parsed(text), scalar: { kind: "scalar", text, style: "plain", at } };
}

function gateOf(bad: string, total: string): DatadogGate {
  const indicator = { kind: "events", counted: "bad", events: query(bad), total: query(total), at } as const;
  const slo = onDatadog({ ...plain.slo, indicators: { datadog: indicator } });
  return { slo: slo ?? assert.fail(), settings: plain.settings, at };
}

interface Parts {
  readonly canary?: readonly TagFilter[];
  readonly stable?: readonly TagFilter[];
  readonly except?: readonly string[];
  readonly matchers?: readonly TagFilter[];
  readonly revisionUnique?: boolean;
}

const HASHED = [tag("version", "{hash}")];

function policy({
  canary = HASHED,
  stable = canary,
  except = [],
  matchers = [],
  revisionUnique = true,
}: Parts): Pick<DatadogPolicy, "isolation" | "matchers"> {
  return { isolation: { strategy: "explicit", canary, stable, revisionUnique, except, at }, matchers };
}

function told(problem: DatadogGateProblem): string {
  switch (problem.kind) {
    case "clash":
      return `clash ${problem.metric.name} ${printFilter(problem.own)} / ${printFilter(problem.added)}`;
    case "moved":
      return `moved ${printFilter(problem.own)} to ${printFilter(problem.there)}`;
    case "untagged":
      return `untagged ${problem.metric.name} ${problem.tag.key}`;
    case "grouped":
      return `grouped ${problem.labels.join()}`;
    case "unsliced":
      return problem.metric === undefined ? problem.kind : `unsliced ${problem.metric.name}`;
    case "not-revision-unique":
      return problem.kind;
  }
}

test("what a gate on Datadog cannot say soundly is told", () => {
  const pod = [tag("kube_replica_set", "a-{hash}")];
  const rows: readonly [bad: string, total: string, parts: Parts, want: readonly string[]][] = [
    ["sum:a.bad{*}.as_count()", "sum:a.all{env:prod}.as_count()", {}, []],
    // Environments
    [
      "sum:a.bad{b:c,env:prod}.as_count()",
      "sum:a.all{env:prod}.as_count()",
      { matchers: [tag("env", "staging")] },
      ["moved env:prod to env:staging"],
    ],
    ["sum:a.bad{env:prod}.as_count()", "sum:a.all{env:prod}.as_count()", { matchers: [tag("env", "prod")] }, []],
    [
      "sum:a.bad{env:prod AND b:c}.as_count()",
      "sum:a.all{!env:prod}.as_count()",
      { matchers: [tag("env", "staging")] },
      ["clash a.bad env:prod / env:staging"],
    ],
    // Clashes
    ["sum:a.bad{version:1}.as_count()", "sum:a.all{*}.as_count()", {}, ["clash a.bad version:1 / version:{hash}"]],
    ["sum:a.bad{version:* AND b:c}.as_count()", "sum:a.all{*}.as_count()", {}, ["clash a.bad version:* / version:{hash}"]],
    ["sum:a.bad{!version:legacy,b:c}.as_count()", "sum:a.all{!version:legacy}.as_count()", {}, []],
    ["sum:a.bad{!version:1*}.as_count()", "sum:a.all{*}.as_count()", {}, ["clash a.bad NOT version:1* / version:{hash}"]],
    [
      "sum:a.bad{track:canary}.as_count()",
      "sum:a.all{track:canary}.as_count()",
      { canary: [tag("track", "canary")], stable: [tag("track", "stable")] },
      ["clash a.bad track:canary / track:stable", "clash a.all track:canary / track:stable"],
    ],
    [
      "sum:a.bad{cluster:us}.as_count()",
      "sum:a.all{!cluster:dev}.as_count()",
      { matchers: [tag("cluster", "eu")] },
      ["clash a.bad cluster:us / cluster:eu"],
    ],
    ["sum:a.bad{cluster:eu}.as_count()", "sum:a.all{cluster:eu}.as_count()", { matchers: [tag("cluster", "eu")] }, []],
    // Metrics that stay as they are
    ["sum:a.bad{*}.as_count()", "sum:a.all{*}.as_count()", { except: ["a.all"] }, ["unsliced"]],
    ["sum:a.bad{*}.as_count()", "sum:a.all{*}.as_count() - sum:b{version:1}.as_count()", { except: ["b"] }, ["unsliced b"]],
    ["sum:a.bad{*}.as_count() + sum:b{*}.as_count()", "sum:a.all{*}.as_count()", { except: ["b"] }, ["unsliced b"]],
    // Traces
    ["sum:trace.x.errors{*}.as_count()", "sum:trace.x.hits{*}.as_count()", {}, []],
    ["sum:trace.x.errors{*}.as_count()", "sum:trace.x.hits{*}.as_count()", { canary: pod }, ["untagged trace.x.errors kube_replica_set"]],
    [
      "sum:trace.x.errors{*}.as_count()",
      "sum:trace.x.hits{*}.as_count()",
      { canary: [tag("kube_cluster_name", "a")], stable: [tag("kube_cluster_name", "b")] },
      [],
    ],
    // Groups
    ["sum:a.bad{*} by {r}.as_count()", "sum:a.all{*} by {r}.as_count()", {}, ["grouped r"]],
    // Tags that come back
    ["sum:a.bad{*}.as_count()", "sum:a.all{*}.as_count()", { revisionUnique: false }, ["not-revision-unique"]],
  ];
  for (const [bad, total, parts, want] of rows) {
    assert.deepEqual(datadogGateProblems(gateOf(bad, total), policy(parts)).map(told), want, `${bad} ${total}`);
  }
});

test("evidence queries stand in for those of the SLI", () => {
  const gate = gateOf("sum:a.bad{version:1} by {r}.as_count()", "sum:a.all{*} by {r}.as_count()");
  const evidenceQueries = { bad: query("sum:b.bad{*}.as_count()"), total: query("sum:b.all{version:2}.as_count()") };
  assert.deepEqual(datadogGateProblems({ ...gate, evidenceQueries }, policy({})).map(told), ["clash b.all version:2 / version:{hash}"]);
});

test("a guard has the same troubles", () => {
  const guard = (text: string): readonly string[] =>
    datadogGuardProblems(
      { name: "p99", query: query(text), bound: "max", limit: plain.slo.objective.target, action: "hold", at },
      policy({ canary: [tag("pod_name", "a-{hash}-*")] }),
    ).map(told);
  assert.deepEqual(guard("p99:a.latency{b:c}"), []);
  assert.deepEqual(guard("p99:trace.x{pod_name IN (a,b)}"), [
    "clash trace.x pod_name IN (a,b) / pod_name:a-{hash}-*",
    "untagged trace.x pod_name",
  ]);
});
