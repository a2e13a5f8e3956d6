import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CODES } from "../src/cli/all-codes.ts";

const DOCUMENTS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "src/emitters/prometheus/README.md"];

test("every code that a document names is one", () => {
  // Annotations of specs begin with `slogen/` too, as the codes of that front end do.
  const areas = new Set(CODES.map((code) => code.split("/")[0]).filter((area) => area !== "slogen"));
  for (const path of DOCUMENTS) {
    const named = [...readFileSync(path, "utf8").matchAll(/`([a-z]+)\/([a-z-]+)`/g)].filter(([, area = ""]) => areas.has(area));
    const unknown = named.map(([, area, name]) => `${area ?? ""}/${name ?? ""}`).filter((code) => !CODES.includes(code));
    assert.deepEqual(unknown, [], path);
  }
});
