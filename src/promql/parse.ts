import type {
  Aggregation,
  BinaryOperator,
  Duration,
  Expr,
  Grouping,
  Matcher,
  Stretch,
  Text,
  TimeShift,
  VectorMatching,
  VectorSelector,
} from "./ast.ts";
import { checkTypes } from "./check.ts";
import { AGGREGATORS, EXPERIMENTAL_AGGREGATORS, EXPERIMENTAL_FUNCTIONS, FUNCTIONS } from "./functions.ts";
import { lex, type Token } from "./lexer.ts";
import { durationMilliseconds, LONGEST_MILLISECONDS, numberValue } from "./literals.ts";
import { isReserved } from "./names.ts";
import { isBinaryOperator, precedenceOf, SIGN_PRECEDENCE } from "./operators.ts";
import { HOLE } from "./placeholders.ts";
import { fail, ParseFailure, shown, type ParseProblem } from "./problem.ts";
import { childrenOf } from "./walk.ts";
import { nearest } from "../units/identifier.ts";

export interface ParseOptions {
  /** Reads calls of functions that Prometheus does not have, as MetricsQL needs; their arguments go unchecked. */
  readonly unknownFunctions?: boolean;
  /** False where braces in strings are just text, as in the queries that slogen writes for Argo (`{{args.hash}}`). */
  readonly windows?: boolean;
}

export type ParseResult = { readonly ok: true; readonly expr: Expr } | { readonly ok: false; readonly error: ParseProblem };

/** No tree is higher than this, so that every walk over one may recurse. */
const DEEPEST = 500;

/**
 * Reads a query as Prometheus's own parser does, and refuses what that refuses, types included.
 * Experimental syntax is refused too: see `EXPERIMENTAL_FUNCTIONS`, and below `anchored`, `smoothed`, `fill` and duration arithmetic.
 * https://github.com/prometheus/prometheus/blob/v3.15.0/promql/parser/generated_parser.y
 */
export function parseExpr(text: string, options: ParseOptions = {}): ParseResult {
  try {
    const cursor: Cursor = { tokens: lex(text, { windows: options.windows ?? true }), options, next: 0, depth: 0 };
    const expr = parseWhole(cursor);
    checkHeight(expr, text.length);
    checkTypes(expr);
    return { ok: true, expr };
  } catch (failure) {
    if (!(failure instanceof ParseFailure)) throw failure;
    return { ok: false, error: failure.problem };
  }
}

interface Cursor {
  readonly tokens: readonly Token[];
  readonly options: ParseOptions;
  next: number;
  depth: number;
}

const END: Token = { kind: "end", text: "", start: 0, end: 0 };

function peek(cursor: Cursor, ahead = 0): Token {
  return cursor.tokens[cursor.next + ahead] ?? cursor.tokens.at(-1) ?? END;
}

function take(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.next++;
  return token;
}

function isSymbol(token: Token, text: string): boolean {
  return token.kind === "symbol" && token.text === text;
}

function takeSymbol(cursor: Cursor, text: string): boolean {
  if (!isSymbol(peek(cursor), text)) return false;
  cursor.next++;
  return true;
}

function expectSymbol(cursor: Cursor, text: string): Token {
  if (!isSymbol(peek(cursor), text)) unexpected(peek(cursor), `\`${text}\``);
  return take(cursor);
}

/** The token as a keyword, which is read in any case; undefined if it is no name, or a name that holds a colon or a window. */
function keyword(token: Token): string | undefined {
  return token.kind === "name" && token.value === undefined ? token.text.toLowerCase() : undefined;
}

function takeKeyword(cursor: Cursor, ...words: readonly string[]): string | undefined {
  const word = keyword(peek(cursor));
  if (word === undefined || !words.includes(word)) return undefined;
  cursor.next++;
  return word;
}

function unexpected(token: Token, expected: string): never {
  if (token.problem !== undefined) throw new ParseFailure(token.problem);
  if (token.kind === "end") fail("syntax", token, `the query ends where ${expected} is expected`);
  fail("syntax", token, `unexpected \`${shown(token.text)}\`, expected ${expected}`);
}

function experimental(at: Stretch, what: string): never {
  fail("syntax", at, `${what} is experimental, and Prometheus reads it only behind a feature flag`);
}

