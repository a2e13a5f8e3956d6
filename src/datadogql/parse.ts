import type {
  Argument,
  BinaryExpr,
  DatadogExpr,
  FunctionCall,
  MetricQuery,
  Modifier,
  NumberLiteral,
  SpaceAggregator,
  Stretch,
  TextArgument,
} from "./ast.ts";
import { branch, expectSymbol, here, match, peek, since, skipBlanks, take, takeSymbol, unexpected, WORD, type Cursor } from "./cursor.ts";
import { nearest } from "../units/identifier.ts";
import { findPromql } from "./foreign.ts";
import { AGGREGATORS, FILL_METHODS, MODIFIERS, PERCENTILE } from "./names.ts";
import { fail, ParseFailure, type ParseProblem } from "./problem.ts";
import { parseGroups, parseScope } from "./scope.ts";

export type ParseResult = { readonly ok: true; readonly expr: DatadogExpr } | { readonly ok: false; readonly error: ParseProblem };

/**
 * Reads what Datadog's documentation describes, and nothing more: a query that only the server could judge is refused here,
 * before it is part of an SLO. https://docs.datadoghq.com/metrics/advanced-filtering/
 */
export function parseQuery(text: string): ParseResult {
  try {
    const cursor: Cursor = { text, at: 0, branches: 0 };
    if (skipBlanks(cursor) === text.length) fail("syntax", { start: 0, end: text.length }, "the query is empty");
    const expr = parseSum(cursor);
    if (cursor.at < text.length) unexpected(cursor, "an operator or the end");
    return { ok: true, expr };
  } catch (failure) {
    if (!(failure instanceof ParseFailure)) throw failure;
    return { ok: false, error: findPromql(text) ?? failure.problem };
  }
}

const METRIC = /[A-Za-z][A-Za-z0-9_.]*/y;
const FUNCTION = /^[A-Za-z][A-Za-z0-9_]*$/;
const NUMBER = /\d+(?:\.\d+)?(?![\w.])/y;
const SECONDS = /[1-9]\d*(?![\w.])/y;
const VALUES_FILTER = /\(\s*v\s*:\s*v\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*\)/y;

function parseSum(cursor: Cursor): DatadogExpr {
  return parseChain(cursor, /[+-]/y, parseProduct);
}

function parseProduct(cursor: Cursor): DatadogExpr {
  return parseChain(cursor, /[*/]/y, parseTerm);
}

function parseChain(cursor: Cursor, operators: RegExp, parseOperand: (cursor: Cursor) => DatadogExpr): DatadogExpr {
  const start = cursor.at;
  let left = parseOperand(cursor);
  for (;;) {
    const op = take(cursor, operators);
    if (op === undefined) return left;
    branch(cursor);
    left = { kind: "binary", op: op as BinaryExpr["op"], left, right: parseOperand(cursor), at: since(cursor, start) };
  }
}

function parseTerm(cursor: Cursor): DatadogExpr {
  const start = cursor.at;
  if (takeSymbol(cursor, "(")) {
    branch(cursor);
    const expr = parseSum(cursor);
    expectSymbol(cursor, ")");
    return withoutModifiers(cursor, { kind: "paren", expr, at: since(cursor, start) });
  }
  const number = parseNumber(cursor);
  if (number !== undefined) return number;
  if (peek(cursor, "-")) fail("syntax", here(cursor), "only a number can have a sign", "write `-1 * …`");
  const word = match(cursor, METRIC)?.[0];
  if (word === undefined) unexpected(cursor, "a query such as `sum:requests{*}`, a function or a number");
  cursor.at += word.length;
  skipBlanks(cursor);
  const filter = word === "count" ? match(cursor, VALUES_FILTER) : undefined;
  if (filter !== undefined) {
    const [text, op, limit = ""] = filter;
    cursor.at += text.length;
    skipBlanks(cursor);
    expectSymbol(cursor, ":", "write `count(v: v<0.25):metric{*}`");
    return parseMetric(cursor, start, { kind: "count-values", op: op as "<" | "<=" | ">" | ">=", limit });
  }
  if (takeSymbol(cursor, ":")) return parseMetric(cursor, start, aggregatorOf(word, since(cursor, start)));
  if (FUNCTION.test(word) && peek(cursor, "(")) return parseCall(cursor, start, word);
  return parseScoped(cursor, start, word);
}

