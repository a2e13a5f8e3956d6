import type { PromqlQuery } from "../../model/model.ts";
import type { PrometheusPolicy } from "../../model/policy.ts";
import type { Expr, Matcher, VectorSelector } from "../../promql/ast.ts";
import { selectorsOf, seriesName } from "../../promql/rewrite.ts";
import { withChildren } from "../../promql/walk.ts";
import { treeOf } from "./sli.ts";

/** What stands for the two hashes in matchers: a literal in tests, `{{args.canary-hash}}` for Argo. */
export interface Hashes {
  readonly canary: string;
  readonly stable: string;
}

/** How the series of one side of a release are found among all. */
export interface Side {
  /** Added to every selector. */
  readonly everywhere: readonly Matcher[];
  /** Added to every selector but those of the metrics in `except`. */
  readonly isolating: readonly Matcher[];
  readonly except: readonly string[];
}

export function sidesOf({ isolation, matchers }: Pick<PrometheusPolicy, "isolation" | "matchers">, hashes: Hashes) {
  const side = (name: keyof Hashes): Side => ({
    everywhere: matchers,
    isolating: isolation[name].map((matcher) => withHash(matcher, hashes[name])),
    except: isolation.except,
  });
  return { canary: side("canary"), stable: side("stable") };
}

function withHash(matcher: Matcher, hash: string): Matcher {
  return typeof matcher.value === "string" ? { ...matcher, value: matcher.value.replaceAll("{hash}", hash) } : matcher;
}

/**
 * The same query over one side alone. A selector that already asks something of the label keeps that, and both must hold:
 * what comes out may be empty, but is never more than the side. What surely holds whenever an added matcher does is left out.
 */
export function sliceExpr(expr: Expr, side: Side): Expr {
  if (expr.kind !== "vector") return withChildren(expr, (child) => sliceExpr(child, side));
  const added = matchersFor(expr, side).filter((matcher) => !expr.matchers.some((own) => isSame(own, matcher)));
  const kept = expr.matchers.filter((own) => !added.some((matcher) => own.label === matcher.label && isWider(own, matcher)));
  return { ...expr, matchers: [...kept, ...added] };
}

export function sliceQuery(query: PromqlQuery, side: Side): PromqlQuery {
  return { ...query, tree: sliceExpr(treeOf(query), side) };
}

/** A selector that already narrows a label by which the sides are told apart. */
export interface Clash {
  readonly selector: VectorSelector;
  readonly own: Matcher;
  readonly added: Matcher;
}

export function clashesIn(expr: Expr, side: Side): readonly Clash[] {
  return selectorsOf(expr).flatMap((selector) =>
    matchersFor(selector, side).flatMap((added) =>
      selector.matchers
        .filter((own) => own.label === added.label && (own.op === "=" || own.op === "=~") && !isSame(own, added) && !isWider(own, added))
        .map((own) => ({ selector, own, added })),
    ),
  );
}

/** Whether `own` surely lets pass all that `added` selects: `pod=~"shop-.+"` beside `pod=~"shop-{hash}-.+"`, or one of several names beside that name. */
function isWider(own: Matcher, added: Matcher): boolean {
  if (own.op !== "=~" || typeof own.value !== "string" || typeof added.value !== "string") return false;
  if (added.op === "=") return fits(added.value, own.value);
  const [, prefix] = /^([-\w]*)\.[*+]$/.exec(own.value) ?? [];
  const [beginning] = /^(?:[-\w]|\{hash\})+(?![?*{])(?=[^|]+$)/.exec(added.value) ?? [];
  return added.op === "=~" && prefix !== undefined && beginning?.startsWith(prefix) === true;
}

/** As Prometheus matches: the whole value. What only RE2 can read counts as not fitting. */
function fits(value: string, pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, "s").test(value);
  } catch {
    return false;
  }
}

export function isExcepted(selector: VectorSelector, { except }: Pick<Side, "except">): boolean {
  const name = seriesName(selector);
  return name !== undefined && except.includes(name);
}

function matchersFor(selector: VectorSelector, side: Side): readonly Matcher[] {
  return isExcepted(selector, side) ? side.everywhere : [...side.everywhere, ...side.isolating];
}

function isSame(a: Matcher, b: Matcher): boolean {
  return a.label === b.label && a.op === b.op && a.value === b.value;
}
