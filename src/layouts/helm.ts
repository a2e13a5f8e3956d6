import type { Config } from "../config/config.ts";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { Artifact, HelmTemplate } from "../output/artifact.ts";
import { generatedBy } from "../output/header.ts";
import { MANIFEST } from "../output/manifest.ts";
import { CHART_FILES, CHART_TEMPLATES } from "../output/target-folder.ts";
import { layoutCodes } from "./codes.ts";
import { asHelmHook } from "./helm-hooks.ts";
import { nameOf, objectsOf, patchesOf } from "./objects.ts";
import { environmentOf } from "./environment.ts";

/** A chart of all objects; what a cluster does not take lies beside them, below `files/`. */
export function asChart(
  artifacts: readonly Artifact[],
  { layout, environments }: Pick<Config, "layout" | "environments">,
  report: Report,
): readonly Artifact[] {
  for (const artifact of artifacts) {
    for (const object of patchesOf(artifact)) {
      report(layoutCodes["patch-in-chart"](layout.at, { path: artifact.path, kind: object.kind, name: nameOf(object) ?? "" }));
    }
  }
  const laidOut = artifacts.map((artifact): Artifact => {
    if (objectsOf(artifact).length === 0) return { ...artifact, path: `${CHART_FILES}/${artifact.path}` };
    const environment = environmentOf(artifact.path, environments);
    const hooked = artifact.kind === "yaml" ? { ...artifact, documents: artifact.documents.map(asHelmHook) } : artifact;
    return { ...hooked, path: `${CHART_TEMPLATES}/${artifact.path}`, helm: environment === undefined ? {} : { environment } };
  });
  return [
    ...laidOut,
    ...chartFiles(
      layout.chart,
      environments.map(({ name }) => name),
    ),
  ];
}

/** https://helm.sh/docs/topics/charts/#the-chart-file-structure */
function chartFiles({ name, version }: Config["layout"]["chart"], environments: readonly string[]): readonly Artifact[] {
  const header = `# ${generatedBy([])}\n`;
  const chart = { apiVersion: "v2", name, description: "SLOs: rules and release gates", type: "application", version };
  const choice = `# The environment whose gates are installed, one of ${environments.join(", ")}: --set environment=${environments[0] ?? ""}\n`;
  return [
    { kind: "yaml", path: "Chart.yaml", sources: [], documents: [chart] },
    { kind: "text", path: "values.yaml", sources: [], text: `${header}${environments.length > 0 ? choice : ""}{}\n` },
    ...(environments.length > 0 ? [valuesSchema(environments)] : []),
    // What Helm does not ignore goes into the release's Secret, which holds 1 MiB.
    { kind: "text", path: ".helmignore", sources: [], text: `${header}${MANIFEST}\n${CHART_FILES}/\n` },
  ];
}

/** Makes Helm refuse a release that names no environment, or none that there is. https://helm.sh/docs/topics/charts/#schema-files */
function valuesSchema(environments: readonly string[]): Artifact {
  const environment = { description: "The environment whose gates are installed.", enum: environments };
  const value = {
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    required: ["environment"],
    properties: { environment },
  };
  return { kind: "json", path: "values.schema.json", sources: [], value };
}

/**
 * A template that prints `text`. Two opening braces begin an action wherever they stand, two closing ones alone are text.
 * Backquotes, unlike quotes, leave the template itself valid YAML in whatever quotes the scalar has.
 * https://argo-rollouts.readthedocs.io/en/stable/features/analysis/#analysis-template-arguments
 */
export function helmTemplate(text: string, { environment }: HelmTemplate): string {
  const escaped = text.replaceAll("{{", "{{ `{{` }}");
  return environment === undefined ? escaped : `{{- if eq .Values.environment ${JSON.stringify(environment)} }}\n${escaped}{{- end }}\n`;
}
