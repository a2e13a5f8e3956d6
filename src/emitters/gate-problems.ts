import { datadogGateProblems, datadogGuardProblems, type DatadogGateProblem } from "../backends/datadog/gate-problems.ts";
import { gateProblems, guardProblems, type GateProblem } from "../backends/prometheus/gate-problems.ts";
import { printFilter } from "../datadogql/print.ts";
import type { Diagnostic, Related, Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/source.ts";
import type { Query } from "../model/model.ts";
import { stableReach } from "../gate/plan.ts";
import { isForFlagger, type DatadogPolicy, type PrometheusPolicy, type ReleasePolicy } from "../model/policy.ts";
import { onCanaryAlone } from "../passes/policies/flagger-check.ts";
import { tellingOf } from "../passes/policies/flagger-providers.ts";
import type { Matcher, Stretch } from "../promql/ast.ts";
import { quote } from "../promql/print.ts";
import { spanWithin } from "../yaml/locate.ts";
import { formatDuration } from "../units/duration.ts";
import { gateCodes, type EarlierReleases } from "./gate-codes.ts";

/** Reports what the queries of a policy's gates and guards cannot say. */
export function reportGateProblems(policy: ReleasePolicy, report: Report): void {
  const found = policy.backend === "prometheus" ? onPrometheus(policy) : onDatadog(policy);
  for (const diagnostic of found) if (diagnostic !== undefined) report(diagnostic);
}

function onPrometheus(policy: PrometheusPolicy): readonly (Diagnostic | undefined)[] {
  const { gates, guards } = policy;
  return [
    ...gates.flatMap((gate) => gateProblems(gate, policy).map((problem) => diagnosticOf(problem, gate.slo.id, gate.at, policy))),
    ...guards.flatMap((guard) => guardProblems(guard, policy).map((problem) => diagnosticOf(problem, guard.name, guard.at, policy))),
  ];
}

function onDatadog(policy: DatadogPolicy): readonly Diagnostic[] {
  const { gates, guards } = policy;
  return [
    ...gates.flatMap((gate) =>
      datadogGateProblems(gate, policy).map((problem) => datadogDiagnostic(problem, gate.slo.id, gate.at, policy)),
    ),
    ...guards.flatMap((guard) =>
      datadogGuardProblems(guard, policy).map((problem) => datadogDiagnostic(problem, guard.name, guard.at, policy)),
    ),
  ];
}

/** Undefined for what is said elsewhere. */
function diagnosticOf(problem: GateProblem, slo: string, at: Span, policy: PrometheusPolicy): Diagnostic | undefined {
  switch (problem.kind) {
    case "clash": {
      const by = policy.isolation.canary.some(({ label }) => label === problem.added.label) ? "isolation" : "environment";
      const params = { own: matcherText(problem.own), added: matcherText(problem.added), by } as const;
      const instead = isForFlagger(policy) ? onCanaryAlone(problem.own, policy.workload.name)?.instead : undefined;
      return labelClash(placeOf(problem.query, problem.own.at ?? problem.selector.at), { ...params, ...(instead && { instead }) }, policy);
    }
    case "recorded":
      return gateCodes["recorded-series"](placeOf(problem.query, problem.selector.at), { name: problem.name });
    case "unsliced":
      return gateCodes["not-isolated"](placeOf(problem.query, undefined), {});
    case "nonlinear":
      return gateCodes.nonlinear(placeOf(problem.query, problem.part.at), {});
    case "grouped": {
      const labels = problem.labels === "unknown" ? "" : ` (by ${problem.labels.map((label) => `\`${label}\``).join(", ")})`;
      return gateCodes.grouped(at, { slo, labels });
    }
    case "not-revision-unique":
      return gateCodes["not-revision-unique"](policy.isolation.at, { slo, backend: "prometheus", ...earlierReleases(policy) });
    // Said where the SLO is resolved, whatever becomes of the policy.
    case "not-countable":
      return undefined;
  }
}

function datadogDiagnostic(problem: DatadogGateProblem, slo: string, at: Span, policy: DatadogPolicy): Diagnostic {
  switch (problem.kind) {
    case "clash": {
      const by = policy.matchers.some(({ key }) => key === problem.added.key) ? "environment" : "isolation";
      const params = { own: printFilter(problem.own), added: printFilter(problem.added), by } as const;
      return labelClash(placeOf(problem.query, problem.own.at ?? problem.metric.at), params, policy);
    }
    case "moved": {
      const params = { own: printFilter(problem.own), there: printFilter(problem.there) };
      return gateCodes["other-environment"](placeOf(problem.query, problem.own.at ?? problem.metric.at), params, {
        related: [inEnvironment(policy)],
      });
    }
    case "unsliced": {
      const { query, metric } = problem;
      return gateCodes["not-isolated"](placeOf(query, metric?.at), metric === undefined ? {} : { metric: metric.name });
    }
    case "untagged": {
      const by = policy.matchers.includes(problem.tag) ? "environment" : "isolation";
      const deployment = isForFlagger(policy) ? { deployment: policy.workload.name } : {};
      const params = { metric: problem.metric.name, tag: problem.tag.key, by, ...deployment } as const;
      const related =
        by === "isolation" ? { at: policy.isolation.at, message: "this policy tells the versions apart by it" } : inEnvironment(policy);
      return gateCodes["untagged-traces"](placeOf(problem.query, problem.metric.at), params, { related: [related] });
    }
    case "grouped":
      return gateCodes.grouped(at, { slo, labels: ` (by ${problem.labels.map((label) => `\`${label}\``).join(", ")})` });
    case "not-revision-unique":
      return gateCodes["not-revision-unique"](policy.isolation.at, { slo, backend: "datadog", ...earlierReleases(policy) });
  }
}

/** Flagger's canary has the same name in every release. */
function earlierReleases(policy: ReleasePolicy): { readonly flagger?: EarlierReleases } {
  if (!isForFlagger(policy)) return {};
  const { provider, target } = policy.controller;
  const ownPods = policy.isolation.strategy === "flagger" ? tellingOf(provider, target)?.ownPods : undefined;
  const reach = formatDuration(stableReach(policy.delivery));
  return { flagger: { reach, ...(ownPods !== undefined && ownPods !== "always" && { ownPods: matcherText(ownPods) }) } };
}

type ClashParams = Parameters<(typeof gateCodes)["label-clash"]>[1];

function labelClash(at: Span, params: ClashParams, policy: ReleasePolicy): Diagnostic {
  const related = params.by === "isolation" ? { at: policy.isolation.at, message: "the sides are told apart here" } : inEnvironment(policy);
  return gateCodes["label-clash"](at, params, { related: [related] });
}

function inEnvironment({ environment, at }: ReleasePolicy): Related {
  return { at, message: `in the environment \`${environment ?? ""}\`` };
}

function placeOf({ scalar }: Query, at: Stretch | undefined): Span {
  return at === undefined ? scalar.at : spanWithin(scalar, at.start, at.end);
}

function matcherText({ label, op, value }: Matcher): string {
  return `${label}${op}${typeof value === "string" ? quote(value) : '"…"'}`;
}
