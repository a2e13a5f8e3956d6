import type { Config } from "../config/config.ts";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { Artifact } from "../output/artifact.ts";
import { asChart } from "./helm.ts";
import { withKustomizations } from "./kustomize.ts";
import { checkSecrets } from "./secrets.ts";
import { withSyncWaves } from "./sync-waves.ts";

export interface LayoutContext {
  readonly config: Pick<Config, "layout" | "environments">;
  /** Edited files of the user's are written where they lie: no layout may list, move or escape a copy. */
  readonly inPlace: boolean;
  readonly report: Report;
}

/** The artifacts of all targets, laid out as the configuration wants them. */
export function layOut(artifacts: readonly Artifact[], { config, inPlace, report }: LayoutContext): readonly Artifact[] {
  const edits = inPlace ? artifacts.filter(({ kind }) => kind === "edit") : [];
  const own = artifacts.filter((artifact) => !edits.includes(artifact));
  checkSecrets(own, report);
  const waved = config.layout.syncWaves ? withSyncWaves(own) : own;
  switch (config.layout.kind) {
    case "flat":
      return [...waved, ...edits];
    case "kustomize":
      return [...withKustomizations(waved, config, report), ...edits];
    case "helm":
      return [...asChart(waved, config, report), ...edits];
  }
}
