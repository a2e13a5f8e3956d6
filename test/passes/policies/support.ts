import assert from "node:assert/strict";
import type { Source, SourceRole } from "../../../src/config/config.ts";
import { positionAt, type Span } from "../../../src/diagnostics/source.ts";
import { analyse, type Analysis } from "../../../src/index.ts";
import type { ReleasePolicy } from "../../../src/model/policy.ts";
import { configOf } from "../../support/project.ts";

/** Three SLOs of checkout and search, without a word on alerts. */
export const SLOS = `version: prometheus/v1
service: checkout
labels: { team: shop }
slos:
  - name: availability
    objective: 99.9
    sli: { events: { error_query: 'sum(rate(hits_total{code="500"}[{{.window}}]))', total_query: 'sum(rate(hits_total[{{.window}}]))' } }
    alerting: { page_alert: { disable: true }, ticket_alert: { disable: true } }
  - name: latency
    objective: 99
    sli: { events: { error_query: 'sum(rate(slow_total[{{.window}}]))', total_query: 'sum(rate(hits_total[{{.window}}]))' } }
    alerting: { page_alert: { disable: true }, ticket_alert: { disable: true } }
---
version: prometheus/v1
service: search
labels: { team: shop }
slos:
  - name: errors
    objective: 99.5
    sli: { events: { error_query: 'sum(rate(failed_total[{{.window}}]))', total_query: 'sum(rate(searches_total[{{.window}}]))' } }
    alerting: { page_alert: { disable: true }, ticket_alert: { disable: true } }
`;

export interface Project {
  readonly policy: string;
  /** In place of the SLOs above. */
  readonly slos?: string;
  readonly profile?: string;
  readonly config?: string;
  readonly rollout?: string;
}

/** What slogen makes of a policy beside the SLOs above. */
export function analysed({ policy, slos = SLOS, profile, config = "", rollout }: Project): Analysis {
  const source = (path: string, text: string, role: SourceRole = "spec"): Source => ({ path, text, role });
  const sources = [
    source("slo.yaml", slos),
    source("policy.yaml", policy),
    ...(profile === undefined ? [] : [source("profile.yaml", profile)]),
    ...(rollout === undefined ? [] : [source("deploy/rollout.yaml", rollout, "workload")]),
  ];
  return analyse({ sources, config: configOf(config) });
}

/** The policies of a project in which nothing is wrong. */
export function policiesOf(project: Project): readonly ReleasePolicy[] {
  const { model, diagnostics } = analysed(project);
  const wrong = diagnostics.filter(({ code, severity }) => severity !== "notice" && !code.startsWith("alert/"));
  assert.deepEqual(
    wrong.map(({ code, message }) => `${code}: ${message}`),
    [],
  );
  return model.policies;
}

export function onlyPolicy(project: Project): ReleasePolicy {
  const [policy, ...others] = policiesOf(project);
  assert.ok(policy !== undefined && others.length === 0);
  return policy;
}

/** `policy.yaml:3:5 fail`: where a span is, and what it underlines. */
export function placed({ file, start, end }: Span): string {
  const { line, column } = positionAt(file, start);
  return `${file.path}:${line}:${column} ${file.text.slice(start, end)}`;
}
