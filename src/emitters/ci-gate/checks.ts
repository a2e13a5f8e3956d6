import { deployClashes, groupsOf, isGrouped, isRecordedOver } from "../../backends/prometheus/deploy.ts";
import type { Report } from "../../diagnostics/diagnostic.ts";
import type { DeployGate, DeploySlo } from "../../model/policy.ts";
import type { Matcher } from "../../promql/ast.ts";
import { quote } from "../../promql/print.ts";
import { spanWithin } from "../../yaml/locate.ts";
import { gateCodes } from "../gate-codes.ts";
import { ciGateCodes as codes } from "./codes.ts";
import { LONGEST_NAME } from "./names.ts";
import type { CiGateOptions } from "./options.ts";

/** What a script, a pipeline or a hook makes of this gate that its user should know, or could not want. */
export function checkGate(gate: DeployGate, { formats }: CiGateOptions, report: Report): void {
  const { name, source, at } = gate;
  const sourceAt = source.at ?? at;
  if (formats.includes("argo-cd")) {
    if (source.address === undefined) report(codes["no-address"](sourceAt, { policy: name, source: source.name }));
    if (name.length > LONGEST_NAME) report(codes["long-name"](at, { policy: name, limit: LONGEST_NAME }));
  }
  const kind = source.authentication?.kind;
  if (kind === "oauth2" || kind === "sigv4") report(codes.authentication(sourceAt, { source: source.name, kind }));
  checkMatchers(gate, report);
  for (const each of gate.slos) {
    checkClashes(each, gate, report);
    if (isGrouped(each)) report(codes.grouped(each.at, { slo: each.slo.id }));
  }
}

function checkMatchers(gate: DeployGate, report: Report): void {
  const { name, environment, matchers, slos, at } = gate;
  const recorded = slos.filter((each) => each.budget !== undefined || isRecordedOver(each, each.window, gate));
  const lost = matchers.map(({ label }) => label).filter((label) => recorded.some((each) => !keeps(each, label)));
  if (environment === undefined || lost.length === 0) return;
  report(codes["recorded-matchers"](at, { policy: name, environment, labels: lost }));
}

function keeps(each: DeploySlo, label: string): boolean {
  const groups = groupsOf(each);
  return each.slo.labels.some(({ key }) => key === label) || (groups !== "unknown" && groups.includes(label));
}

/** Of the SLIs' own queries; the recorded series are asked as they are. */
function checkClashes(each: DeploySlo, gate: DeployGate, report: Report): void {
  if ([each.window, each.shortWindow].every((window) => isRecordedOver(each, window, gate))) return;
  for (const { query, selector, own, added } of deployClashes(each, gate)) {
    const place = own.at ?? selector.at;
    const at = place === undefined ? query.scalar.at : spanWithin(query.scalar, place.start, place.end);
    const related = [{ at: gate.at, message: `in the environment \`${gate.environment ?? ""}\`` }];
    report(gateCodes["label-clash"](at, { own: matcherText(own), added: matcherText(added), by: "environment" }, { related }));
  }
}

function matcherText({ label, op, value }: Matcher): string {
  return `${label}${op}${typeof value === "string" ? quote(value) : '"…"'}`;
}