/** Spans the tokens from `start` to the one before the cursor. */
function since(cursor: Cursor, start: number): Stretch {
  return { start, end: cursor.tokens[cursor.next - 1]?.end ?? start };
}

function deeper<T>(cursor: Cursor, parse: () => T): T {
  if (++cursor.depth > DEEPEST) fail("syntax", peek(cursor), `this is nested more than ${DEEPEST} levels deep`);
  const result = parse();
  cursor.depth--;
  return result;
}

function checkHeight(expr: Expr, end: number): void {
  let level: Expr[] = [expr];
  for (let height = 0; level.length > 0; height++) {
    if (height > DEEPEST) fail("syntax", { start: 0, end }, `this chains or nests more than ${DEEPEST} expressions`);
    level = level.flatMap((node) => childrenOf(node));
  }
}

function parseWhole(cursor: Cursor): Expr {
  if (peek(cursor).kind === "end") fail("syntax", peek(cursor), "the query is empty");
  const expr = parseBinary(cursor, 0);
  if (peek(cursor).kind !== "end") unexpected(peek(cursor), "an operator or the end");
  return expr;
}

function binaryOperator(token: Token): BinaryOperator | undefined {
  const text = token.kind === "symbol" ? token.text : keyword(token);
  return text !== undefined && isBinaryOperator(text) ? text : undefined;
}

function parseBinary(cursor: Cursor, lowest: number): Expr {
  let left = parseUnary(cursor);
  for (;;) {
    const start = left.at?.start ?? 0;
    const op = binaryOperator(peek(cursor));
    if (op === undefined || precedenceOf(op) < lowest) return left;
    cursor.next++;
    const bool = takeKeyword(cursor, "bool") !== undefined;
    const matching = parseMatching(cursor);
    if (/^fill(?:_left|_right)?$/.test(keyword(peek(cursor)) ?? "") && isSymbol(peek(cursor, 1), "(")) {
      experimental(peek(cursor), `\`${peek(cursor).text}\``);
    }
    const right = deeper(cursor, () => parseBinary(cursor, op === "^" ? precedenceOf(op) : precedenceOf(op) + 1));
    left = { kind: "binary", op, bool, ...(matching && { matching }), left, right, at: since(cursor, start) };
  }
}

function parseMatching(cursor: Cursor): VectorMatching | undefined {
  const kind = takeKeyword(cursor, "on", "ignoring");
  if (kind === undefined) return undefined;
  const labels = parseLabels(cursor);
  const group = takeKeyword(cursor, "group_left", "group_right");
  const include = group !== undefined && isSymbol(peek(cursor), "(") ? parseLabels(cursor) : [];
  return {
    kind: kind === "on" ? "on" : "ignoring",
    labels,
    ...(group !== undefined && { group: { side: group === "group_left" ? "left" : "right", include } }),
  };
}

/** Words of the syntax that cannot be a label in parentheses. */
const NO_LABELS = new Set(["inf", "nan", "without"]);

function parseLabels(cursor: Cursor): readonly string[] {
  expectSymbol(cursor, "(");
  const labels: string[] = [];
  while (!isSymbol(peek(cursor), ")")) {
    const token = take(cursor);
    if (token.value !== undefined && typeof token.value !== "string") {
      fail("syntax", token, "a label's name cannot hold a window");
    }
    const label =
      token.kind === "string" ? token.value : token.kind === "name" && !NO_LABELS.has(token.text.toLowerCase()) ? token.text : undefined;
    if (label === undefined || label === "") unexpected(token, "a label");
    labels.push(label);
    if (!takeSymbol(cursor, ",")) break;
  }
  expectSymbol(cursor, ")");
  return labels;
}

function parseUnary(cursor: Cursor): Expr {
  const sign = peek(cursor);
  if (!isSymbol(sign, "-") && !isSymbol(sign, "+")) return parsePostfix(cursor, parsePrimary(cursor));
  cursor.next++;
  const expr = deeper(cursor, () => parseBinary(cursor, SIGN_PRECEDENCE));
  return { kind: "unary", op: sign.text === "-" ? "-" : "+", expr, at: since(cursor, sign.start) };
}

