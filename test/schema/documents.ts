import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SCHEMA_FILES } from "../../src/schema/kinds.ts";
import type { SchemaId } from "../../src/schema/validate.ts";
import { withoutNulls } from "../../src/schema/validate.ts";
import { toJson, type Json } from "../../src/yaml/json.ts";
import { readYaml } from "../../src/yaml/read.ts";
import { textOf, valueOf, type YamlNode } from "../../src/yaml/tree.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export type InputKind = Exclude<keyof typeof SCHEMA_FILES, "report">;

/** The kind of a document by its tags, as `slogen schema` calls it; undefined for what is no input of slogen's. */
export function kindOf(root: YamlNode, path: string): InputKind | undefined {
  if (/^slogen\.ya?ml$/.test(basename(path))) return "config";
  const tag = (name: string): string => textOf(valueOf(root, name)) ?? "";
  const kinds: Readonly<Record<string, InputKind>> = {
    "openslo/v1": "openslo-v1",
    "openslo/v1alpha": "openslo-v1alpha",
    "openslo.com/v2alpha": "openslo-v2alpha",
    "sloth.slok.dev/v1 PrometheusServiceLevel": "sloth-kubernetes",
    "sloth.slok.dev/v1 AlertWindows": "sloth-windows",
    "slogen/v1alpha1 RolloutPolicy": "rollout-policy",
    "slogen/v1alpha1 GateProfile": "gate-profile",
    "slogen/v1alpha1 IndicatorBinding": "indicator-binding",
    "delivery.kubestead.io/v1alpha1 RolloutPolicy": "kubestead-policy",
    "prometheus/v1": "sloth",
  };
  return kinds[tag("apiVersion")] ?? kinds[`${tag("apiVersion")} ${tag("kind")}`] ?? kinds[tag("version")];
}

export interface InputFile {
  readonly path: string;
  readonly text: string;
  readonly kinds: readonly InputKind[];
  /** Each document as its validator sees it. */
  readonly values: readonly unknown[];
}

/** The inputs of all examples and golden cases, each valid. */
export function inputFiles(): readonly InputFile[] {
  const cases = join(ROOT, "test/golden");
  const examples = join(ROOT, "examples");
  const folders = [
    ...readdirSync(examples).map((name) => join(examples, name)),
    ...readdirSync(cases, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? readdirSync(join(cases, entry.name)).map((name) => join(cases, entry.name, name)) : [],
    ),
  ];
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => /\.ya?ml$/.test(path) && !/(^|\/)(generated|output|deploy)\//.test(path))
      .sort()
      .flatMap((path) => inputFile(join(folder, path))),
  );
}

function inputFile(path: string): readonly InputFile[] {
  const text = readFileSync(path, "utf8");
  const roots = readYaml({ path, text }, () => undefined);
  const kinds = roots.map((root) => kindOf(root, path));
  if (kinds.length === 0 || kinds.includes(undefined)) return [];
  const known = kinds.flatMap((kind) => kind ?? []);
  return [{ path: path.slice(ROOT.length), text, kinds: known, values: roots.map((root, i) => valueFor(known[i] ?? "config", root)) }];
}

const IN_GO = /^(openslo|sloth)/;

function valueFor(kind: InputKind, root: YamlNode): unknown {
  return IN_GO.test(kind) ? withoutNulls(toJson(root, "go-yaml-1.1")) : (toJson(root, "yaml-1.2") satisfies Json);
}

export const schemaIdOf = (kind: InputKind): SchemaId => SCHEMA_FILES[kind];
