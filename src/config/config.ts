import type { Severity } from "../diagnostics/diagnostic.ts";
import type { SourceFile, Span } from "../diagnostics/source.ts";
import type { Entry } from "../model/model.ts";
import type { MetricSource } from "../model/policy.ts";
import type { Reading } from "../model/reading.ts";
import type { Json, JsonObject } from "../yaml/json.ts";
import type { YamlMap } from "../yaml/tree.ts";

/** A text that the caller has read. Its path is relative to the project's root. */
export interface Source extends SourceFile {
  readonly role: SourceRole;
}

/** `workload` files hold the Rollouts and traffic objects that release policies name. */
export type SourceRole = "spec" | "catalog" | "template" | "workload";

/** A project's `slogen.yaml` with its defaults filled in. Paths are relative to the project's root, with forward slashes. */
export interface Config {
  readonly specs: readonly Located[];
  readonly exclude: readonly Located[];
  readonly out: string;
  readonly targets: readonly string[];
  /** What a whole build would generate, where `-t` asks for a part: what one target reads may be another's to write. */
  readonly projectTargets?: readonly string[];
  readonly templates?: Located;
  /** The folders of `AlertWindows` files that the targets' sections name. */
  readonly catalogs: readonly Located[];
  readonly overlays: readonly Overlay[];
  readonly layout: Layout;
  readonly lenient: Leniency;
  /** What findings are worth here. */
  readonly rules: readonly Rule[];
  readonly projects: readonly Located[];
  /** Absent where the repository's prettier configuration should decide. */
  readonly style?: Style;
  /** The metrics backends that release gates ask, by name. */
  readonly sources: readonly MetricSource[];
  readonly environments: readonly Environment[];
  /** Each target's section, by the target's id; its emitter gives the meaning. */
  readonly options: Readonly<Record<string, OptionsSection>>;
}

/** What the user makes of one code, or with `area/*` of all of an area that are no errors. */
export interface Rule {
  readonly code: string;
  readonly level: Severity | "off";
  readonly at: Span;
}

/** Where a release goes. A policy may override every field for itself. */
export interface Environment {
  readonly name: string;
  /** The name of one of `sources`. */
  readonly source?: Located;
  /** `label: value`, added to every selector of an SLI. */
  readonly matchers: readonly Entry[];
  readonly namespace?: string;
  readonly enforcement?: "observe" | "enforce";
  readonly at: Span;
}

/** How the Kubernetes objects among the output are laid out for GitOps. */
export interface Layout {
  readonly kind: "flat" | "kustomize" | "helm";
  /** Whether what Rollouts and Canaries need is annotated for Argo CD to apply it before them. */
  readonly syncWaves: boolean;
  /** Of a Helm chart. */
  readonly chart: { readonly name: string; readonly version: string };
  /** Absent for the default. */
  readonly at?: Span;
}

/** A text and the place it was written; without a place it is a default. */
export interface Located {
  readonly text: string;
  readonly at?: Span;
}

export type Leniency = Pick<Reading, "barePolicyNames" | "kindInIndicator" | "conditionsAsAnd" | "numericSliceWindow">;

export interface Style {
  readonly singleQuote: boolean;
  readonly tabWidth: number;
  readonly endOfLine: "lf" | "crlf";
}

export const DEFAULT_STYLE: Style = { singleQuote: false, tabWidth: 2, endOfLine: "lf" };

export interface OptionsSection {
  readonly values: JsonObject;
  /** For diagnostics: `spanOfPath(section.node, ["interval"])`. */
  readonly node: YamlMap;
}

/** A change to generated objects that no option covers. */
export interface Overlay {
  readonly target: string;
  /** Each absent selector chooses everything. */
  readonly path?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly change: OverlayChange;
  readonly at: Span;
}

export type OverlayChange =
  /** RFC 7386, JSON Merge Patch. */
  | { readonly kind: "merge"; readonly value: Json }
  /** RFC 6902, JSON Patch. */
  | { readonly kind: "patch"; readonly operations: readonly PatchOperation[] };

export type PatchOperation = (
  | { readonly op: "add" | "replace" | "test"; readonly value: Json }
  | { readonly op: "move" | "copy"; readonly from: string }
  | { readonly op: "remove" }
) & { readonly path: string; readonly at: Span };

/** What holds where `slogen.yaml` is silent or missing. The schema's `default`s say the same; a test compares them. */
export const DEFAULT_CONFIG: Config = {
  specs: ["slo.{yaml,yml,json}", "*.slo.{yaml,yml,json}", "slo/**/*.{yaml,yml,json}", "slos/**/*.{yaml,yml,json}"].map((text) => ({
    text,
  })),
  exclude: [],
  out: "generated",
  targets: ["prometheus"],
  catalogs: [],
  overlays: [],
  layout: { kind: "flat", syncWaves: false, chart: { name: "slogen", version: "0.1.0" } },
  lenient: { barePolicyNames: false, kindInIndicator: false, conditionsAsAnd: false, numericSliceWindow: false },
  rules: [],
  projects: [],
  sources: [],
  environments: [],
  options: {},
};
