import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { renderer } from "../../src/text/render.ts";

const VIEW = { slo: { service: "shop", name: "hits", description: "" }, alert: { severity: "page", pairs: [{ long: "1h" }], any: true } };

/** Words of one's own for an alert's title; `┆` marks where a complaint must start. */
function title(template: string): { readonly words: string; readonly found: readonly Diagnostic[]; readonly start: number } {
  const start = template.indexOf("┆");
  const found: Diagnostic[] = [];
  const file = { path: "prometheus/alert-title.hbs", text: template.replace("┆", "") };
  const render = renderer([file], (diagnostic) => found.push(diagnostic));
  return { words: render("prometheus/alert-title", VIEW), found, start };
}

test("a template of the user's replaces ours, and nothing is escaped", () => {
  const { words, found } = title("{{slo.service}} & {{#each alert.pairs}}<{{long}}>{{/each}}\n");
  assert.equal(words, "shop & <1h>");
  assert.deepEqual(found, []);
});

test("braces for Prometheus pass through", () => {
  assert.equal(title('{{vendor "{{ $value }}"}} of {{slo.name}}').words, "{{ $value }} of hits");
});

test("a name that the view lacks is found wherever it stands, and ours is used instead", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["{{┆slo.servise}}", "slo.servise"],
    ["{{slo.name}}\n{{#if ┆alert.severty}}x{{/if}}", "alert.severty"],
    ["{{#each alert.pairs}}{{┆longer}}{{/each}}", "longer"],
    ["{{#each ┆alert.windows}}x{{/each}}", "alert.windows"],
    ["{{#each alert.pairs}}{{┆../slo.nam}}{{/each}}", "../slo.nam"],
  ];
  for (const [template, name] of rows) {
    const { words, found, start } = title(template);
    assert.deepEqual(
      found.map(({ code, at }) => [code, at?.start]),
      [["text/unknown-name", start]],
      name,
    );
    assert.match(found[0]?.message ?? "", new RegExp(name.replace(/[./]/g, "\\$&")));
    assert.equal(words, "(page) shop hits burns its error budget too fast");
  }
});

test("a template that cannot be read is reported at its line", () => {
  const rows: readonly (readonly [string, RegExp])[] = [
    ["{{slo.name}}\n┆{{slo.service} is down\n", /no Handlebars/],
    ["{{slo.name}}\n┆{{#if alert.any}}x{{/each}}\n", /if doesn't match each/],
    ["┆{{#if}}x{{/if}}", /argument/],
  ];
  for (const [template, problem] of rows) {
    const { words, found, start } = title(template);
    assert.deepEqual(
      found.map(({ code, at }) => [code, at?.start]),
      [["text/template-syntax", start]],
    );
    assert.match(found[0]?.message ?? "", problem);
    assert.equal(words, "(page) shop hits burns its error budget too fast");
  }
});

test("a template that does not parse, and one that nobody asked for, are errors", () => {
  assert.deepEqual(
    title("{{#if slo}}").found.map(({ code }) => code),
    ["text/template-syntax"],
  );
  const found: Diagnostic[] = [];
  renderer([{ path: "prometheus/alert-titel.hbs", text: "x" }], (diagnostic) => found.push(diagnostic));
  assert.deepEqual(
    found.map(({ code, help }) => [code, help]),
    [["text/unknown-template", "did you mean `prometheus/alert-title.hbs`?"]],
  );
});

test("helpers of Handlebars that reach into a template's surroundings are not known", () => {
  for (const template of ['{{lookup slo "name"}}', "{{log slo}}", "{{> partial}}"]) {
    assert.notDeepEqual(title(template).found, [], template);
  }
});
