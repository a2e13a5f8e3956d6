import type { Expr, VectorSelector } from "./ast.ts";

/** The expressions directly inside, in the order of the text. A range's selector counts as one. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "number":
    case "string":
    case "vector":
      return [];
    case "matrix":
      return [expr.selector];
    case "subquery":
    case "unary":
    case "paren":
      return [expr.expr];
    case "call":
      return expr.args;
    case "aggregation":
      return expr.parameter === undefined ? [expr.expr] : [expr.parameter, expr.expr];
    case "binary":
      return [expr.left, expr.right];
  }
}

/** The same expression with other ones inside. A range keeps a selector: `change` sees that as an expression of its own. */
export function withChildren(expr: Expr, change: (child: Expr) => Expr): Expr {
  switch (expr.kind) {
    case "number":
    case "string":
    case "vector":
      return expr;
    case "matrix": {
      const selector = change(expr.selector);
      if (selector.kind !== "vector") throw new Error("a range needs a selector inside");
      return { ...expr, selector };
    }
    case "subquery":
    case "unary":
    case "paren":
      return { ...expr, expr: change(expr.expr) };
    case "call":
      return { ...expr, args: expr.args.map(change) };
    case "aggregation":
      return { ...expr, ...(expr.parameter && { parameter: change(expr.parameter) }), expr: change(expr.expr) };
    case "binary":
      return { ...expr, left: change(expr.left), right: change(expr.right) };
  }
}

export function withoutParens(expr: Expr): Expr {
  return expr.kind === "paren" ? withoutParens(expr.expr) : expr;
}

/** Every selector of the query, in the order of the text. */
export function selectorsOf(expr: Expr): readonly VectorSelector[] {
  return expr.kind === "vector" ? [expr] : childrenOf(expr).flatMap(selectorsOf);
}
