import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { BAD, GOOD } from "../support/go-templates.ts";
import { oracle } from "./support.ts";

const work = mkdtempSync(join(tmpdir(), "slogen-templates-"));
after(() => {
  rmSync(work, { recursive: true, force: true });
});

test("Prometheus gives each template of an alert the verdict that slogen gives", () => {
  const rules = join(work, "rules.json");
  for (const [texts, loads] of [
    [GOOD, true],
    [BAD, false],
  ] as const) {
    for (const text of texts) {
      writeFileSync(rules, JSON.stringify({ groups: [{ name: "one", rules: [{ alert: "One", expr: "up", annotations: { text } }] }] }));
      assert.equal(spawnSync(oracle("promtool"), ["check", "rules", rules]).status === 0, loads, text);
    }
  }
});
