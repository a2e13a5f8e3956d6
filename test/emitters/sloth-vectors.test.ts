import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { openslo } from "../../src/frontends/openslo/index.ts";
import { sloth } from "../../src/frontends/sloth/index.ts";
import { vectors } from "../oracle/support.ts";
import { belowHeader, generate } from "../support/sloth.ts";

/** Sloth's own examples and what Sloth wrote for them, with version `dev`. */
const root = `${vectors() ?? ""}/sloth`;
const skip = !existsSync(root) && "the public vectors are not beside this checkout";
const names = skip === false ? readdirSync(`${root}/input`) : [];

test("Sloth's examples are all here", { skip }, () => {
  assert.equal(names.length, 12);
});

for (const name of names) {
  test(`${name} gives Sloth's bytes`, () => {
    const { documents, diagnostics, refused } = generate(readFileSync(`${root}/input/${name}`, "utf8"), {
      extraLabels: { cmd: "examplesgen.sh" },
      frontends: [openslo, sloth],
    });
    assert.ok(!refused, diagnostics.map(({ code, message }) => `${code}: ${message}`).join("\n"));
    assert.deepEqual(documents, belowHeader(readFileSync(`${root}/expected/${name}`, "utf8")));
  });
}
