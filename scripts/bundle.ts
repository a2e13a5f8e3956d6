import type { BuildOptions } from "esbuild";

/** The command line and the library, with their dependencies but prettier, which few builds need. */
export const bundleOptions = {
  entryPoints: { cli: "src/cli/main.ts", index: "src/index.ts" },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: ["prettier"],
  // Bundled CommonJS packages call `require` for node's own modules.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  legalComments: "none",
} satisfies BuildOptions;
