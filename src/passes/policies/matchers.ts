import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Matcher } from "../../promql/ast.ts";
import { isBareLabelName } from "../../promql/names.ts";
import { policyCodes } from "./codes.ts";
import { addedAt, addedTo, type Place } from "./environments.ts";

/** The labels that every selector of an SLI asks for in this place; one that only Datadog takes is reported and left out. */
export function addedMatchers(place: Place, report: Report): readonly Matcher[] {
  return addedTo(place).flatMap(([label, value]): readonly Matcher[] => {
    if (isBareLabelName(label)) return [{ label, op: "=", value }];
    const params = { matcher: label, environment: place.environment?.name ?? "", backend: "prometheus" } as const;
    report(policyCodes["unfit-matcher"](addedAt(place, label), params));
    return [];
  });
}