function parsePostfix(cursor: Cursor, primary: Expr): Expr {
  let expr = primary;
  for (let steps = 0; ; steps++) {
    if (steps > DEEPEST) fail("syntax", peek(cursor), "too many modifiers");
    const token = peek(cursor);
    const word = keyword(token);
    if (isSymbol(token, "[")) expr = parseRange(cursor, expr);
    else if (isSymbol(token, "@")) expr = parseAnchor(cursor, expr);
    else if (word === "offset") expr = parseOffset(cursor, expr);
    else if (word === "anchored" || word === "smoothed") experimental(token, `\`${word}\``);
    else return expr;
  }
}

function parseRange(cursor: Cursor, expr: Expr): Expr {
  const open = expectSymbol(cursor, "[");
  const range = parsePositiveDuration(cursor);
  if (takeSymbol(cursor, ":")) {
    const step = isSymbol(peek(cursor), "]") ? undefined : parsePositiveDuration(cursor);
    expectSymbol(cursor, "]");
    return { kind: "subquery", expr, range, ...(step && { step }), at: since(cursor, expr.at?.start ?? 0) };
  }
  if (!isSymbol(peek(cursor), "]")) unexpected(peek(cursor), "`]` or `:`");
  cursor.next++;
  const brackets = since(cursor, open.start);
  if (expr.kind !== "vector") {
    fail(
      "type",
      brackets,
      "only a selector can have a range",
      "give the range to the selector inside, or write a subquery such as `[1h:]`",
    );
  }
  if (expr.offset !== undefined) fail("syntax", brackets, "the range stands before `offset`", "write `name[5m] offset 1h`");
  if (expr.anchor !== undefined) fail("syntax", brackets, "the range stands before `@`", "write `name[5m] @ 1609746000`");
  return { kind: "matrix", selector: expr, range, at: since(cursor, expr.at?.start ?? 0) };
}

function parsePositiveDuration(cursor: Cursor): Duration {
  if (keyword(peek(cursor)) === "window" && isSymbol(peek(cursor, -1), "[") && cursor.options.windows !== false) {
    cursor.next++;
    return HOLE;
  }
  const { duration, sign, at } = parseDuration(cursor);
  if (duration.kind === "duration" && (sign === "-" || duration.milliseconds === 0)) {
    fail("syntax", at, "a range or step must be longer than zero");
  }
  if (duration.kind === "window" && sign === "-") fail("syntax", at, "a range or step must be longer than zero");
  return duration;
}

/** A duration, a number of seconds, or a window, with at most one sign. */
function parseDuration(cursor: Cursor): { duration: Duration; sign: "+" | "-"; at: Stretch } {
  const start = peek(cursor).start;
  const sign = takeSymbol(cursor, "-") ? "-" : "+";
  if (sign === "+") takeSymbol(cursor, "+");
  const token = peek(cursor);
  if (token.kind === "name" && /^(?:step|range|max_of|min_of)$/i.test(token.text)) experimental(token, `\`${token.text}\` in a duration`);
  if (isSymbol(token, "(")) experimental(token, "arithmetic with durations");
  if (token.kind !== "number" && token.kind !== "duration" && token.kind !== "hole") {
    unexpected(token, "a duration such as `5m`, or `{{.window}}`");
  }
  cursor.next++;
  const at = since(cursor, start);
  if (token.kind === "hole") return { duration: HOLE, sign, at };
  const milliseconds = token.kind === "duration" ? readDuration(token) : Math.round(readNumber(token) * 1e9) / 1e6;
  if (!(milliseconds <= LONGEST_MILLISECONDS))
    fail("syntax", at, `\`${shown(token.text)}\` is longer than Prometheus can count (292 years)`);
  return { duration: { kind: "duration", milliseconds }, sign, at };
}

function readDuration(token: Token): number {
  const milliseconds = durationMilliseconds(token.text);
  if (milliseconds === undefined) {
    fail("syntax", token, `\`${shown(token.text)}\` is no duration`, "write the units from large to small, each once, such as `1d12h`");
  }
  return milliseconds;
}

function readNumber(token: Token): number {
  const value = numberValue(token.text);
  if (value === undefined) fail("syntax", token, `\`${shown(token.text)}\` is too large a number`);
  return value;
}

/** Where a modifier goes: to the selector inside a range, or to the selector or subquery itself. */
function shift(expr: Expr, modifier: Token, name: string, add: (target: TimeShift) => TimeShift, end: Stretch): Expr {
  const at = { start: expr.at?.start ?? 0, end: end.end };
  if (expr.kind === "vector" || expr.kind === "subquery") return { ...expr, ...add(expr), at };
  if (expr.kind === "matrix") return { ...expr, selector: { ...expr.selector, ...add(expr.selector) }, at };
  return fail("type", modifier, `${name} can only follow a selector or a subquery`, "write it after the selector inside");
}

