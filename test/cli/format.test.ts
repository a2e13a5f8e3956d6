import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { check, resolveConfig } from "prettier";
import type { Compile } from "../../src/output/output.ts";
import { printJson, printYaml } from "../../src/yaml/print.ts";
import { assertRun, folder } from "./support.ts";

const LONG = "x".repeat(30);
const DOCUMENT = {
  plain: "it's",
  quoted: "a: b",
  list: ["a", { b: 1 }],
  [`${LONG}${LONG}${LONG.slice(0, 18)}`]: [],
  text: "two\nlines\n",
};

/** Prints one YAML and one JSON file in the style it is told, as the compiler does. */
const printing: Compile = ({ config }) => ({
  files: [
    { path: "prometheus/a.yaml", text: printYaml([DOCUMENT], { ...config.style, header: ["made"] }), sources: ["slo/a.yaml"] },
    {
      path: "other/a.json",
      text: printJson({ ...DOCUMENT, list: [LONG, LONG, LONG] }, config.style),
      sources: ["slo/a.yaml", `slo/${LONG}.yaml`],
    },
    { path: "prometheus/b.yaml", text: "as:   'it'\nis: \n", sources: ["slo/a.yaml"], verbatim: true },
  ],
  diagnostics: [],
  slos: 1,
});

const ROWS: readonly (readonly [name: string, files: Readonly<Record<string, string>>])[] = [
  ["no configuration", {}],
  ["single quotes and four blanks", { ".prettierrc": `{"singleQuote":true,"tabWidth":4}` }],
  ["a wide page", { ".prettierrc.json": `{"printWidth":140,"semi":false}` }],
  ["a narrow page", { ".prettierrc": `{"printWidth":40}` }],
  ["tabs", { ".prettierrc": `{"useTabs":true}` }],
  ["Windows line ends", { ".prettierrc": `{"endOfLine":"crlf"}` }],
  ["a configuration in YAML", { ".prettierrc": "singleQuote: true\n" }],
  ["a configuration in a module", { "prettier.config.mjs": "export default { singleQuote: true, proseWrap: 'always', printWidth: 60 };" }],
  ["a key of package.json", { "package.json": `{"prettier":{"tabWidth":8}}` }],
  ["overrides", { ".prettierrc": `{"overrides":[{"files":"*.yaml","options":{"singleQuote":true}}]}` }],
  ["an .editorconfig", { ".editorconfig": "root = true\n[*]\nindent_size = 4\nmax_line_length = 100\n" }],
  ["no space in brackets", { ".prettierrc": `{"bracketSpacing":false,"objectWrap":"collapse"}` }],
];

for (const [name, files] of ROWS) {
  test(`generated files pass prettier's own check: ${name}`, async (t) => {
    const { slogen, path, files: read } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a", ...files });
    assertRun(await slogen("build", { compile: printing }), { code: 0, codes: [] });
    const written = read("generated");
    assert.deepEqual(Object.keys(written), [".slogen-manifest.json", "other/a.json", "prometheus/a.yaml", "prometheus/b.yaml"]);
    assert.equal(written["prometheus/b.yaml"], "as:   'it'\nis: \n", "what copies another tool is left alone");
    for (const [file, text] of Object.entries(written)) {
      if (file === "prometheus/b.yaml") continue;
      const filepath = join(path, "generated", file);
      const options = await resolveConfig(filepath, { editorconfig: true, useCache: false });
      assert.ok(await check(text, { ...options, filepath }), `${file}:\n${text}`);
    }
    assertRun(await slogen("build --check", { compile: printing }), { code: 0, codes: [] });
  });
}

test("a style in the configuration outweighs prettier's", async (t) => {
  const { slogen, read } = folder(t, { "slogen.yaml": "style: { tabWidth: 4 }", "slo/a.yaml": "a", ".prettierrc": `{"useTabs":true}` });
  await slogen("build", { compile: printing });
  assert.match(read("generated/.slogen-manifest.json"), /^\{\n {4}"version": 1,\n/);
});

test("a prettier configuration that cannot be read stops the build", async (t) => {
  const { slogen } = folder(t, { "slogen.yaml": "", "slo/a.yaml": "a", ".prettierrc": "{ no" });
  assertRun(await slogen("build"), { code: 2, codes: ["cli/prettier-config"] });
});
