import assert from "node:assert/strict";
import { parse } from "yaml";
import type { Diagnostic } from "../../../src/diagnostics/diagnostic.ts";
import { emitArgoRollouts } from "../../../src/emitters/argo-rollouts/emit.ts";
import { argoRolloutsOptions } from "../../../src/emitters/argo-rollouts/options.ts";
import type { AnalysisTemplate, Metric, RolloutAnalysis } from "../../../src/emitters/argo-rollouts/types.ts";
import type { ReleasePolicy } from "../../../src/model/policy.ts";
import { renderer } from "../../../src/text/render.ts";
import { printYaml } from "../../../src/yaml/print.ts";
import type { JsonObject } from "../../../src/yaml/json.ts";

export interface Emitted {
  readonly paths: readonly string[];
  /** By `metadata.name`. */
  readonly templates: ReadonlyMap<string, AnalysisTemplate>;
  readonly metrics: ReadonlyMap<string, Metric>;
  /** `spec.strategy` of the first policy's patch. */
  readonly strategy: Strategy;
  readonly found: readonly Diagnostic[];
}

export interface Strategy {
  readonly canary?: {
    readonly analysis?: RolloutAnalysis & { readonly startingStep: number };
    readonly steps: readonly {
      readonly setWeight?: number;
      readonly pause?: { readonly duration: string };
      readonly analysis?: RolloutAnalysis;
    }[];
  };
  readonly blueGreen?: { readonly prePromotionAnalysis?: RolloutAnalysis; readonly postPromotionAnalysis?: RolloutAnalysis };
}

/** What the target makes of these policies, read back from the text that it prints. */
export function emitted(policies: readonly ReleasePolicy[], section: JsonObject = {}): Emitted {
  const found: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): unknown => found.push(diagnostic);
  const render = renderer([], ({ message }) => assert.fail(message));
  const artifacts = emitArgoRollouts({ policies }, { options: argoRolloutsOptions(section), report, render, catalogs: [], workloads: [] });
  const documents = artifacts.flatMap((artifact) =>
    artifact.kind === "yaml" ? artifact.documents.map((document) => parse(printYaml([document])) as Document) : [],
  );
  const templates = documents.flatMap((document) => (document.kind.endsWith("AnalysisTemplate") ? [document as AnalysisTemplate] : []));
  const rollout = documents.find(({ kind }) => kind === "Rollout") as { readonly spec: { readonly strategy: Strategy } } | undefined;
  return {
    paths: artifacts.map(({ path }) => path),
    templates: new Map(templates.map((template) => [template.metadata.name, template])),
    metrics: new Map(templates.flatMap(({ spec }) => spec.metrics.map((metric) => [metric.name, metric]))),
    strategy: rollout?.spec.strategy ?? {},
    found,
  };
}

interface Document {
  readonly kind: string;
}

/** The same object less one optional field. */
export function without<T extends object, K extends keyof T>(object: T, key: K): Omit<T, K> {
  return Object.fromEntries(Object.entries(object).filter(([each]) => each !== key)) as Omit<T, K>;
}
