import assert from "node:assert/strict";
import { test } from "node:test";
import { assertRun, folder } from "./support.ts";

const TREE = {
  "slogen.yaml": "projects: ['services/*']",
  "services/cart/slogen.yaml": "",
  "services/cart/slo/a.yaml": "a",
  "services/shop/slogen.yaml": "out: made",
  "services/shop/slo/b.yaml": "b",
  "services/readme.md": "",
};

test("a root configuration builds each project into its own output, with one report", async (t) => {
  const { slogen, files, write } = folder(t, TREE);
  assert.equal((await slogen("build")).err, "2 SLOs, 2 files (2 new) in 0 ms\n");
  assert.deepEqual(Object.keys(files("services/cart/generated")), [".slogen-manifest.json", "prometheus/a.yaml"]);
  assert.deepEqual(Object.keys(files("services/shop/made")), [".slogen-manifest.json", "prometheus/b.yaml"]);
  assertRun(await slogen("build --check"), { code: 0, codes: [] });

  write("services/cart/slo/a.yaml", "wrong");
  write("services/shop/slo/b.yaml", "wrong");
  const run = await slogen("build", { cwd: "services" });
  assertRun(run, { code: 1, codes: ["fake/wrong", "fake/wrong"] });
  assert.match(run.err, /--> cart\/slo\/a\.yaml:1:1/);
  assert.match(run.err, /--> shop\/slo\/b\.yaml:1:1/);
});

test("an error in one project keeps all of them from being written", async (t) => {
  const { slogen, files, write } = folder(t, TREE);
  write("services/shop/slo/b.yaml", "wrong");
  assertRun(await slogen("build"), { code: 1, codes: ["fake/wrong"] });
  assert.deepEqual(files("services/cart/generated"), {});
});

test("within a project its own configuration holds", async (t) => {
  const { slogen, files } = folder(t, TREE);
  assert.match((await slogen("build", { cwd: "services/shop/slo" })).err, /^1 SLO, 1 file/);
  assert.deepEqual(files("services/cart/generated"), {});
});

test("what makes projects unclear is refused", async (t) => {
  const rows: readonly (readonly [files: Readonly<Record<string, string>>, line: string, code: 0 | 1 | 2, codes: readonly string[]])[] = [
    [{ "services/bare/x": "" }, "validate", 0, ["cli/project-without-config"]],
    [{ "slogen.yaml": "projects: [nowhere]" }, "validate", 2, ["cli/no-project"]],
    [{ "slogen.yaml": "projects: ['services/*']\nout: x" }, "validate", 2, ["config/not-only-projects"]],
    [{ "services/cart/slogen.yaml": "projects: [x]" }, "validate", 2, ["cli/nested-projects"]],
    [{ "services/cart/slogen.yaml": "out: ../shop/made" }, "validate", 2, ["cli/same-output"]],
    [{ "services/cart/slogen.yaml": "out: ../shop/made/cart" }, "validate", 2, ["cli/same-output"]],
    [{}, "build -o all", 2, ["cli/not-for-projects"]],
    [{}, "validate -f services/cart/slo", 2, ["cli/not-for-projects"]],
    [{}, "build -f nowhere -o all", 2, ["cli/not-for-projects", "cli/not-for-projects"]],
    [{ "services/cart/slogen.yaml": "outt: x" }, "validate", 2, ["schema/unknown-field"]],
  ];
  for (const [files, line, code, codes] of rows) {
    const { slogen } = folder(t, { ...TREE, ...files });
    assertRun(await slogen(line), { code, codes });
  }
});

test("what two projects have in common is told once", async (t) => {
  const { slogen } = folder(t, {
    "slogen.yaml": "projects: ['services/*']",
    "services/cart/slogen.yaml": "specs: [../../shared.yaml]",
    "services/shop/slogen.yaml": "specs: [../../shared.yaml]",
    "shared.yaml": "wrong",
  });
  const run = await slogen("validate");
  assertRun(run, { code: 1, codes: ["fake/wrong"] });
  assert.match(run.err, /^1 error$/m);
});

test("`--set` reaches every project", async (t) => {
  const { slogen, files } = folder(t, TREE);
  assertRun(await slogen("build --set out=here"), { code: 0, codes: [] });
  for (const project of ["cart", "shop"]) assert.equal(Object.keys(files(`services/${project}/here`)).length, 2);
});
