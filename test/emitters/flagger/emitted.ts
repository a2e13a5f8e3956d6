import assert from "node:assert/strict";
import { parse } from "yaml";
import type { Diagnostic } from "../../../src/diagnostics/diagnostic.ts";
import type { SourceFile } from "../../../src/diagnostics/source.ts";
import { emitFlagger } from "../../../src/emitters/flagger/emit.ts";
import { flaggerOptions } from "../../../src/emitters/flagger/options.ts";
import type { FlaggerController, FlaggerPolicy, PrometheusPolicy, ReleasePolicy } from "../../../src/model/policy.ts";
import { renderer } from "../../../src/text/render.ts";
import type { Json, JsonObject } from "../../../src/yaml/json.ts";
import { printYaml } from "../../../src/yaml/print.ts";
import { FLAGGER } from "../../support/flagger-policies.ts";
import { policyOf, type PolicyParts } from "../../support/policies.ts";

export interface FlaggerParts extends Omit<PolicyParts, "controller"> {
  readonly controller?: Partial<FlaggerController>;
}

/** `policyOf` for a Deployment that Flagger releases on Istio. */
export function flaggerPolicy({ controller, ...parts }: FlaggerParts = {}): PrometheusPolicy & FlaggerPolicy {
  const plain = policyOf();
  const istio = (workload: string) =>
    [
      { label: "destination_workload", op: "=", value: workload },
      { label: "destination_workload_namespace", op: "=", value: parts.workload?.namespace ?? "{namespace}" },
    ] as const;
  return {
    ...policyOf({
      isolation: { ...plain.isolation, strategy: "flagger", canary: istio("checkout"), stable: istio("checkout-primary") },
      source: {
        name: "prometheus",
        type: "prometheus",
        address: ADDRESS,
        headers: [],
        scrapeInterval: SCRAPES,
        scrapesFlagger: true,
        insecure: false,
      },
      ...parts,
    }),
    controller: { ...FLAGGER, ...controller },
  };
}

export const ADDRESS = "http://prometheus.monitoring:9090";
const SCRAPES = policyOf().source.scrapeInterval;

export const IN_SHOP = { name: "checkout", namespace: "shop", files: [], at: policyOf().at };

/** A template as it is read back from the text that was printed. */
export interface Template {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: { readonly provider: JsonObject; readonly query: string };
}

export interface Analysis {
  readonly interval: string;
  readonly threshold: number;
  readonly stepWeights?: readonly number[] | null;
  readonly iterations?: number | null;
  readonly match?: Json;
  readonly metrics: readonly {
    readonly name: string;
    readonly templateRef: { readonly name: string };
    readonly interval: string;
    readonly thresholdRange: { readonly min?: number; readonly max?: number };
    readonly templateVariables?: Readonly<Record<string, string>>;
  }[];
  readonly alerts?: Json;
  readonly webhooks?: readonly {
    readonly name: string;
    readonly type: string;
    readonly url: string;
    readonly timeout?: string;
    readonly muteAlert?: boolean;
    readonly metadata: Readonly<Record<string, string>>;
  }[];
}

export interface Emitted {
  readonly paths: readonly string[];
  readonly documents: readonly JsonObject[];
  readonly templates: readonly Template[];
  readonly analysis: Analysis;
  readonly found: readonly Diagnostic[];
  readonly codes: readonly string[];
}

/** What the target makes of these policies, read back from the text that it prints. */
export function emitted(policies: readonly ReleasePolicy[], section: JsonObject = {}, workloads: readonly SourceFile[] = []): Emitted {
  const found: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): unknown => found.push(diagnostic);
  const render = renderer([], ({ message }) => assert.fail(message));
  const artifacts = emitFlagger({ policies }, { options: flaggerOptions(section), report, render, catalogs: [], workloads });
  const documents = artifacts.flatMap((artifact) =>
    artifact.kind === "yaml" ? artifact.documents.map((document) => parse(printYaml([document])) as JsonObject) : [],
  );
  const patch = documents.find(({ kind }) => kind === "Canary") as { readonly spec: { readonly analysis: Analysis } } | undefined;
  return {
    paths: artifacts.map(({ path }) => path),
    documents,
    templates: documents.filter(({ kind }) => kind === "MetricTemplate") as unknown as readonly Template[],
    analysis: patch?.spec.analysis ?? { interval: "", threshold: 0, metrics: [] },
    found,
    codes: found.map(({ code }) => code),
  };
}
