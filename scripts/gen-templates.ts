import { globSync } from "tinyglobby";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Handlebars from "handlebars";

/** Keep in step with `COMPILE_OPTIONS` of src/text/render.ts, which compiles the user's overrides. */
const OPTIONS = { noEscape: true, strict: true, knownHelpers: { vendor: true, log: false, lookup: false }, knownHelpersOnly: true };

/** Precompiles `templates/<target>/<name>.hbs`, so that a build spends no time on it. */
export function generateTemplates(root: URL): void {
  const folder = new URL("templates/", root);
  const names = globSync("*/*.hbs", { cwd: fileURLToPath(folder) }).sort();
  const entries = names.map((name) => {
    const compiled = Handlebars.precompile(readFileSync(new URL(name, folder), "utf8"), OPTIONS) as string;
    return `  ${JSON.stringify(name.replace(/\.hbs$/, ""))}: ${compiled},\n`;
  });
  const target = new URL("src/text/generated/", root);
  mkdirSync(target, { recursive: true });
  writeFileSync(new URL("templates.js", target), `export const templates = {\n${entries.join("")}};\n`);
  writeFileSync(
    new URL("templates.d.ts", target),
    "/** What Handlebars precompiled; its own type is opaque. */\nexport declare const templates: Readonly<Record<string, object>>;\n",
  );
}
