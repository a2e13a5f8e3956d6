import type { Diagnostic, Report } from "../../../diagnostics/diagnostic.ts";
import { integerAt, itemsAt, textAt } from "../../../manifests/documents.ts";
import { applyEdits, type Edit, type Piece } from "../../../manifests/edit.ts";
import { hasMarker, marker } from "../../../manifests/marker.ts";
import { ObjectEditor } from "../../../manifests/object-editor.ts";
import { plain } from "../../../manifests/plain.ts";
import { toJson, type Json } from "../../../yaml/json.ts";
import { entryOf, headOf, valueOf, type YamlEntry, type YamlMap, type YamlNode } from "../../../yaml/tree.ts";
import type { CanaryAnalysis } from "../types.ts";
import type { CanaryFile } from "./canary-file.ts";
import { canaryCodes } from "./codes.ts";
import { flaggerSeconds } from "./durations.ts";
import { exactDuration } from "./fields.ts";
import { visitedWeights } from "./ladder.ts";
import { isOwnItem } from "./own-items.ts";

/**
 * The whole file with slogen's analysis in its Canary. The user's metrics, alerts and webhooks stay, in their order, and so does
 * every other byte; what an earlier build put there gives way. Undefined, after a report, if the two contradict each other or the
 * file is written in a way that leaves no safe place.
 */
export function mergeCanary(file: CanaryFile, analysis: CanaryAnalysis, report: Report): string | undefined {
  const refuse = (what: string): void => {
    report(canaryCodes["cannot-edit"](entryOf(entryOf(file.canary.root, "spec")?.value, "analysis")?.key.at ?? file.canary.at, { what }));
  };
  const found: Diagnostic[] = [];
  const editor = new ObjectEditor(file.canary, file.others, { near: PATH, refuse });
  editor.change(
    PATH,
    planEntries(file.analysis, wantedEntries(analysis), (diagnostic) => found.push(diagnostic)),
  );
  for (const list of ["metrics", "alerts", "webhooks"] as const)
    editor.mergeItems(PATH, {
      key: list,
      name: "name",
      wanted: analysis[list].map(plain),
      marks: "items",
      isOurs: isOwnItem(file.policy, list),
      conflict: (item, name) => found.push(canaryCodes["name-taken"](valueOf(item, "name")?.at ?? headOf(item), { list, name })),
    });
  found.forEach(report);
  const merged = editor.finish();
  if (merged === undefined || found.some(({ severity }) => severity === "error")) return undefined;
  return applyEdits(merged, durationEdits(editor.root, file));
}

/** What the user wrote in hours or days, where it stands by now. */
function durationEdits(root: YamlNode, { policy }: CanaryFile): readonly Edit[] {
  const durations = { metrics: "interval", webhooks: "timeout" } as const;
  return (["metrics", "webhooks"] as const).flatMap((list) => {
    const isOwn = isOwnItem(policy, list);
    return itemsAt(root, ...PATH, list).flatMap((item) => (isOwn(item) ? [] : (exactDuration(item, durations[list]) ?? [])));
  });
}

const PATH = ["spec", "analysis"];

/** What says how the release goes on; the API server takes one of `stepWeight`, `stepWeights` and `iterations`. */
const ADVANCE: readonly string[] = ["stepWeight", "stepWeights", "maxWeight", "iterations"];

const ORDER: readonly string[] = ["interval", "threshold", ...ADVANCE, "match", "metrics", "alerts", "webhooks"];

type Wanted = ReadonlyMap<string, Json>;

function wantedEntries({ interval, threshold, stepWeights, iterations, match }: CanaryAnalysis): Wanted {
  return new Map(Object.entries(plain({ interval, threshold, stepWeights, iterations, match })));
}

