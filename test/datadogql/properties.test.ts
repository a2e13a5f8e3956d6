import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { DatadogExpr, Scope, TagFilter } from "../../src/datadogql/ast.ts";
import { parseQuery } from "../../src/datadogql/parse.ts";
import { printQuery } from "../../src/datadogql/print.ts";
import { clashesIn, demandsOf, metricsOf, splitFormula, withTags } from "../../src/datadogql/rewrite.ts";
import { listedTag, query, REAL_QUERIES } from "./generator.ts";
import { bare, parsed } from "./support.ts";

const SEED = 20_261;
const settings = { seed: SEED, numRuns: 2_000 };

/** Without the parentheses that the text needs and the tree does not. */
function meaning(tree: DatadogExpr): unknown {
  const strip = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(strip);
    if (typeof node !== "object" || node === null) return node;
    const { kind, expr, filter } = node as { kind?: string; expr?: unknown; filter?: unknown };
    if (kind === "paren") return strip(expr);
    if (kind === "group") return strip(filter);
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, strip(value)]));
  };
  return strip(bare(tree));
}

test("what the printer writes of any tree is read as the same tree, and printed the same again", () => {
  fc.assert(
    fc.property(query, (tree) => {
      const text = printQuery(tree);
      const again = parsed(text);
      assert.deepEqual(meaning(again), meaning(tree), text);
      assert.equal(printQuery(again), text);
      // A tree that was read has its parentheses, so nothing is left to strip.
      assert.deepEqual(bare(parsed(printQuery(again))), bare(again));
    }),
    settings,
  );
});

test("no query that was read holds braces for Argo to fill in", () => {
  fc.assert(
    fc.property(query, (tree) => {
      assert.doesNotMatch(printQuery(tree), /\{\{|\}\}/);
    }),
    settings,
  );
});

test("a slip of the keyboard is never thrown over, and what is accepted prints to the same query", () => {
  const inserted = ["{", "}", "(", ")", ",", ":", ".", "!", "*", "'", '"', "$", "-", " ", "\n", "AND ", "{{"];
  let accepted = 0;
  for (const text of REAL_QUERIES) {
    for (let i = 0; i <= text.length; i++) {
      const [before, after] = [text.slice(0, i), text.slice(i)];
      for (const slip of [
        before + after.slice(1),
        before + text.charAt(i) + after,
        before,
        ...inserted.map((extra) => before + extra + after),
      ]) {
        const result = parseQuery(slip);
        if (result.ok) {
          accepted++;
          assert.deepEqual(bare(parsed(printQuery(result.expr))), bare(result.expr), slip);
        } else {
          const { start, end } = result.error.at;
          assert.ok(start >= 0 && start <= end && end <= slip.length, `${slip}: ${start}-${end}`);
          assert.ok(result.error.message !== "");
        }
      }
    }
  }
  assert.ok(accepted > 500, `${accepted} accepted`);
});

test("random text is never thrown over", () => {
  const pieces = fc.constantFrom(
    "sum:",
    "a",
    "{",
    "}",
    "*",
    "env:prod",
    " AND ",
    " NOT ",
    "IN",
    "(",
    ")",
    ",",
    "!",
    ".as_count()",
    ".rollup(",
    "5",
    "-",
    "'",
    "$x",
    "{{",
    " by ",
    "\n",
    "ü",
    "💥",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
      const text = parts.join("");
      const result = parseQuery(text);
      if (result.ok) assert.deepEqual(bare(parsed(printQuery(result.expr))), bare(result.expr), text);
    }),
    { ...settings, numRuns: 20_000 },
  );
});

/** One of many worlds, in which some tags are there and some are not. */
function hash(text: string, world: number): number {
  let result = world;
  for (const character of text) result = Math.imul(result ^ character.charCodeAt(0), 0x01000193);
  return result;
}

/** Whether something with these tags is in the scope: our own reading of the documentation, apart from the rewriting. */
function holds(scope: Scope, has: (tag: string) => boolean): boolean {
  const asked = ({ key, value }: TagFilter): boolean => has(value === undefined ? key : `${key}:${value}`);
  if (scope.style === "all") return true;
  if (scope.style === "list") return scope.items.every((tag) => asked(tag) !== tag.negated);
  const of = (filter: typeof scope.filter): boolean => {
    switch (filter.kind) {
      case "tag":
        return asked(filter) !== filter.negated;
      case "not":
        return !of(filter.filter);
      case "group":
        return of(filter.filter);
      case "and":
        return of(filter.left) && of(filter.right);
      case "or":
        return of(filter.left) || of(filter.right);
      case "in":
        return filter.values.some((value) => has(`${filter.key}:${value}`)) !== filter.negated;
    }
  };
  return of(scope.filter);
}

test("tags narrow every metric to what it asked for and the tags, in one style, and a second time changes nothing", () => {
  const tags = fc.array(listedTag, { maxLength: 3 });
  fc.assert(
    fc.property(query, tags, fc.integer(), (tree, added, world) => {
      const narrowed = withTags(tree, added);
      const text = printQuery(narrowed);
      // Read again, because it is the text that Datadog gets; the parser refuses mixed styles.
      const again = metricsOf(parsed(text));
      const has = (tag: string): boolean => hash(tag, world) % 3 !== 0;
      const wanted = added.every(({ key, value, negated }) => has(value === undefined ? key : `${key}:${value}`) !== negated);
      for (const [i, metric] of metricsOf(tree).entries()) {
        const scope = again[i]?.scope;
        assert.ok(scope !== undefined);
        assert.equal(holds(scope, has), holds(metric.scope, has) && wanted, text);
        for (const tag of added) {
          assert.ok(
            demandsOf(scope).some(({ key, value, negated }) => key === tag.key && value === tag.value && negated === tag.negated),
            text,
          );
        }
      }
      assert.equal(printQuery(withTags(narrowed, added)), text);
      assert.deepEqual(clashesIn(narrowed, added), []);
    }),
    settings,
  );
});

test("a formula and its queries put together again are the query", () => {
  fc.assert(
    fc.property(query, (tree) => {
      const { formula, queries } = splitFormula(tree);
      const texts = [...queries.values()].map(printQuery);
      assert.equal(new Set(texts).size, texts.length);
      let whole = JSON.stringify(bare(formula));
      for (const [name, metric] of queries) whole = whole.replaceAll(JSON.stringify({ kind: "name", name }), JSON.stringify(bare(metric)));
      assert.equal(printQuery(JSON.parse(whole) as DatadogExpr), printQuery(tree));
    }),
    settings,
  );
});
