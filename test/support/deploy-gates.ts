import assert from "node:assert/strict";
import { compile, type CompileResult } from "../../src/index.ts";
import type { Source } from "../../src/config/config.ts";
import { configOf } from "./project.ts";

/** Two SLOs of a service: 99.9 % of its requests answered, and 99 % in time. */
export const SPEC = `
version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli: { events: { error_query: 'sum(rate(hits_total{code=~"5.."}[{{.window}}]))', total_query: 'sum(rate(hits_total[{{.window}}]))' } }
    alerting: { name: CheckoutAvailability, page_alert: {}, ticket_alert: {} }
`;

export interface Written {
  /** Lines below \`spec\` of the policy. */
  readonly policy?: string;
  readonly spec?: string;
  readonly config?: string;
  readonly name?: string;
}

const ENFORCED = "workload: { name: checkout, namespace: shop }\n  enforcement: enforce";
const CONFIG = 'targets: [prometheus, ci-gate]\nsources: { metrics: { address: "http://prometheus.monitoring:9090" } }';

/** A project with one policy, compiled. */
export function deployProject({ policy = ENFORCED, spec = SPEC, config = CONFIG, name = "checkout" }: Written = {}): CompileResult {
  const text = `apiVersion: slogen/v1alpha1\nkind: RolloutPolicy\nmetadata: { name: ${name} }\nspec:\n  slos: [{ ref: checkout-availability }]\n  ${policy}\n`;
  const sources: readonly Source[] = [
    { path: "slo.yaml", text: spec, role: "spec" },
    { path: "policy.yaml", text, role: "spec" },
  ];
  return compile({ sources, config: configOf(`prometheus: { retention: 400d }\n${config}\n`) });
}

/** The text of the one file that ends so, in a project without an error. */
export function fileOf({ files, diagnostics }: CompileResult, end: string): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ code, message }) => `${code}: ${message}`);
  assert.deepEqual(errors, []);
  const [found, ...more] = files.filter(({ path }) => /^(files\/|templates\/)?ci-gate\//.test(path) && path.endsWith(end));
  assert.equal(more.length, 0, `one file ends in ${end}`);
  return found?.text ?? assert.fail(`${end} is not among ${files.map(({ path }) => path).join(", ")}`);
}