/** With a sign only where no operator can stand, so `a -1` stays a difference. */
function parseNumber(cursor: Cursor): NumberLiteral | undefined {
  const start = cursor.at;
  const sign = takeSymbol(cursor, "-") ? "-" : "";
  const digits = take(cursor, NUMBER);
  if (digits !== undefined) return { kind: "number", text: sign + digits, at: since(cursor, start) };
  const wrong = match(cursor, /[\d.][\w.]*/y)?.[0];
  if (wrong !== undefined) {
    const at = { start: cursor.at, end: cursor.at + wrong.length };
    fail("syntax", at, `\`${wrong}\` is no number`, "write it in digits, such as `0.25`, and times in seconds");
  }
  cursor.at = start;
  return undefined;
}

function aggregatorOf(word: string, at: Stretch): SpaceAggregator {
  const name = AGGREGATORS.find((aggregator) => aggregator === word);
  if (name !== undefined) return { kind: "named", name };
  const percent = PERCENTILE.exec(word)?.[1];
  if (percent !== undefined) return { kind: "percentile", percent };
  const guess = nearest(word, AGGREGATORS);
  const choice = "use `avg`, `sum`, `min`, `max`, `count`, `count(v: v<0.25)` or a percentile such as `p99`";
  fail(
    "syntax",
    { start: at.start, end: at.start + word.length },
    `\`${word}\` is no aggregator`,
    guess === undefined ? choice : `did you mean \`${guess}\``,
  );
}

function parseMetric(cursor: Cursor, start: number, aggregator: SpaceAggregator): MetricQuery {
  const name = take(cursor, METRIC);
  if (name === undefined) unexpected(cursor, "the name of a metric");
  return parseScoped(cursor, start, name, aggregator);
}

function parseScoped(cursor: Cursor, start: number, name: string, aggregator?: SpaceAggregator): MetricQuery {
  if (!peek(cursor, "{")) {
    const written = aggregator === undefined ? `sum:${name}{*}` : `${cursor.text.slice(start, cursor.at).trimEnd()}{*}`;
    fail("syntax", since(cursor, start), `the metric \`${name}\` has no scope`, `write \`${written}\` to read all of it`);
  }
  if (peek(cursor, "{{")) unexpected(cursor, "a scope");
  const scope = parseScope(cursor);
  const by = parseGroups(cursor);
  const modifiers = parseModifiers(cursor);
  return { kind: "metric", ...(aggregator && { aggregator }), name, scope, by, modifiers, at: since(cursor, start) };
}

function parseModifiers(cursor: Cursor): readonly Modifier[] {
  const modifiers: Modifier[] = [];
  while (peek(cursor, ".")) {
    const start = cursor.at;
    const modifier = parseModifier(cursor);
    const at = since(cursor, start);
    const clash = modifiers.find(({ kind }) => kind === modifier.kind || (/^as_/.test(kind) && /^as_/.test(modifier.kind)));
    if (clash !== undefined) fail("syntax", at, `\`.${modifier.kind}()\` after \`.${clash.kind}()\``, "keep one of them");
    modifiers.push({ ...modifier, at });
  }
  const start = cursor.at;
  if (modifiers.length > 0 && match(cursor, WORD)?.[0] === "by") {
    const groups = parseGroups(cursor);
    const written = `by {${groups.join(",")}}`;
    fail(
      "modifier-order",
      since(cursor, start),
      `\`${written}\` stands behind \`.${modifiers[0]?.kind}()\``,
      `write \`${written}\` right after the scope`,
    );
  }
  return modifiers;
}

