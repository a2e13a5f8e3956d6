import assert from "node:assert/strict";
import type { Diagnostic } from "../../../src/diagnostics/diagnostic.ts";
import { readDatadog, type DatadogUse } from "../../../src/model/datadog-query.ts";
import type { DatadogQuery, EventsIndicator, Slo } from "../../../src/model/model.ts";
import { compileTexts, configOf } from "../../support/project.ts";
import { sloOf, type SloParts } from "../../support/slos.ts";

const AT = { file: { path: "slo.yaml", text: "slo" }, start: 0, end: 3 };

export const ERRORS = "sum:trace.http.request.errors{env:prod}.as_count()";
export const HITS = "sum:trace.http.request.hits{env:prod}.as_count()";

export function query(text: string, use: DatadogUse = "count"): DatadogQuery {
  const scalar = { kind: "scalar", text, style: "plain", at: AT } as const;
  return readDatadog(scalar, use, { report: ({ message }) => assert.fail(message) }) ?? assert.fail(text);
}

export function events(counted: "good" | "bad", part: string, total: string): EventsIndicator<DatadogQuery> {
  return { kind: "events", counted, events: query(part), total: query(total), at: AT };
}

/** An SLO measured by Datadog, as a front end would lower it. */
export function datadogSlo(parts: SloParts & { readonly indicator?: Slo["indicators"]["datadog"] } = {}): Slo {
  return { ...sloOf(parts), indicators: { datadog: parts.indicator ?? events("bad", ERRORS, HITS) } };
}

export interface SpecParts {
  readonly name?: string;
  readonly service?: string;
  /** Fields of `metadata` beside the name. */
  readonly metadata?: string;
  readonly sli?: string;
  readonly objective?: string;
  readonly window?: string;
  readonly method?: string;
  /** Further lines of `spec`. */
  readonly more?: string;
}

export const metric = (text: string): string => `{ metricSource: { type: Datadog, spec: { query: '${text}' } } }`;

/** An OpenSLO spec; by default 99.9 % of the requests over 30 days. */
export function spec({
  name = "hits",
  service = "shop",
  metadata = "",
  sli = `{ ratioMetric: { bad: ${metric(ERRORS)}, total: ${metric(HITS)} } }`,
  objective = "target: 0.999",
  window = "{ duration: 30d, isRolling: true }",
  method = "Occurrences",
  more = "",
}: SpecParts = {}): string {
  return `
apiVersion: openslo/v1
kind: SLO
metadata: { name: ${name}, ${metadata} }
spec:
  service: ${service}
  budgetingMethod: ${method}
  timeWindow: [${window}]
  indicator: { metadata: { name: ${name}-sli }, spec: ${sli} }
  objectives: [{ ${objective} }]
${more}`;
}

export interface PolicyParts {
  readonly name?: string;
  /** Threshold, window and more of the first condition. */
  readonly condition?: string;
  readonly second?: string;
  /** `slogen/short-window` of each condition. */
  readonly short?: string;
  readonly severity?: string;
  readonly whenNoData?: boolean;
  /** `[name, target]`. */
  readonly targets?: readonly (readonly [string, string])[];
  /** Further fields of the spec. */
  readonly more?: string;
}

/** The `alertPolicies` of a spec with one policy. */
export function policy({
  name = "fast-burn",
  condition = "10, lookbackWindow: 2h",
  second,
  short,
  severity = "page",
  whenNoData = false,
  targets = [["payments", "slack"]],
  more = "",
}: PolicyParts = {}): string {
  const conditions = [condition, ...(second === undefined ? [] : [second])].map(
    (text, i) => `
          - kind: AlertCondition
            metadata: { name: ${name}-${i}${short === undefined ? "" : `, annotations: { slogen/short-window: ${short} }`} }
            spec: { severity: ${severity}, condition: { kind: burnrate, op: gte, threshold: ${text} } }`,
  );
  const notified = targets.map(
    ([target, kind]) => `
          - kind: AlertNotificationTarget
            metadata: { name: ${target} }
            spec: { target: '${kind}' }`,
  );
  return `  alertPolicies:
    - kind: AlertPolicy
      metadata: { name: ${name} }
      spec:
        alertWhenBreaching: true
        alertWhenNoData: ${String(whenNoData)}
        conditions:${conditions.join("")}
        notificationTargets:${notified.join("")}
${more}`;
}

/** Choices that leave no notice. */
export const QUIET = "longWindows: clamp, notify: { page: [], ticket: [] }";

export interface Built {
  /** Parsed, by path below `datadog/`. */
  readonly files: ReadonlyMap<string, unknown>;
  /** The files' bytes, by the same path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly codes: readonly string[];
  readonly found: readonly Diagnostic[];
}

/** What the target makes of specs, read back from the text that is written. */
export function built(specs: string | readonly string[], section = QUIET): Built {
  const config = configOf(`targets: [datadog]\ndatadog: { ${section} }`);
  const texts = (typeof specs === "string" ? [specs] : specs).map((text, i) => [`slo-${i}.yaml`, text]);
  const { files, diagnostics } = compileTexts(Object.fromEntries(texts) as Record<string, string>, config);
  const own = files.map(({ path, text }): [string, string] => [path.replace(/^datadog\//, ""), text]);
  return {
    files: new Map(own.map(([path, text]) => [path, JSON.parse(text) as unknown])),
    texts: new Map(own),
    codes: diagnostics.map(({ code }) => code).sort(),
    found: diagnostics,
  };
}

/** What a diagnostic's caret is under. */
export function textAt(diagnostic: Diagnostic | undefined): string | undefined {
  const at = diagnostic?.at;
  return at?.file.text.slice(at.start, at.end);
}

export interface Monitor {
  readonly name: string;
  readonly type: string;
  readonly query: string;
  readonly message: string;
  readonly tags: readonly string[];
  readonly priority?: number;
  readonly options: { readonly thresholds: { readonly critical: number } } & Readonly<Record<string, unknown>>;
}

/** The monitors of the only SLO, by their part of the id. */
export function monitorsOf({ files }: Built): ReadonlyMap<string, Monitor> {
  return new Map(
    [...files].flatMap(([path, value]) => {
      const name = /\.([^./]+)\.monitor\.json$/.exec(path)?.[1];
      return name === undefined ? [] : [[name, value as Monitor]];
    }),
  );
}

export function monitor(result: Built, name: string): Monitor {
  const all = monitorsOf(result);
  return all.get(name) ?? assert.fail(`no ${name} among ${[...all.keys()].join(", ")}; ${result.codes.join(", ")}`);
}
