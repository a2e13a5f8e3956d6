import { build } from "esbuild";
import { chmodSync, rmSync } from "node:fs";
import { spawnSync } from "node:child_process";

/** Bundles the command line and the library, with their dependencies but prettier, which few builds need; then the types. */
rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: { cli: "src/cli/main.ts", index: "src/index.ts" },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: ["prettier"],
  // Bundled CommonJS packages call `require` for node's own modules.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  legalComments: "none",
});
chmodSync("dist/cli.js", 0o755);
const types = spawnSync("npx", ["tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" });
process.exitCode = types.status ?? 1;
