import assert from "node:assert/strict";
import { test } from "node:test";
import { goTemplateProblem } from "../../src/passes/go-template.ts";
import { BAD, GOOD } from "../support/go-templates.ts";

test("templates that Prometheus reads are left alone", () => {
  for (const text of GOOD) assert.equal(goTemplateProblem(text), undefined, text);
});

test("templates that Prometheus does not read are found", () => {
  for (const text of BAD) assert.notEqual(goTemplateProblem(text), undefined, text);
});
