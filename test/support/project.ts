import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import { DEFAULT_CONFIG, type Config, type Source, type SourceRole } from "../../src/config/config.ts";
import { decodeConfig } from "../../src/config/decode.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { compile, type CompileResult } from "../../src/index.ts";

/** Compiles specs given as texts. */
export function compileTexts(specs: Readonly<Record<string, string>>, config: Config = DEFAULT_CONFIG): CompileResult {
  const sources = Object.entries(specs).map(([path, text]): Source => ({ path, text, role: "spec" }));
  return compile({ sources, config });
}

/** A configuration written as YAML; throws if it is wrong. */
export function configOf(text: string): Config {
  const found: Diagnostic[] = [];
  const config = decodeConfig({ path: "slogen.yaml", text }, (diagnostic) => found.push(diagnostic));
  if (config === undefined) throw new Error(found.map(({ code, message }) => `${code}: ${message}`).join("\n"));
  return config;
}

/** The codes of what was found, each as often as it was. */
export function codesOf(result: CompileResult): readonly string[] {
  return result.diagnostics.map(({ code }) => code).sort();
}

/** Compiles a folder that holds specs below `input` and maybe a `slogen.yaml`. */
export function compileFolder(folder: string, inputs = "input"): CompileResult {
  const configFile = join(folder, "slogen.yaml");
  const config = existsSync(configFile) ? configOf(readFileSync(configFile, "utf8")) : DEFAULT_CONFIG;
  const sources = globSync("**/*", { cwd: join(folder, inputs) })
    .sort()
    .map((path): Source => ({ path, text: readFileSync(join(folder, inputs, path), "utf8"), role: roleOf(path) }));
  return compile({ sources, config });
}

function roleOf(path: string): SourceRole {
  if (path.endsWith(".hbs")) return "template";
  if (path.startsWith("deploy/")) return "workload";
  return path.startsWith("windows/") ? "catalog" : "spec";
}
