import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SCHEMA_KINDS } from "../../src/schema/kinds.ts";
import { folder } from "./support.ts";

describe("slogen schema", () => {
  test("lists every kind, one line each", async (t) => {
    const { code, out, err } = await folder(t).slogen("schema");
    assert.deepEqual({ code, err }, { code: 0, err: "" });
    assert.deepEqual(
      out
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" ")[0]),
      Object.keys(SCHEMA_KINDS),
    );
  });

  test("prints each kind as one JSON document and nothing else", async (t) => {
    const project = folder(t);
    for (const kind of Object.keys(SCHEMA_KINDS)) {
      const { code, out, err } = await project.slogen(`schema ${kind}`);
      assert.deepEqual({ code, err }, { code: 0, err: "" });
      assert.equal((JSON.parse(out) as { $id: string }).$id, `https://slogen.dev/schemas/${kind}.json`);
    }
  });

  test("writes it to a file", async (t) => {
    const project = folder(t);
    const { out } = await project.slogen("schema sloth");
    assert.deepEqual(await project.slogen("schema sloth -o schemas/sloth.json"), { code: 0, out: "", err: "" });
    assert.equal(project.read("schemas/sloth.json"), out);
  });

  test("offers the kind that was meant", async (t) => {
    const { code, out, err } = await folder(t).slogen("schema rollout-polcy");
    assert.deepEqual({ code, out }, { code: 2, out: "" });
    assert.equal(err, "error: there is no schema `rollout-polcy`; did you mean `rollout-policy`?\n");
  });

  test("tells a file that it cannot write", async (t) => {
    const { code, err } = await folder(t, { taken: "" }).slogen("schema sloth -o taken/sloth.json");
    assert.equal(code, 2);
    assert.match(err, /^error: `taken\/sloth\.json` cannot be written: /);
  });

  test("wants one kind for a file", async (t) => {
    const { code, err } = await folder(t).slogen("schema -o all.json");
    assert.equal(code, 2);
    assert.match(err, /^error: `-o` wants one schema/);
  });
});

describe("slogen schema --write", () => {
  test("writes what a project's editors need, from any folder of it, and says how to use it", async (t) => {
    const project = folder(t, { "slogen.yaml": "specs: [slo, policy/*.yaml]\n", "slo/a.yaml": "" });
    const { code, out, err } = await project.slogen("schema --write", { cwd: "slo" });
    assert.deepEqual({ code, err }, { code: 0, err: "wrote ../.slogen/schema/spec.json\nwrote ../.slogen/schema/config.json\n" });
    assert.deepEqual(Object.keys(project.files(".slogen")), ["schema/config.json", "schema/spec.json"]);
    assert.match(out, /^# yaml-language-server: \$schema=\.\.\/\.slogen\/schema\/spec\.json$/m);
    assert.match(out, /^ {2}"\.\/\.slogen\/schema\/spec\.json": \["slo\/\*\*\/\*\.yaml", "policy\/\*\.yaml"\],$/m);
    assert.match(out, /^ {2}"\.\/\.slogen\/schema\/config\.json": \["slogen\.yaml", "slogen\.yml"\]$/m);
  });

  test("brings the others that lie there up to date", async (t) => {
    const project = folder(t, { "slogen.yaml": "", ".slogen/schema/sloth.json": "{}\n" });
    await project.slogen("schema --write");
    assert.equal(project.read(".slogen/schema/sloth.json"), (await project.slogen("schema sloth")).out);
  });

  test("writes into another folder, and one kind alone", async (t) => {
    const project = folder(t, { "slogen.yaml": "" });
    await project.slogen("schema rollout-policy --write editor");
    assert.deepEqual(Object.keys(project.files("editor")), ["rollout-policy.json"]);
  });

  test("does so beside a configuration that is wrong, which its schema will tell", async (t) => {
    const project = folder(t, { "slogen.yaml": "specs: 3\n" });
    assert.equal((await project.slogen("schema --write")).code, 0);
  });

  test("lays the files out as the repository's prettier wants them", async (t) => {
    const project = folder(t, { "slogen.yaml": "", ".prettierrc": '{ "tabWidth": 4 }\n' });
    await project.slogen("schema config --write");
    assert.match(project.read(".slogen/schema/config.json"), /^ {4}"\$schema"/m);
  });
});
