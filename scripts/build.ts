import { build } from "esbuild";
import { chmodSync, rmSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { bundleOptions } from "./bundle.ts";

/** Writes `dist`: the bundles, then the types. */
rmSync("dist", { recursive: true, force: true });
await build({ ...bundleOptions, outdir: "dist" });
chmodSync("dist/cli.js", 0o755);
const types = spawnSync("npx", ["tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" });
process.exitCode = types.status ?? 1;
