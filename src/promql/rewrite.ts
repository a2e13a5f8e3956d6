import type { Duration, Expr, Text, TimeShift, VectorSelector, WindowHole } from "./ast.ts";
import { formatMilliseconds } from "./literals.ts";
import { childrenOf, withChildren } from "./walk.ts";
import type { Seconds } from "../units/duration.ts";

export { typeOf } from "./check.ts";
export { outputLabels } from "./labels.ts";
export { selectorsOf } from "./walk.ts";

/** True if the predicate holds for the expression or anything inside it. */
export function someExpr(expr: Expr, predicate: (part: Expr) => boolean): boolean {
  return predicate(expr) || childrenOf(expr).some((child) => someExpr(child, predicate));
}

/** The expression and all that it is made of, outermost first. */
export function partsOf(expr: Expr): readonly Expr[] {
  return [expr, ...childrenOf(expr).flatMap(partsOf)];
}

/** Every window of the query, wherever it stands, becomes this length. */
export function fillWindow(expr: Expr, window: Seconds): Expr {
  const length: Duration = { kind: "duration", milliseconds: window * 1000 };
  return mapWindows(expr, (duration) => (duration.kind === "window" ? length : duration), formatMilliseconds(length.milliseconds));
}

/** The same for a length that the tool which reads the query fills in: `variable` is printed in its place. */
export function leaveWindow(expr: Expr, variable: string): Expr {
  return mapWindows(expr, (duration) => (duration.kind === "window" ? { ...duration, variable } : duration), variable);
}

/** The same query with other durations; windows within names and strings become `text` where that is given. */
export function mapWindows(expr: Expr, change: (duration: Duration) => Duration, text?: string): Expr {
  const inText = (template: Text): Text => (typeof template === "string" || text === undefined ? template : fillText(template.parts, text));
  const inShift = ({ offset }: TimeShift): TimeShift => (offset ? { offset: { ...offset, by: change(offset.by) } } : {});
  const map = (part: Expr): Expr => {
    const inner = withChildren(part, map);
    switch (inner.kind) {
      case "string":
        return { ...inner, value: inText(inner.value) };
      case "vector": {
        const matchers = inner.matchers.map((matcher) => ({ ...matcher, value: inText(matcher.value) }));
        return { ...inner, ...(inner.name !== undefined && { name: inText(inner.name) }), matchers, ...inShift(inner) };
      }
      case "matrix":
        return { ...inner, range: change(inner.range) };
      case "subquery":
        return { ...inner, range: change(inner.range), ...(inner.step && { step: change(inner.step) }), ...inShift(inner) };
      case "number":
      case "call":
      case "aggregation":
      case "binary":
      case "unary":
      case "paren":
        return inner;
    }
  };
  return map(expr);
}

function fillText(parts: readonly (string | WindowHole)[], text: string): string {
  return parts.map((part) => (typeof part === "string" ? part : text)).join("");
}

/** True if a window is still to be filled in. */
export function hasWindow(expr: Expr): boolean {
  return someExpr(expr, (part) => {
    const open = (text: Text | undefined): boolean => typeof text === "object";
    switch (part.kind) {
      case "string":
        return open(part.value);
      case "vector":
        return open(part.name) || part.matchers.some(({ value }) => open(value)) || part.offset?.by.kind === "window";
      case "matrix":
        return part.range.kind === "window";
      case "subquery":
        return [part.range, part.step, part.offset?.by].some((duration) => duration?.kind === "window");
      case "number":
      case "call":
      case "aggregation":
      case "binary":
      case "unary":
      case "paren":
        return false;
    }
  });
}

/** The name of the series, its windows left out; undefined where only matchers say what is selected. */
export function seriesName(selector: VectorSelector): string | undefined {
  const name = selector.name ?? selector.matchers.find(({ label, op }) => label === "__name__" && op === "=")?.value;
  return name === undefined || typeof name === "string" ? name : fillText(name.parts, "");
}
