import type { BinaryExpr, Call, Expr, Stretch, Text, ValueType, VectorSelector } from "./ast.ts";
import { AGGREGATORS, FUNCTIONS } from "./functions.ts";
import { isComparison, isSetOperator } from "./operators.ts";
import { fail, shown } from "./problem.ts";
import { readRegex } from "./regex.ts";

/** The type of a well-typed expression. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case "number":
      return "scalar";
    case "string":
      return "string";
    case "vector":
    case "aggregation":
      return "instant vector";
    case "matrix":
    case "subquery":
      return "range vector";
    case "call":
      return FUNCTIONS.get(expr.function)?.result ?? "instant vector";
    case "unary":
    case "paren":
      return typeOf(expr.expr);
    case "binary":
      return typeOf(expr.left) === "scalar" && typeOf(expr.right) === "scalar" ? "scalar" : "instant vector";
  }
}

const ARTICLE: Readonly<Record<ValueType, string>> = {
  scalar: "a scalar",
  string: "a string",
  "instant vector": "an instant vector",
  "range vector": "a range vector",
};

function stretchOf(expr: Expr): Stretch {
  return expr.at ?? { start: 0, end: 0 };
}

function expect(expr: Expr, wanted: ValueType, place: string): void {
  const found = checkTypes(expr);
  if (found === wanted) return;
  const help =
    wanted === "range vector" && expr.kind === "vector"
      ? "give the selector a range, such as `[{{.window}}]`"
      : wanted === "instant vector" && found === "range vector"
        ? "wrap it, as in `rate(...)`, or remove the range"
        : undefined;
  fail("type", stretchOf(expr), `${place} takes ${ARTICLE[wanted]}, and this is ${ARTICLE[found]}`, help);
}

/** Checks every expression inside against its place and returns the type of the whole. */
export function checkTypes(expr: Expr): ValueType {
  switch (expr.kind) {
    case "number":
      return "scalar";
    case "string":
      return "string";
    case "vector":
      checkSelector(expr);
      return "instant vector";
    case "matrix":
      checkSelector(expr.selector);
      return "range vector";
    case "subquery":
      expect(expr.expr, "instant vector", "a subquery");
      return "range vector";
    case "paren":
      return checkTypes(expr.expr);
    case "unary": {
      const type = checkTypes(expr.expr);
      if (type !== "scalar" && type !== "instant vector") {
        fail("type", stretchOf(expr), `a sign needs a scalar or an instant vector, and this is ${ARTICLE[type]}`);
      }
      return type;
    }
    case "aggregation": {
      expect(expr.expr, "instant vector", `\`${expr.op}\``);
      const parameter = AGGREGATORS.get(expr.op);
      if (parameter !== undefined && expr.parameter !== undefined) expect(expr.parameter, parameter, `the parameter of \`${expr.op}\``);
      return "instant vector";
    }
    case "call":
      return checkCall(expr);
    case "binary":
      return checkBinary(expr);
  }
}

function checkCall(call: Call): ValueType {
  const signature = FUNCTIONS.get(call.function);
  if (signature === undefined) {
    call.args.forEach(checkTypes);
    return "instant vector";
  }
  const { parameters, optional } = signature;
  const fewest = parameters.length - (optional === 0 ? 0 : 1);
  const most = optional === "any" ? Number.POSITIVE_INFINITY : parameters.length;
  if (call.args.length < fewest || call.args.length > most) {
    const wanted = optional === "any" ? `at least ${fewest}` : fewest === most ? String(fewest) : `${fewest} or ${most}`;
    fail("type", stretchOf(call), `\`${call.function}\` takes ${wanted} argument${wanted === "1" ? "" : "s"}, not ${call.args.length}`);
  }
  call.args.forEach((arg, i) => {
    expect(arg, parameters[Math.min(i, parameters.length - 1)] ?? "instant vector", `\`${call.function}\``);
  });
  return signature.result;
}

function checkBinary(expr: BinaryExpr): ValueType {
  const [left, right] = [checkOperand(expr.left, expr.op), checkOperand(expr.right, expr.op)];
  const scalars = [left, right].filter((type) => type === "scalar").length;
  const at = stretchOf(expr);
  if (expr.bool && !isComparison(expr.op)) fail("type", at, `\`bool\` goes with comparisons, not with \`${expr.op}\``);
  if (scalars === 2 && isComparison(expr.op) && !expr.bool) {
    fail("type", at, "a comparison of two scalars needs `bool`", `write \`${expr.op} bool\``);
  }
  if (scalars > 0 && isSetOperator(expr.op)) {
    fail("type", at, `\`${expr.op}\` takes instant vectors on both sides`, "write `vector(0)` for a number");
  }
  const { matching } = expr;
  if (matching === undefined) return scalars === 2 ? "scalar" : "instant vector";
  const { kind, labels, group } = matching;
  if (scalars > 0 && labels.length > 0) fail("type", at, `\`${kind}\` matches instant vectors, and one side is a scalar`);
  if (scalars === 0 && isSetOperator(expr.op) && group !== undefined) {
    fail("type", at, `\`group_${group.side}\` does not go with \`${expr.op}\``);
  }
  const twice = kind === "on" ? labels.find((label) => group?.include.includes(label)) : undefined;
  if (twice !== undefined) fail("type", at, `the label \`${twice}\` stands in \`on\` and in \`group_${group?.side ?? "left"}\``);
  return scalars === 2 ? "scalar" : "instant vector";
}

function checkOperand(expr: Expr, op: string): ValueType {
  const type = checkTypes(expr);
  if (type !== "scalar" && type !== "instant vector") {
    const help = type === "range vector" ? "wrap it, as in `rate(...)`" : undefined;
    fail("type", stretchOf(expr), `\`${op}\` takes scalars and instant vectors, and this is ${ARTICLE[type]}`, help);
  }
  return type;
}

/** A text with each window as `1m`, which is how a regular expression with windows is checked. */
function sample(text: Text): string {
  return typeof text === "string" ? text : text.parts.map((part) => (typeof part === "string" ? part : "1m")).join("");
}

function checkSelector(selector: VectorSelector): void {
  let selective = selector.name !== undefined;
  for (const { label, op, value, at } of selector.matchers) {
    const text = sample(value);
    const place = at ?? stretchOf(selector);
    if (selector.name !== undefined && label === "__name__") fail("syntax", place, "the series name is given twice");
    let matchesEmpty = text === "";
    if (op === "=~" || op === "!~") {
      const regex = readRegex(text);
      if (!regex.ok)
        fail("bad-regex", place, `\`${shown(text)}\` is no regular expression that Prometheus reads: ${regex.why}`, regex.help);
      matchesEmpty = regex.matchesEmpty;
    }
    if (matchesEmpty === (op === "!=" || op === "!~")) selective = true;
  }
  if (selective) return;
  fail(
    "type",
    stretchOf(selector),
    "this selects every series there is",
    'name the series, or add a matcher that an empty value fails, such as `job="api"`',
  );
}
