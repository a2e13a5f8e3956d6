import type { Report } from "../../diagnostics/diagnostic.ts";
import type { CatalogWindow, WindowCatalog } from "../../model/model.ts";
import { validate } from "../../schema/validate.ts";
import { formatDuration, parseDuration, type Seconds } from "../../units/duration.ts";
import { compare, divide, equal, parseDecimal, rational, ZERO } from "../../units/rational.ts";
import { numberText } from "../../yaml/scalar.ts";
import { entryOf, headOf, type YamlMap } from "../../yaml/tree.ts";
import type { LowerContext } from "../frontend.ts";
import { codes } from "./codes.ts";
import { fieldOf, mapOf, RULES, scalarOf } from "./fields.ts";

/** The catalog of one document, if it is sound. */
export function lowerAlertWindows(root: YamlMap, { report, reading }: LowerContext): readonly WindowCatalog[] {
  if (!validate("sloth/alert-windows", root, { rules: RULES, unknownKeys: reading.unknownKeys, report })) return [];
  const spec = mapOf(root, "spec");
  const period = durationOf(spec, "sloPeriod");
  if (period === undefined) return [];
  const windows = (["page", "ticket"] as const).map((severity) => {
    const [quick, slow] = (["quick", "slow"] as const).map((pace) =>
      lowerWindow(mapOf(mapOf(spec, severity), pace), `${severity}.${pace}`, period, report),
    );
    return quick && slow && { quick, slow };
  });
  const [page, ticket] = windows;
  return page && ticket ? [{ period, page, ticket, at: entryOf(spec, "sloPeriod")?.value.at ?? headOf(root) }] : [];
}

function lowerWindow(window: YamlMap | undefined, where: string, period: Seconds, report: Report): CatalogWindow | undefined {
  const scalar = scalarOf(window, "errorBudgetPercent");
  const percent = scalar && parseDecimal(numberText(scalar, RULES) ?? "");
  const short = durationOf(window, "shortWindow");
  const long = durationOf(window, "longWindow");
  if (percent === undefined || short === undefined || long === undefined || compare(percent, ZERO) <= 0) return undefined;
  const before = { short: formatDuration(short), long: formatDuration(long), period: formatDuration(period), where };
  const at = fieldOf(window, "errorBudgetPercent")?.at;
  if (short >= long) report(codes["windows-order"](fieldOf(window, "shortWindow")?.at, before));
  if (long > period) report(codes["window-above-period"](fieldOf(window, "longWindow")?.at, before));
  return short < long && long <= period ? { budgetShare: divide(percent, rational(100)), short, long, ...(at && { at }) } : undefined;
}

function durationOf(map: YamlMap | undefined, key: string): Seconds | undefined {
  return parseDuration(fieldOf(map, key)?.text ?? "");
}

/** One catalog for each period, as Sloth has it: the same twice is a warning, two different ones are an error. */
export function withoutDuplicates(catalogs: readonly WindowCatalog[], report: Report): readonly WindowCatalog[] {
  return catalogs.filter((catalog, i) => {
    const first = catalogs.slice(0, i).find(({ period }) => period === catalog.period);
    if (first === undefined) return true;
    const same = isSame(first, catalog);
    const related = first.at === undefined ? [] : [{ at: first.at, message: "the first one is here" }];
    const params = { period: formatDuration(catalog.period), same };
    report(codes["duplicate-catalog"](catalog.at, params, { related, severity: same ? "warning" : "error" }));
    return false;
  });
}

function isSame(a: WindowCatalog, b: WindowCatalog): boolean {
  const windows = ({ page, ticket }: WindowCatalog): readonly CatalogWindow[] => [page.quick, page.slow, ticket.quick, ticket.slow];
  const others = windows(b);
  return windows(a).every((window, i) => {
    const other = others[i];
    return (
      other !== undefined && equal(window.budgetShare, other.budgetShare) && window.short === other.short && window.long === other.long
    );
  });
}
