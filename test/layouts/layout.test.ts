import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { environmentOf } from "../../src/layouts/environment.ts";
import { helmTemplate } from "../../src/layouts/helm.ts";
import { layOut } from "../../src/layouts/layout.ts";
import type { Artifact, Json } from "../../src/output/artifact.ts";
import { targetFolder } from "../../src/output/target-folder.ts";
import { configOf } from "../support/project.ts";
import { laidOut, testProjects } from "./projects.ts";

const PROJECTS = testProjects();
const KINDS = ["flat", "kustomize", "helm"] as const;

test("no output of any example or golden case holds a Secret, in any layout", () => {
  for (const project of PROJECTS) {
    for (const kind of KINDS) {
      const { files, diagnostics } = laidOut(project, { kind, syncWaves: true });
      for (const { path, text } of files) assert.doesNotMatch(text, /^\s*"?kind"?:\s*"?Secret"?\s*$/m, `${project.name}: ${path}`);
      assert.deepEqual(codes(diagnostics, "layout/secret"), [], project.name);
    }
  }
});

test("kustomize changes no file of the flat layout, and adds kustomizations", () => {
  for (const project of PROJECTS) {
    const flat = new Map(laidOut(project).files.map(({ path, text }) => [path, text]));
    for (const { path, text } of laidOut(project, { kind: "kustomize" }).files) {
      if (flat.has(path)) assert.equal(text, flat.get(path), `${project.name}: ${path}`);
      else assert.match(path, /\/(slogen-)?(kustomization|kustomize)\.yaml$/, project.name);
    }
  }
});

test("a template of Helm stays YAML, whatever quotes its braces are in", () => {
  for (const project of PROJECTS) {
    for (const { path, text, verbatim } of laidOut(project, { kind: "helm" }).files.filter(({ path }) => path.startsWith("templates/"))) {
      const body = text.replace(/^\{\{- (if .*|end) \}\}\n/gm, "");
      for (const document of parseAllDocuments(body)) assert.deepEqual(document.errors, [], `${project.name}: ${path}`);
      assert.equal(verbatim, true);
    }
  }
});

test("braces are escaped so that Helm prints them", () => {
  const rows: readonly (readonly [given: string, want: string])[] = [
    ["plain {a: 1} }}", "plain {a: 1} }}"],
    ["{{args.x}}", "{{ `{{` }}args.x}}"],
    ["{{{{", "{{ `{{` }}{{ `{{` }}"],
    ["{{{", "{{ `{{` }}{"],
    ["{{- /* x */ -}}", "{{ `{{` }}- /* x */ -}}"],
  ];
  for (const [given, want] of rows) assert.equal(helmTemplate(given, {}), want);
  assert.equal(helmTemplate("a: 1\n", { environment: "prod" }), '{{- if eq .Values.environment "prod" }}\na: 1\n{{- end }}\n');
});

test("what is edited in place is neither listed, moved nor escaped", () => {
  const project = PROJECTS.find(({ name }) => name === "payments-canary");
  assert.ok(project);
  const texts = (files: ReturnType<typeof laidOut>["files"]) =>
    files.flatMap(({ path, text, edits }) => (edits === undefined ? [] : [[path, text]]));
  const flat = texts(laidOut(project, {}, true).files);
  assert.equal(flat.length, 3);
  for (const kind of KINDS) assert.deepEqual(texts(laidOut(project, { kind }, true).files), flat, kind);
  const { files } = laidOut(project, { kind: "kustomize" }, true);
  const kustomization = files.find(({ path }) => path === "argo-rollouts/prod-eu/kustomization.yaml");
  assert.deepEqual((parse(kustomization?.text ?? "") as { resources: unknown }).resources, ["payments/analysis-templates.yaml"]);
});

test("sync waves go to what is needed first, and leave the user's and hooks alone", () => {
  const given = (kind: string, annotations?: Record<string, string>): Json => ({
    apiVersion: "v1",
    kind,
    metadata: { name: "a", ...(annotations && { annotations }) },
  });
  const wave = { "argocd.argoproj.io/sync-wave": "-1" };
  const rows: readonly (readonly [given: Json, want: Json])[] = [
    ...["AnalysisTemplate", "ClusterAnalysisTemplate", "MetricTemplate", "PrometheusRule", "ExternalSecret", "VaultStaticSecret"].map(
      (kind) => [given(kind), given(kind, wave)] as const,
    ),
    ...["Rollout", "Canary", "Job", "Service"].map((kind) => [given(kind), given(kind)] as const),
    [given("PrometheusRule", { z: "1", a: "2" }), given("PrometheusRule", { a: "2", ...wave, z: "1" })],
    ...[{ "argocd.argoproj.io/sync-wave": "3" }, { "argocd.argoproj.io/hook": "PreSync" }].map(
      (own) => [given("AnalysisTemplate", own), given("AnalysisTemplate", own)] as const,
    ),
  ];
  for (const [document, want] of rows) {
    const { artifacts } = arranged(
      [{ kind: "yaml", path: "x/y.yaml", sources: [], documents: [document] }],
      "{ kind: flat, syncWaves: true }",
    );
    assert.equal(JSON.stringify(artifacts[0]), JSON.stringify({ kind: "yaml", path: "x/y.yaml", sources: [], documents: [want] }));
  }
  const patch: Artifact = { kind: "yaml", path: "x/y.yaml", sources: [], documents: [given("AnalysisTemplate")], patch: true };
  assert.deepEqual(arranged([patch], "{ kind: flat, syncWaves: true }").artifacts, [patch]);
});

