import assert from "node:assert/strict";
import type { TagFilter } from "../../src/datadogql/ast.ts";
import { tag } from "../../src/datadogql/build.ts";
import { onDatadog, type DatadogQuery, type Slo } from "../../src/model/model.ts";
import type { DatadogGate, DatadogPolicy, GateSettings, Guard, Isolation } from "../../src/model/policy.ts";
import { planSlos } from "../../src/passes/plan.ts";
import { DAY, seconds } from "../../src/units/duration.ts";
import { datadogSlo, query } from "../emitters/datadog/support.ts";
import { decimal, policyOf, SETTINGS } from "./policies.ts";

export interface DatadogPolicyParts extends Partial<Omit<DatadogPolicy, "gates" | "backend">> {
  readonly slos?: readonly Slo[];
  readonly settings?: Partial<GateSettings>;
  readonly evidenceQueries?: DatadogGate["evidenceQueries"];
}

/** `policyOf` for a policy that asks Datadog, its sides told apart by `version:{hash}`. */
export function datadogPolicyOf({ slos = [datadogSlo()], settings, evidenceQueries, ...parts }: DatadogPolicyParts = {}): DatadogPolicy {
  const planned = planSlos(slos, { defaultPeriod: seconds(30 * DAY), catalogs: [] }, () => undefined);
  const { at, ...base } = policyOf();
  return {
    ...base,
    backend: "datadog",
    isolation: sides([tag("version", "{hash}")]),
    gates: planned.map((slo) => ({
      slo: onDatadog(slo) ?? assert.fail(),
      settings: { ...SETTINGS, ...settings },
      ...(evidenceQueries && { evidenceQueries }),
      at,
    })),
    guards: [],
    source: {
      name: "datadog",
      type: "datadog",
      site: "datadoghq.eu",
      secret: { name: "datadog-gates", namespaced: true },
      scrapeInterval: seconds(10),
    },
    matchers: [],
    at,
    ...parts,
  };
}

/** Tags of both sides, or of each its own. */
export function sides(canary: readonly TagFilter[], parts: Partial<Isolation<TagFilter>> = {}): Isolation<TagFilter> {
  return { strategy: "explicit", canary, stable: canary, revisionUnique: true, except: [], at: policyOf().at, ...parts };
}

/** A guard on what a query measures. */
export function guardOn(text: string, bound: "max" | "min", limit: string, action: "hold" | "fail" = "hold"): Guard<DatadogQuery> {
  return { name: text.replace(/\W+/g, "-"), query: query(text, "value"), bound, limit: decimal(limit), action, at: policyOf().at };
}