/** The entries of `spec.analysis`: what the user wrote stays where it says the same, and what is given up for ours is told. */
function planEntries(analysis: YamlMap, wanted: Wanted, report: Report): readonly Piece[] {
  const isKept = keeper(analysis, wanted);
  const advance = [...wanted.keys()].find((key) => ADVANCE.includes(key));
  const rivals = analysis.entries.filter((entry) => ADVANCE.includes(entry.key.text) && !isKept(entry));
  const isSaid = advance === undefined || analysis.entries.some((entry) => ADVANCE.includes(entry.key.text) && isKept(entry));
  const place = isSaid ? undefined : (rivals.find(({ key }) => key.text === advance) ?? rivals[0]);
  reportRivals(rivals, isSaid ? undefined : advance, wanted, report);

  const pieces = analysis.entries.flatMap((entry, over): readonly Piece[] => {
    const key = entry.key.text;
    if (isKept(entry)) return [{ keep: over }];
    const put = key === place?.key.text ? advance : key;
    const value = put === undefined || (rivals.includes(entry) && entry !== place) ? undefined : wanted.get(put);
    if (put === undefined || value === undefined) return [];
    if (!rivals.includes(entry)) reportChange([entry], `${put}: ${shown(value)}`, report);
    return [{ key: put, put: value, marker: marker(), over }];
  });
  const keys = analysis.entries.filter((entry) => isKept(entry) || wanted.has(entry.key.text)).map(({ key }) => key.text);
  const missing = [...wanted].filter(([key]) => !keys.includes(key) && !(key === advance && (isSaid || place !== undefined)));
  reportMatch(analysis, wanted, report);
  return missing.reduce<readonly Piece[]>((all, [key, put]) => inserted(all, { key, put, marker: marker() }, analysis), pieces);
}

/** Whether an entry of the user's stays as it is. */
function keeper(analysis: YamlMap, wanted: Wanted): (entry: YamlEntry) => boolean {
  const weights = wanted.get("stepWeights");
  const isSameLadder = weights !== undefined && JSON.stringify(visitedWeights(analysis)) === JSON.stringify(weights);
  // Flagger goes by `stepWeight` where both are there.
  const ladder = entryOf(analysis, "stepWeight") === undefined ? ["stepWeights", "maxWeight"] : ["stepWeight", "maxWeight"];
  return ({ key, value }) => {
    if (key.text === "interval") return flaggerSeconds(textAt(value) ?? "") === flaggerSeconds(textIn(wanted.get("interval")));
    if (key.text === "iterations") return wanted.has("iterations") && integerAt(value) === wanted.get("iterations");
    if (ADVANCE.includes(key.text)) return isSameLadder && ladder.includes(key.text);
    const put = wanted.get(key.text);
    if (put !== undefined) return JSON.stringify(toJson(value, "go-yaml-1.1")) === JSON.stringify(put);
    return !(key.text === "match" && hasMarker(key));
  };
}

function reportRivals(rivals: readonly YamlEntry[], advance: string | undefined, wanted: Wanted, report: Report): void {
  const theirs = rivals.filter(({ key }) => !hasMarker(key));
  const [key, value] = [...wanted].find(([each]) => each === advance) ?? [...wanted].find(([each]) => ADVANCE.includes(each)) ?? [];
  if (key !== undefined && value !== undefined && theirs.length > 0) reportChange(theirs, `${key}: ${shown(value)}`, report);
}

function reportChange(entries: readonly YamlEntry[], after: string, report: Report): void {
  const theirs = entries.filter(({ key }) => !hasMarker(key));
  const before = theirs.map(({ key, value }) => `\`${key.text}: ${shown(toJson(value, "go-yaml-1.1"))}\``).join(" and ");
  if (theirs.length > 0) report(canaryCodes.changed(theirs[0]?.key.at, { before, after }));
}

/** A `match` sends its requests to the canary at every weight, even where nothing else is said of an A/B test. */
function reportMatch(analysis: YamlMap, wanted: Wanted, report: Report): void {
  const match = entryOf(analysis, "match");
  if (match !== undefined && !wanted.has("match") && !hasMarker(match.key) && itemsAt(match.value).length > 0)
    report(canaryCodes["other-match"](match.key.at, {}));
}

/** A new entry comes after those that are usually written before it. */
function inserted(pieces: readonly Piece[], piece: Piece & { readonly key: string }, analysis: YamlMap): readonly Piece[] {
  const before = ORDER.slice(0, ORDER.indexOf(piece.key));
  const last = pieces.findLastIndex((each) =>
    before.includes("keep" in each ? (analysis.entries[each.keep]?.key.text ?? "") : (each.key ?? "")),
  );
  return [...pieces.slice(0, last + 1), piece, ...pieces.slice(last + 1)];
}

function textIn(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** As a reader would write it on one line. */
function shown(value: Json): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value).replaceAll(",", ", ");
}
