import { gateProblems, guardProblems, type GateProblem } from "../backends/prometheus/gate-problems.ts";
import { code, codeTable, type Diagnostic, type Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/source.ts";
import type { PromqlQuery } from "../model/model.ts";
import type { ReleasePolicy } from "../model/policy.ts";
import type { Matcher, Stretch } from "../promql/ast.ts";
import { quote } from "../promql/print.ts";
import { spanWithin } from "../yaml/locate.ts";

/** What the queries of a gate cannot say, for every release controller alike. */
export const gateCodes = codeTable("gate", {
  "label-clash": code<{ own: string; added: string; by: "isolation" | "environment" }>({
    severity: "error",
    message: ({ own, added }) => `this selector asks for \`${own}\`, and the gate adds \`${added}\``,
    why: "both must hold, so what is left of the canary may be nothing, and a gate that sees nothing stops nothing",
    help: ({ by }) =>
      `take the matcher out of the SLI, or ${by === "isolation" ? "choose another `isolation`" : "out of the environment's `matchers`"}`,
  }),
  "recorded-series": code<{ name: string }>({
    severity: "warning",
    message: ({ name }) => `\`${name}\` is a recorded series, which most likely does not tell canary from stable`,
    why: "a rule that sums over the pods drops their labels, and the gate then finds no canary",
    help: "use the series that the application exports; for an SLI that is a ready ratio, give the policy `evidence` queries of those",
  }),
  "not-isolated": code({
    severity: "error",
    message: () => "canary and stable get the same number from this query",
    why: "every metric in it is under `isolation.except`, so the gate would compare the service with itself",
    help: "leave the metric that counts requests out of `except`",
  }),
  nonlinear: code({
    severity: "warning",
    message: () => "this makes the query something else than a sum of counters, so the gate judges the ratio of the window as it is",
    why: "only sums can be counted from the start of the canary; without numbers of events there is no confidence, and `evidence.minRequests` and `noTraffic: pass` have no effect",
    help: "write it as a sum of `rate` or `increase` of counters",
  }),
  grouped: code<{ slo: string; labels: string }>({
    severity: "notice",
    message: ({ slo, labels }) => `the gate judges all groups of \`${slo}\`${labels} together`,
    why: "the SLO has a budget for each of them; a release goes on or back as one",
    help: "give a group that must not suffer an SLO of its own",
  }),
  "not-revision-unique": code<{ slo: string }>({
    severity: "warning",
    message: ({ slo }) => `the canary's series of \`${slo}\` are older than the canary`,
    why: "their counters go on from release to release, so the first error of a series that was not there before is not seen, and what the canary did since its start is what these series did over the planned time",
    help: "use `isolation: { strategy: podName }`, whose series belong to one release",
  }),
});

export function reportGateProblems(policy: ReleasePolicy, report: Report): void {
  const { gates, guards } = policy;
  const found = [
    ...gates.flatMap((gate) => gateProblems(gate, policy).map((problem) => diagnosticOf(problem, gate.slo.id, gate.at, policy))),
    ...guards.flatMap((guard) => guardProblems(guard, policy).map((problem) => diagnosticOf(problem, guard.name, guard.at, policy))),
  ];
  for (const diagnostic of found) if (diagnostic !== undefined) report(diagnostic);
}

/** Undefined for what is said elsewhere. */
function diagnosticOf(problem: GateProblem, slo: string, at: Span, policy: ReleasePolicy): Diagnostic | undefined {
  switch (problem.kind) {
    case "clash": {
      const { environment, isolation } = policy;
      const by = isolation.canary.some(({ label }) => label === problem.added.label) ? "isolation" : "environment";
      const related =
        by === "isolation"
          ? { at: isolation.at, message: "the sides are told apart here" }
          : { at: policy.at, message: `in the environment \`${environment ?? ""}\`` };
      const params = { own: matcherText(problem.own), added: matcherText(problem.added), by } as const;
      return gateCodes["label-clash"](placeOf(problem.query, problem.own.at ?? problem.selector.at), params, { related: [related] });
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
      return gateCodes["not-revision-unique"](policy.isolation.at, { slo });
    // Said where the SLO is resolved, whatever becomes of the policy.
    case "not-countable":
      return undefined;
  }
}

function placeOf({ scalar }: PromqlQuery, at: Stretch | undefined): Span {
  return at === undefined ? scalar.at : spanWithin(scalar, at.start, at.end);
}

function matcherText({ label, op, value }: Matcher): string {
  return `${label}${op}${typeof value === "string" ? quote(value) : '"…"'}`;
}
