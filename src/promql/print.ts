import type { Aggregation, BinaryExpr, Duration, Expr, Matcher, Text, TimeShift, VectorMatching, VectorSelector } from "./ast.ts";
import { formatMilliseconds } from "./literals.ts";
import { isBareLabelName } from "./names.ts";
import { precedenceOf, SIGN_PRECEDENCE } from "./operators.ts";

export interface PrintOptions {
  /** The longest expression that stays on one line; 100, as Prometheus formats. Indentation does not count. */
  readonly width?: number;
}

/**
 * The query's text: on one line if it fits, else broken inside parentheses and around operators, which stand in line with their operands.
 * Prometheus's own formatter indents the operands, and so the first line, which a YAML block cannot hold in plain form.
 * Throws if a window is still open, since no text says what the tree means then.
 */
export function printExpr(expr: Expr, options: PrintOptions = {}): string {
  return printLines(expr, 0, options.width ?? 100);
}

/** Breaks an expression that is too long; `level` counts the steps of indentation before its first line. */
function printLines(expr: Expr, level: number, width: number): string {
  const indent = "  ".repeat(level);
  const line = printLine(expr);
  if (line.length <= width) return indent + line;
  const inside = (child: Expr): string => printLines(child, level + 1, width);
  switch (expr.kind) {
    case "number":
    case "string":
    case "vector":
    case "matrix":
      return indent + line;
    case "paren":
      return `${indent}(\n${inside(expr.expr)}\n${indent})`;
    case "call":
      return expr.args.length === 0 ? indent + line : `${indent}${expr.function}(\n${expr.args.map(inside).join(",\n")}\n${indent})`;
    case "aggregation": {
      const args = expr.parameter === undefined ? [expr.expr] : [expr.parameter, expr.expr];
      return `${indent}${printOperator(expr)}(\n${args.map(inside).join(",\n")}\n${indent})`;
    }
    case "binary": {
      const [left, right] = operands(expr);
      const first = printLines(left, level, width);
      // `) > 0` says more on one line than on three.
      if (right.kind === "number") return `${first} ${printBinaryOperator(expr)} ${printLine(right)}`;
      const nested = right.kind === "binary" && printLine(right).length > width;
      return `${first}\n${indent}${printBinaryOperator(expr)}\n${nested ? inside(right) : printLines(right, level, width)}`;
    }
    case "unary":
      return indent + expr.op + printLines(operand(expr.expr, SIGN_PRECEDENCE), level, width).slice(indent.length);
    case "subquery":
      return printLines(atom(expr.expr), level, width) + printSubqueryRange(expr);
  }
}

function printLine(expr: Expr): string {
  switch (expr.kind) {
    case "number":
      return expr.text;
    case "string":
      return quote(filled(expr.value));
    case "vector":
      return printSelector(expr) + printShift(expr);
    case "matrix":
      return `${printSelector(expr.selector)}[${printDuration(expr.range)}]${printShift(expr.selector)}`;
    case "subquery":
      return printLine(atom(expr.expr)) + printSubqueryRange(expr);
    case "call":
      return `${expr.function}(${expr.args.map(printLine).join(", ")})`;
    case "aggregation":
      return `${printOperator(expr)}(${expr.parameter === undefined ? "" : `${printLine(expr.parameter)}, `}${printLine(expr.expr)})`;
    case "binary": {
      const [left, right] = operands(expr);
      return `${printLine(left)} ${printBinaryOperator(expr)} ${printLine(right)}`;
    }
    case "unary":
      return expr.op + printLine(operand(expr.expr, SIGN_PRECEDENCE));
    case "paren":
      return `(${printLine(expr.expr)})`;
  }
}

/** In parentheses if it would otherwise be torn apart by an operator of this precedence. */
function operand(expr: Expr, precedence: number): Expr {
  const own = expr.kind === "binary" ? precedenceOf(expr.op) : precedence;
  return own < precedence ? { kind: "paren", expr } : expr;
}

function operands({ op, left, right }: BinaryExpr): [Expr, Expr] {
  const own = precedenceOf(op);
  if (op !== "^") return [operand(left, own), operand(right, own + 1)];
  // `^` groups to the right and binds tighter than a sign: only what stands by itself can be on its left.
  return [left.kind === "unary" ? { kind: "paren", expr: left } : operand(left, own + 1), operand(right, own)];
}

/** A range belongs to the last thing before it, so what it covers must stand by itself. */
function atom(expr: Expr): Expr {
  return expr.kind === "binary" || expr.kind === "unary" ? { kind: "paren", expr } : expr;
}

function printBinaryOperator({ op, bool, matching }: BinaryExpr): string {
  return `${op}${bool ? " bool" : ""}${matching === undefined ? "" : printMatching(matching)}`;
}

function printMatching({ kind, labels, group }: VectorMatching): string {
  const grouping = group === undefined ? "" : ` group_${group.side} (${printLabels(group.include)})`;
  return ` ${kind} (${printLabels(labels)})${grouping}`;
}

function printOperator({ op, grouping }: Aggregation): string {
  return grouping === undefined ? op : `${op} ${grouping.kind} (${printLabels(grouping.labels)}) `;
}

function printLabels(labels: readonly string[]): string {
  return labels.map((label) => (isBareLabelName(label) && label.toLowerCase() !== "without" ? label : quote(label))).join(", ");
}

function printSelector({ name, matchers }: VectorSelector): string {
  const list = matchers.map(printMatcher).join(",");
  return `${name === undefined ? "" : filled(name)}${list === "" && name !== undefined ? "" : `{${list}}`}`;
}

function printMatcher({ label, op, value }: Matcher): string {
  return `${isBareLabelName(label) ? label : quote(label)}${op}${quote(filled(value))}`;
}

function printShift({ offset, anchor }: TimeShift): string {
  const at = anchor === undefined ? "" : ` @ ${anchor.kind === "timestamp" ? anchor.text : `${anchor.kind}()`}`;
  return `${at}${offset === undefined ? "" : ` offset ${offset.negative ? "-" : ""}${printDuration(offset.by)}`}`;
}

function printSubqueryRange(expr: Extract<Expr, { kind: "subquery" }>): string {
  return `[${printDuration(expr.range)}:${expr.step === undefined ? "" : printDuration(expr.step)}]${printShift(expr)}`;
}

function printDuration(duration: Duration): string {
  if (duration.kind === "duration") return formatMilliseconds(duration.milliseconds);
  if (duration.variable === undefined) throw new Error("a query cannot be printed before its window is filled");
  return duration.variable;
}

function filled(text: Text): string {
  if (typeof text !== "string") throw new Error("a query cannot be printed before its window is filled");
  return text;
}

const NAMED_ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** In double quotes with Go's escapes. What nobody sees is escaped too, so that the text survives editors and YAML. */
export function quote(text: string): string {
  return `"${text.replace(/["\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\ufffd]/gu, escape)}"`;
}

function escape(character: string): string {
  const named = NAMED_ESCAPES[character];
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
