import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { parseAllDocuments } from "yaml";
import type { Config, OutputFile } from "../../src/index.ts";
import { laidOut, testProjects } from "../layouts/projects.ts";
import { oracle } from "./support.ts";

/** kustomize and Helm themselves read what each layout of each example and golden case writes. */
interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: unknown;
}

const PROJECTS = testProjects().map((project) => ({ ...project, flat: objectsIn(laidOut(project).files) }));

for (const project of PROJECTS.filter(({ flat }) => flat.length > 0)) {
  const { name, config, flat } = project;

  test(`${name}: Helm prints the objects of the flat layout`, (t) => {
    const folder = written(t, laidOut(project, { kind: "helm" }).files);
    const patches = flat.filter(isPatched);
    for (const environment of environmentsOf(config)) {
      const wanted = flat.filter((object) => isFor(environment, object) && !patches.includes(object));
      const args = environment === undefined ? [] : ["--set", `environment=${environment}`];
      assert.deepEqual(
        sorted(parse(run("helm", ["template", "release", folder, ...args]))),
        sorted(wanted.map(({ object }) => hooked(object))),
      );
    }
  });

  test(`${name}: kustomize prints the objects of the flat layout`, (t) => {
    const { files } = laidOut(project, { kind: "kustomize" });
    const folder = written(t, [...files, ...bases(flat)]);
    for (const at of kustomizations(files)) {
      const wanted = flat.filter(({ path }) => isListedIn(at, path, files)).map(({ object }) => withoutNulls(object));
      assert.deepEqual(sorted(parse(run("kustomize", ["build", overlay(folder, at, flat, {})]))), sorted(wanted), at);
    }
  });

  test(`${name}: references follow the names that an overlay of kustomize changes`, (t) => {
    const { files } = laidOut(project, { kind: "kustomize" });
    const folder = written(t, [...files, ...bases(flat)]);
    for (const at of kustomizations(files)) {
      const built = parse(
        run("kustomize", ["build", overlay(folder, at, flat, { namePrefix: "eu-", nameSuffix: "-x", namespace: "elsewhere" })]),
      );
      const before = flat.filter(({ path }) => isListedIn(at, path, files)).map(({ object }) => object);
      const names = new Set(before.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
      const expected = before
        .flatMap(references)
        .map(([kind, name]) => (names.has(`${kind} ${name}`) ? [kind, `eu-${name}-x`] : [kind, name]));
      assert.deepEqual(built.flatMap(references).sort(), expected.sort(), at);
      assert.deepEqual(new Set(built.map(({ metadata }) => metadata.namespace)), new Set(["elsewhere"]), at);
    }
  });
}

test("Helm refuses a chart of several environments without a choice, and with a wrong one", (t) => {
  const project = PROJECTS.find(({ name }) => name === "payments-canary");
  assert.ok(project);
  const folder = written(t, laidOut(project, { kind: "helm" }).files);
  assert.throws(() => run("helm", ["template", "release", folder]), /environment/);
  assert.throws(() => run("helm", ["template", "release", folder, "--set", "environment=prod"]), /staging/);
});

test("Helm's own linter finds nothing wrong with the charts", (t) => {
  for (const project of PROJECTS) {
    const folder = written(t, laidOut(project, { kind: "helm" }).files);
    const [environment] = environmentsOf(project.config);
    run("helm", ["lint", "--strict", folder, ...(environment === undefined ? [] : ["--set", `environment=${environment}`])]);
  }
});

test("kustomize refuses a gate whose Rollout is not there", (t) => {
  const project = PROJECTS.find(({ name }) => name === "gitops-kustomize");
  assert.ok(project);
  const folder = written(t, laidOut(project, { kind: "kustomize" }).files);
  assert.throws(() => run("kustomize", ["build", overlay(folder, "argo-rollouts", [], {})]), /no matches for Id Rollout/);
});

test("the configuration joins Argo's own without a conflict", (t) => {
  const argo = execFileSync("go", ["list", "-m", "-f", "{{.Dir}}", "github.com/argoproj/argo-rollouts"], { cwd: "test/oracle/argo" });
  const theirs = execFileSync("cat", [join(String(argo).trim(), "docs/features/kustomize/rollout-transform-kustomize-v5.yaml")]);
  const project = PROJECTS.find(({ name }) => name === "gitops-kustomize");
  assert.ok(project);
  const { files } = laidOut(project, { kind: "kustomize" });
  const folder = written(t, [...files, ...bases(project.flat), { path: "overlay/argo.yaml", text: String(theirs), sources: [] }]);
  const objects = parse(
    run("kustomize", ["build", overlay(folder, "argo-rollouts", project.flat, { configurations: ["argo.yaml"], namePrefix: "eu-" })]),
  );
  const names = ["background", "budget", "promote", "promote"].map((role) => `eu-invoices-${role}`);
  assert.deepEqual(
    objects.flatMap(references).map(([, name]) => name),
    names,
  );
});

/** What Argo CD runs before a sync, Helm runs before an upgrade, in the same order. */
function hooked(object: KubernetesObject): KubernetesObject {
  const { annotations = {} } = object.metadata;
  if (annotations["argocd.argoproj.io/hook"] !== "PreSync") return object;
  const hook = {
    "helm.sh/hook": "pre-upgrade",
    "helm.sh/hook-delete-policy": "before-hook-creation",
    "helm.sh/hook-weight": annotations["argocd.argoproj.io/sync-wave"] ?? assert.fail("a hook has its wave"),
  };
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, ...hook } } };
}