function parseOffset(cursor: Cursor, expr: Expr): Expr {
  const modifier = take(cursor);
  const { duration, sign } = parseDuration(cursor);
  // An offset of nothing counts as none for Prometheus, which then allows another one.
  const none = duration.kind === "duration" && duration.milliseconds === 0;
  const add = (target: TimeShift): TimeShift => {
    if (target.offset !== undefined) fail("syntax", modifier, "`offset` is set twice");
    return none ? {} : { offset: { negative: sign === "-", by: duration } };
  };
  return shift(expr, modifier, "`offset`", add, since(cursor, modifier.start));
}

function parseAnchor(cursor: Cursor, expr: Expr): Expr {
  const modifier = take(cursor);
  const anchor = parseTimestamp(cursor);
  const add = (target: TimeShift): TimeShift => {
    if (target.anchor !== undefined) fail("syntax", modifier, "`@` is set twice");
    return { anchor };
  };
  return shift(expr, modifier, "`@`", add, since(cursor, modifier.start));
}

function parseTimestamp(cursor: Cursor): NonNullable<TimeShift["anchor"]> {
  const edge = takeKeyword(cursor, "start", "end");
  if (edge !== undefined) {
    expectSymbol(cursor, "(");
    expectSymbol(cursor, ")");
    return { kind: edge === "start" ? "start" : "end" };
  }
  const sign = takeSymbol(cursor, "-") ? "-" : "";
  if (sign === "") takeSymbol(cursor, "+");
  const token = take(cursor);
  const number = token.kind === "number" || (token.kind === "name" && /^(?:nan|inf)$/i.test(token.text));
  if (!number && token.kind !== "duration") unexpected(token, "a timestamp in seconds, `start()` or `end()`");
  const value = number ? readNumber(token) : readDuration(token) / 1000;
  if (!(Math.abs(value) < 2 ** 63)) fail("syntax", token, `\`${shown(token.text)}\` is no timestamp`);
  return { kind: "timestamp", text: sign + token.text };
}

function parsePrimary(cursor: Cursor): Expr {
  const token = peek(cursor);
  switch (token.kind) {
    case "number":
    case "duration":
      cursor.next++;
      if (token.kind === "number") readNumber(token);
      else readDuration(token);
      return { kind: "number", text: token.text, at: since(cursor, token.start) };
    case "string":
      cursor.next++;
      return { kind: "string", value: token.value ?? "", at: since(cursor, token.start) };
    case "hole":
      return fail(
        "syntax",
        token,
        "the window is a duration here, not a series or a number",
        "write it as a range, such as `[{{.window}}]`",
      );
    case "name":
      return parseNamed(cursor);
    case "symbol":
      if (token.text === "{") return parseSelector(cursor);
      if (token.text === "(") {
        cursor.next++;
        const expr = deeper(cursor, () => parseBinary(cursor, 0));
        expectSymbol(cursor, ")");
        return { kind: "paren", expr, at: since(cursor, token.start) };
      }
      return unexpected(token, "an expression");
    case "end":
    case "unreadable":
      return unexpected(token, "an expression");
  }
}

function parseNamed(cursor: Cursor): Expr {
  const token = peek(cursor);
  const word = keyword(token);
  if (word === undefined) return parseSelector(cursor);
  if (word === "inf" || word === "nan") {
    cursor.next++;
    return { kind: "number", text: token.text, at: since(cursor, token.start) };
  }
  if (isReserved(word)) unexpected(token, "an expression");
  const called = isSymbol(peek(cursor, 1), "(");
  const grouped = /^(?:by|without)$/.test(keyword(peek(cursor, 1)) ?? "");
  if ((called || grouped) && EXPERIMENTAL_AGGREGATORS.has(word)) experimental(token, `\`${word}\``);
  if ((called || grouped) && AGGREGATORS.has(word)) return parseAggregation(cursor, word);
  return called && !token.text.includes(":") && !NOT_CALLED.has(word) ? parseCall(cursor) : parseSelector(cursor);
}

