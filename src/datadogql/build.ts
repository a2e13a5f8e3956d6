import type { Argument, BinaryExpr, DatadogExpr, FunctionCall, NameRef, NumberLiteral, TagFilter } from "./ast.ts";

/** A decimal literal, printed as given. */
export function number(text: string): NumberLiteral {
  return { kind: "number", text };
}

/** A query of the same request, in its formula. */
export function name(text: string): NameRef {
  return { kind: "name", name: text };
}

/** The printer adds parentheses where precedence asks for them. */
export function binary(left: DatadogExpr, op: BinaryExpr["op"], right: DatadogExpr): BinaryExpr {
  return { kind: "binary", op, left, right };
}

export function call(fn: string, ...args: readonly Argument[]): FunctionCall {
  return { kind: "call", function: fn, args };
}

export function tag(key: string, value: string, { negated = false }: { readonly negated?: boolean } = {}): TagFilter {
  return { kind: "tag", negated, key, value };
}