interface FlatObject {
  readonly path: string;
  readonly object: KubernetesObject;
}

type Environment = string | undefined;

function environmentsOf({ environments }: Config): readonly Environment[] {
  return environments.length === 0 ? [undefined] : environments.map(({ name }) => name);
}

/** In gates an environment has a folder of its own below the target's; rules are for all of them. */
function isFor(environment: Environment, { path }: FlatObject): boolean {
  const [target = "", folder] = path.split("/");
  return environment === undefined || !["argo-rollouts", "flagger", "ci-gate"].includes(target) || folder === environment;
}

function isPatched({ path }: FlatObject): boolean {
  return path.endsWith("-patch.yaml");
}

/** The folders that have a kustomization. */
function kustomizations(files: readonly OutputFile[]): readonly string[] {
  return files.flatMap(({ path }) => (path.endsWith("/kustomization.yaml") ? [dirname(path)] : []));
}

function isListedIn(folder: string, path: string, files: readonly OutputFile[]): boolean {
  const nearest = kustomizations(files)
    .filter((each) => path.startsWith(`${each}/`))
    .sort((a, b) => b.length - a.length)[0];
  return nearest === folder;
}

/** What the user has before the gate is patched into it: an object with steps of which nothing may stay. */
function bases(flat: readonly FlatObject[]): readonly OutputFile[] {
  return flat.filter(isPatched).map(({ path, object: { apiVersion, kind, metadata, spec } }) => {
    const isCanary = "strategy" in (spec as object) && JSON.stringify(spec).includes('"steps"');
    const strategy = isCanary ? { strategy: { canary: { steps: [{ pause: {} }] } } } : {};
    const before = kind === "Rollout" ? strategy : { analysis: { maxWeight: 1, iterations: 7 } };
    return { path: `base/${path}`, text: JSON.stringify({ apiVersion, kind, metadata, spec: before }), sources: [] };
  });
}

/** A kustomization of the user's over a generated one, and its folder. */
function overlay(folder: string, at: string, flat: readonly FlatObject[], change: object): string {
  const patched = flat.filter(
    (each) => isPatched(each) && each.path.startsWith(`${at}/`) && each.path.split("/").length === at.split("/").length + 2,
  );
  const base = join(folder, "base");
  mkdirSync(base, { recursive: true });
  const resources = patched.map(({ path }) => path);
  writeFileSync(join(base, "kustomization.yaml"), JSON.stringify({ resources }));
  const generated = patched.length > 0 || flat.length === 0 ? { components: [`../${at}`] } : { resources: [`../${at}`] };
  mkdirSync(join(folder, "overlay"), { recursive: true });
  const all = patched.length > 0 ? { resources: ["../base"], ...generated } : generated;
  writeFileSync(join(folder, "overlay/kustomization.yaml"), JSON.stringify({ ...all, ...change }));
  return join(folder, "overlay");
}

/** What an object names: `[kind, name]`. */
function references({ kind, spec }: KubernetesObject): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  const visit = (value: unknown, key: string): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, key);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    const { templateName, clusterScope, name } = value as Readonly<Record<string, unknown>>;
    if (typeof templateName === "string")
      found.push([clusterScope === true ? "ClusterAnalysisTemplate" : "AnalysisTemplate", templateName]);
    if (key === "templateRef" && typeof name === "string") found.push(["MetricTemplate", name]);
    if (key === "secretKeyRef" || key === "secretRef") found.push(["Secret", String(name)]);
    for (const [inner, child] of Object.entries(value)) visit(child, inner);
  };
  visit(spec, "");
  if (kind === "Rollout") {
    const { canary } = (spec as { strategy?: { canary?: { canaryService?: string; stableService?: string } } }).strategy ?? {};
    for (const service of [canary?.canaryService, canary?.stableService]) if (service !== undefined) found.push(["Service", service]);
  }
  return found;
}

/** The Kubernetes objects of the flat layout; in place of a null, a patch of kustomize leaves nothing. */
function objectsIn(files: readonly OutputFile[]): readonly FlatObject[] {
  return files
    .filter(({ path }) => /\.ya?ml$/.test(path))
    .flatMap(({ path, text }) => parse(text).map((object) => ({ path, object })))
    .filter(({ object }) => typeof object === "object" && "apiVersion" in object && "kind" in object && "metadata" in object);
}

function withoutNulls<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (_, each: unknown) => (each === null ? undefined : each))) as T;
}

function parse(text: string): readonly KubernetesObject[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
}

function sorted(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const key = ({ kind, metadata }: KubernetesObject): string => [kind, metadata.namespace, metadata.name].join("/");
  return [...objects].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function written(t: TestContext, files: readonly OutputFile[]): string {
  const folder = mkdtempSync(join(tmpdir(), "slogen-layouts-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function run(name: string, args: readonly string[]): string {
  return execFileSync(oracle(name), args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