test("what Argo CD runs before a sync, Helm runs before an upgrade, and nothing else", () => {
  const given = (annotations: Record<string, string>): Json => ({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "a", annotations },
  });
  const [wave, hook] = [{ "argocd.argoproj.io/sync-wave": "-2" }, { "argocd.argoproj.io/hook": "PreSync" }];
  const before = { "helm.sh/hook": "pre-upgrade", "helm.sh/hook-delete-policy": "before-hook-creation" };
  const rows: readonly (readonly [given: Json, want: Json])[] = [
    [given({ ...hook, ...wave }), given({ ...hook, ...wave, ...before, "helm.sh/hook-weight": "-2" })],
    [given(hook), given({ ...hook, ...before })],
    [given(wave), given(wave)],
    [given({ "argocd.argoproj.io/hook": "PostSync" }), given({ "argocd.argoproj.io/hook": "PostSync" })],
    [given({ ...hook, "helm.sh/hook": "test" }), given({ ...hook, "helm.sh/hook": "test" })],
  ];
  for (const [document, want] of rows) {
    const artifact: Artifact = { kind: "yaml", path: "x/y.yaml", sources: [], documents: [document] };
    for (const layout of KINDS) {
      const laid: Artifact | undefined = arranged([artifact], layout).artifacts.find(({ path }) => path.endsWith("x/y.yaml"));
      assert.ok(laid?.kind === "yaml", layout);
      assert.deepEqual(laid.documents, [layout === "helm" ? want : document], layout);
    }
  }
});

test("a Secret is refused, in a list and in a copy of the user's file too", () => {
  const secret: Json = { apiVersion: "v1", kind: "Secret", metadata: { name: "keys" } };
  const source = {
    path: "deploy/a.yaml",
    text: "apiVersion: v1\nkind: List\nitems:\n  - { apiVersion: v1, kind: Secret, metadata: { name: keys } }\n",
  };
  const base = { path: "argo-rollouts/a.yaml", sources: [] };
  const rows: readonly Artifact[] = [
    { ...base, kind: "yaml", documents: [secret] },
    { ...base, kind: "yaml", documents: [{ apiVersion: "v1", kind: "List", items: [secret] }] },
    { ...base, kind: "yaml", documents: [secret, { groups: [] }] },
    { ...base, kind: "edit", source, text: source.text },
  ];
  for (const layout of KINDS) {
    for (const artifact of rows) assert.deepEqual(codes(arranged([artifact], layout).found), ["layout/secret"], JSON.stringify(artifact));
  }
  const edit = rows.filter(({ kind }) => kind === "edit");
  assert.deepEqual(codes(arranged(edit, "kustomize", true).found), []);
});

test("an overlay cannot make a Secret of a generated object", () => {
  const overlays = "overlays: [{ target: argo-rollouts, kind: AnalysisTemplate, merge: { apiVersion: v1, kind: Secret } }]\n";
  const project = PROJECTS.find(({ name }) => name === "observing-stops-nothing");
  assert.ok(project);
  const text = readFileSync("test/golden/argo-rollouts/observing-stops-nothing/slogen.yaml", "utf8");
  const { diagnostics } = laidOut({ ...project, config: configOf(text + overlays) });
  assert.ok(diagnostics.some(({ severity }) => severity === "error"));
});

test("a path tells its environment and its target", () => {
  const environments = [{ name: "prod" }, { name: "shared" }];
  const rows: readonly (readonly [path: string, environment: string | undefined, target: string])[] = [
    ["argo-rollouts/prod/shop/rollout.yaml", "prod", "argo-rollouts"],
    ["argo-rollouts/prod/shared/analysis-templates.yaml", "prod", "argo-rollouts"],
    // A policy without an environment that is called like one.
    ["argo-rollouts/prod/rollout.yaml", undefined, "argo-rollouts"],
    ["prometheus/prod/availability.yaml", undefined, "prometheus"],
    ["templates/prometheus/prod/availability.yaml", undefined, "prometheus"],
    ["files/datadog/shop.json", undefined, "datadog"],
    ["Chart.yaml", undefined, ""],
  ];
  for (const [path, environment, target] of rows) {
    if (!/^(templates|files)\//.test(path)) assert.equal(environmentOf(path, environments), environment, path);
    assert.equal(targetFolder(path), target, path);
  }
});

function arranged(
  artifacts: readonly Artifact[],
  layout: string,
  inPlace = false,
): { artifacts: readonly Artifact[]; found: readonly Diagnostic[] } {
  const found: Diagnostic[] = [];
  const result = layOut(artifacts, { config: configOf(`layout: ${layout}\n`), inPlace, report: (diagnostic) => found.push(diagnostic) });
  return { artifacts: result, found };
}

function codes(diagnostics: readonly Diagnostic[], only?: string): readonly string[] {
  return diagnostics.map(({ code }) => code).filter((code) => only === undefined || code === only);
}

function parse(text: string): unknown {
  return parseAllDocuments(text)[0]?.toJS();
}
