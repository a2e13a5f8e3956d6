import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { globSync } from "tinyglobby";
import { DEFAULT_CONFIG, type Layout, type Source, type SourceRole } from "../../src/config/config.ts";
import { compile, type CompileResult, type Config } from "../../src/index.ts";
import { configOf } from "../support/project.ts";

/** An example or a golden case, to be laid out in any way. */
export interface TestProject {
  readonly name: string;
  readonly config: Config;
  readonly sources: readonly Source[];
}

/** Every example, and every golden case of a target. */
export function testProjects(): readonly TestProject[] {
  const examples = folders("examples").map((path) => readProject(path, path));
  const goldens = folders("test/golden").flatMap((target) => folders(target).map((path) => readProject(path, join(path, "input"))));
  return [...examples, ...goldens];
}

export function laidOut({ config, sources }: TestProject, layout: Partial<Layout> = {}, inPlace = false): CompileResult {
  return compile({ sources, config: { ...config, layout: { ...DEFAULT_CONFIG.layout, ...layout } }, inPlace });
}

function readProject(path: string, inputs: string): TestProject {
  const file = join(path, "slogen.yaml");
  const config = existsSync(file) ? configOf(readFileSync(file, "utf8")) : DEFAULT_CONFIG;
  const sources = globSync("**/*.{yaml,yml,json,hbs}", { cwd: inputs, ignore: ["slogen.yaml", "generated/**", "overlays/**", "argocd/**"] })
    .sort()
    .map((name): Source => ({ path: name, text: readFileSync(join(inputs, name), "utf8"), role: roleOf(name) }));
  return { name: basename(path), config, sources };
}

function roleOf(path: string): SourceRole {
  if (path.endsWith(".hbs")) return "template";
  if (path.startsWith("deploy/")) return "workload";
  return path.startsWith("windows/") ? "catalog" : "spec";
}

function folders(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(path, name))
    .sort();
}