/** Words that may name a series, but no function. */
const NOT_CALLED = new Set("and anchored by fill fill_left fill_right offset or smoothed unless without".split(" "));

function parseArguments(cursor: Cursor): Expr[] {
  expectSymbol(cursor, "(");
  const args: Expr[] = [];
  if (takeSymbol(cursor, ")")) return args;
  do args.push(deeper(cursor, () => parseBinary(cursor, 0)));
  while (takeSymbol(cursor, ","));
  if (!isSymbol(peek(cursor), ")")) unexpected(peek(cursor), "`,` or `)`");
  cursor.next++;
  return args;
}

function parseCall(cursor: Cursor): Expr {
  const name = take(cursor);
  if (EXPERIMENTAL_FUNCTIONS.has(name.text)) experimental(name, `\`${name.text}\``);
  if (!FUNCTIONS.has(name.text) && cursor.options.unknownFunctions !== true) {
    const meant = nearest(name.text, [...FUNCTIONS.keys(), ...AGGREGATORS.keys()]);
    const help = meant === undefined ? undefined : `write \`${meant}\``;
    fail("unknown-function", name, `there is no function \`${name.text}\``, help);
  }
  const args = parseArguments(cursor);
  return { kind: "call", function: name.text, args, at: since(cursor, name.start) };
}

function parseGrouping(cursor: Cursor): Grouping | undefined {
  const kind = takeKeyword(cursor, "by", "without");
  return kind === undefined ? undefined : { kind: kind === "by" ? "by" : "without", labels: parseLabels(cursor) };
}

function parseAggregation(cursor: Cursor, op: string): Aggregation {
  const name = take(cursor);
  const before = parseGrouping(cursor);
  const args = parseArguments(cursor);
  const grouping = before ?? parseGrouping(cursor);
  const wanted = AGGREGATORS.get(op) === undefined ? 1 : 2;
  const at = since(cursor, name.start);
  const [first, second] = args;
  const expr = wanted === 1 ? first : second;
  if (expr === undefined || args.length !== wanted) {
    fail("type", at, `\`${op}\` takes ${wanted === 1 ? "one argument" : "two arguments"}, not ${args.length}`);
  }
  return { kind: "aggregation", op, ...(grouping && { grouping }), ...(wanted === 2 && first && { parameter: first }), expr, at };
}

function parseSelector(cursor: Cursor): VectorSelector {
  const start = peek(cursor);
  const name: Text | undefined = start.kind === "name" ? (start.value ?? start.text) : undefined;
  if (name !== undefined) cursor.next++;
  const matchers = isSymbol(peek(cursor), "{") ? parseMatchers(cursor) : [];
  return { kind: "vector", ...(name !== undefined && { name }), matchers, at: since(cursor, start.start) };
}

function parseMatchers(cursor: Cursor): readonly Matcher[] {
  expectSymbol(cursor, "{");
  const matchers: Matcher[] = [];
  while (!isSymbol(peek(cursor), "}")) {
    matchers.push(parseMatcher(cursor));
    if (takeSymbol(cursor, ",")) continue;
    if (!isSymbol(peek(cursor), "}")) unexpected(peek(cursor), "`,` or `}`");
  }
  cursor.next++;
  return matchers;
}

const MATCHER_OPERATORS: ReadonlyMap<string, Matcher["op"]> = new Map([
  ["=", "="],
  ["!=", "!="],
  ["=~", "=~"],
  ["!~", "!~"],
]);

function parseMatcher(cursor: Cursor): Matcher {
  const label = take(cursor);
  if (label.kind !== "name" && label.kind !== "string") unexpected(label, "a label");
  const quoted = label.kind === "string";
  const name = quoted ? (label.value ?? "") : label.text;
  const op = MATCHER_OPERATORS.get(peek(cursor).kind === "symbol" ? peek(cursor).text : "");
  if (quoted && op === undefined) return { label: "__name__", op: "=", value: name, at: since(cursor, label.start) };
  if (typeof name !== "string") fail("syntax", label, "a label's name cannot hold a window");
  if (op === undefined) unexpected(peek(cursor), "`=`, `!=`, `=~` or `!~`");
  cursor.next++;
  const value = take(cursor);
  if (value.kind !== "string") unexpected(value, "a value in quotes");
  return { label: name, op, value: value.value ?? "", at: since(cursor, label.start) };
}
