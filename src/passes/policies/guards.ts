import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Query } from "../../model/model.ts";
import type { Guard } from "../../model/policy.ts";
import { headOf, valueOf, type YamlMap, type YamlScalar } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { itemsAt, textAt, valueSpan } from "./fields.ts";
import { limitOf } from "./limits.ts";
import type { Unit } from "./units.ts";

/** A guard's query in one language, and what its names tell of the unit of its value. */
export interface GuardQuery<Q extends Query> {
  readonly query: Q;
  readonly unit: Unit | undefined;
}

/** Reports what is wrong with a guard's query; gives nothing if that is an error. */
export type GuardReader<Q extends Query> = (scalar: YamlScalar, report: Report) => GuardQuery<Q> | undefined;

/** The policy's plain thresholds; one that is wrong is reported and left out. */
export function guardsOf<Q extends Query>(spec: YamlMap, read: GuardReader<Q>, report: Report): readonly Guard<Q>[] {
  const names = new Set<string>();
  return itemsAt(spec, "guards").flatMap((item) => {
    const name = textAt(item, "name") ?? "";
    const at = valueSpan(item, ["name"], headOf(item));
    if (names.has(name)) report(policyCodes["guard-twice"](at, { name }));
    names.add(name);
    const node = valueOf(item, "query");
    const found = node?.kind === "scalar" ? read(node, report) : undefined;
    if (found === undefined) return [];
    const bound = valueOf(item, "max") === undefined ? "min" : "max";
    const limit = limitOf(item, bound, found.unit, report);
    const action = textAt(item, "action") === "fail" ? "fail" : "hold";
    return limit === undefined ? [] : [{ name, query: found.query, bound, limit, action, at }];
  });
}
