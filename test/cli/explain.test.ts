import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as fs from "node:fs";
import { join } from "node:path";
import { folder, type Folder } from "./support.ts";

/** An example without its output. */
function example(t: Parameters<typeof folder>[0], name = "payments-canary"): Folder {
  const root = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
  const files = fs
    .readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => !path.startsWith("generated") && fs.statSync(join(root, path)).isFile());
  return folder(t, Object.fromEntries(files.map((path) => [path, fs.readFileSync(join(root, path), "utf8")])));
}

describe("explain", () => {
  test("prints the page of a policy, and writes nothing", async (t) => {
    const project = example(t);
    const before = project.files(".");
    const { code, out, err } = await project.slogen("explain payments");
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^payments.*: canary of /);
    assert.match(out, /How it decides/);
    assert.deepEqual(project.files("."), before);
  });

  test("prints a page for each controller that carries the policy out", async (t) => {
    const { code, out, err } = await example(t, "checkout-two-controllers").slogen("explain checkout");
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^checkout: canary of shop\/checkout, enforced\n[^]*\n\ncheckout: canary of shop\/checkout by Flagger, enforced\n/);
  });

  test("offers the policy that was meant, and lists what there is", async (t) => {
    const { code, out, err } = await example(t).slogen("explain paymints");
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, /there is no release policy `paymints`; did you mean `payments`\?\nthere is: payments\n/);
  });

  test("offers the environment that was meant", async (t) => {
    const { code, err } = await example(t).slogen("explain payments -e stagin");
    assert.equal(code, 2);
    assert.match(err, /no environment `stagin`; did you mean `staging`\?/);
  });

  test("points to the other command for a diagnostic's code", async (t) => {
    const { code, err } = await example(t).slogen("explain promql/counter-flag-missing");
    assert.equal(code, 2);
    assert.match(err, /`slogen explain-code promql\/counter-flag-missing`/);
  });

  test("reports what is wrong with the specs instead", async (t) => {
    const project = example(t);
    project.write("slo/broken.yaml", "version: prometheus/v1\nservice: x\nslos: [\n");
    const { code, out, err } = await project.slogen("explain payments");
    assert.ok(code > 0 && out === "" && err.includes("error"));
  });
});
