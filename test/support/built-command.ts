import { build } from "esbuild";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleOptions } from "../../scripts/bundle.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Bundles the command line as it is shipped, once for each test file, and gives a folder for PATH in which `slogen` and `npx slogen` are it. */
export async function builtCommand(): Promise<string> {
  // Below the package's root, where the command looks for its templates and schemas.
  const folder = join(ROOT, "node_modules/.cache", `slogen-${process.pid}`);
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  await build({ ...bundleOptions, absWorkingDir: ROOT, outdir: join(folder, "dist"), logLevel: "silent" });
  const node = `exec "${process.execPath}" "${join(folder, "dist/cli.js")}"`;
  script(join(bin, "slogen"), `${node} "$@"`);
  script(join(bin, "npx"), `[ "$1" = slogen ] || { echo "npx is here for slogen alone" >&2; exit 1; }\nshift\n${node} "$@"`);
  return bin;
}

function script(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}