function parseModifier(cursor: Cursor): Modifier {
  const dot = cursor.at;
  takeSymbol(cursor, ".");
  const word = take(cursor, WORD);
  if (word === undefined) unexpected(cursor, "a modifier such as `as_count()`");
  const kind = MODIFIERS.find((modifier) => modifier === word);
  if (kind === undefined) {
    const guess = nearest(word, MODIFIERS);
    const help =
      guess === undefined
        ? `use ${MODIFIERS.map((name) => `\`.${name}()\``).join(", ")}; functions stand around the query`
        : `did you mean \`.${guess}()\``;
    fail("syntax", since(cursor, dot), `\`.${word}\` is no modifier`, help);
  }
  expectSymbol(cursor, "(");
  const modifier = parseModifierArguments(cursor, kind);
  expectSymbol(cursor, ")");
  return modifier;
}

function parseModifierArguments(cursor: Cursor, kind: Modifier["kind"]): Modifier {
  if (kind !== "rollup" && kind !== "fill") return { kind };
  if (kind === "rollup") {
    const seconds = take(cursor, SECONDS);
    if (seconds !== undefined) return { kind, seconds };
  }
  const methods: readonly string[] = kind === "rollup" ? AGGREGATORS : FILL_METHODS;
  const choice = `one of ${methods.map((method) => `\`${method}\``).join(", ")}`;
  const at = here(cursor);
  const method = parseText(cursor)?.value ?? take(cursor, WORD);
  if (method === undefined) unexpected(cursor, choice);
  if (!methods.includes(method))
    fail("syntax", { start: at.start, end: since(cursor, at.start).end }, `\`.${kind}()\` has no method \`${method}\``, `use ${choice}`);
  if (!takeSymbol(cursor, ",")) return { kind, method };
  const seconds = take(cursor, SECONDS);
  if (seconds === undefined) unexpected(cursor, "a number of seconds, such as `60`");
  return { kind, method, seconds };
}

function withoutModifiers<E extends DatadogExpr>(cursor: Cursor, expr: E): E {
  if (peek(cursor, ".")) {
    fail(
      "syntax",
      here(cursor),
      "a modifier belongs to a metric, not to what is computed from it",
      "write it behind the scope of each metric, as in `sum:requests{*}.as_count()`",
    );
  }
  return expr;
}

function parseCall(cursor: Cursor, start: number, name: string): FunctionCall {
  branch(cursor);
  expectSymbol(cursor, "(");
  const args: Argument[] = [];
  do args.push(parseArgument(cursor));
  while (takeSymbol(cursor, ","));
  expectSymbol(cursor, ")");
  return withoutModifiers(cursor, { kind: "call", function: name, args, at: since(cursor, start) });
}

function parseArgument(cursor: Cursor): Argument {
  const start = cursor.at;
  const option = match(cursor, /([A-Za-z_]\w*)[ \t\r\n]*=/y);
  if (option === undefined) return parseText(cursor) ?? parseSum(cursor);
  const [written, name = ""] = option;
  cursor.at += written.length;
  skipBlanks(cursor);
  const value = parseText(cursor) ?? parseNumber(cursor);
  if (value === undefined) unexpected(cursor, `the value of \`${name}\`, a number or a text in quotes`);
  return { kind: "option", name, value, at: since(cursor, start) };
}

function parseText(cursor: Cursor): TextArgument | undefined {
  const start = cursor.at;
  if (!peek(cursor, "'") && !peek(cursor, '"')) return undefined;
  // Only what cannot need an escape, since nothing documents any.
  const text = take(cursor, /'[^'"\\\r\n{}$]*'|"[^'"\\\r\n{}$]*"/y);
  if (text === undefined)
    fail("syntax", { start, end: start + 1 }, "this text in quotes is not closed, or holds a quote, a brace, a `$` or a backslash");
  return { kind: "string", value: text.slice(1, -1), at: since(cursor, start) };
}
