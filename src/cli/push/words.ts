import { visible } from "../../diagnostics/frame.ts";
import type { Change } from "../../push/compare.ts";
import type { ObjectKind } from "../../push/manifest.ts";
import type { Step } from "../../push/plan.ts";
import { pageOf } from "../../push/site.ts";
import type { Json } from "../../yaml/json.ts";
import type { Outcome } from "./apply.ts";

export function nounOf(kind: ObjectKind): string {
  return kind === "slo" ? "SLO" : "monitor";
}

/** What came of a step, or that it would be taken but for a dry run. */
export type State = Outcome["state"] | "planned";

/** `thresholds[30d].target is 99.8 instead of 99.9` */
export function differenceText({ field, from, to }: Change): string {
  if (from === undefined) return `${field} lacks ${valueText(to)}`;
  if (to === undefined) return `${field} has ${valueText(from)} as well`;
  return `${field} is ${valueText(from)} instead of ${valueText(to)}`;
}

/** `thresholds[30d].target: 99.9 -> 99.95` */
function changeText({ field, from, to }: Change): string {
  if (from === undefined) return `${field}: + ${valueText(to)}`;
  if (to === undefined) return `${field}: - ${valueText(from)}`;
  return `${field}: ${valueText(from)} -> ${valueText(to)}`;
}

/** The line of one object, and below it what changes. */
export function stepLines(step: Step, site: string, state: State, datadogId: string | undefined): string {
  const { id, kind } = namedBy(step);
  const verb = state === "planned" ? step.kind : state === "done" ? DONE[step.kind] : state;
  const isGone = step.kind === "delete" && state === "done";
  const note = noteOf(step, state);
  const page = datadogId === undefined || isGone ? undefined : pageOf(site, kind, datadogId);
  const head = [`${verb.padEnd(9)} ${nounOf(kind).padEnd(7)} ${id}`, note, page].filter((part) => part !== undefined).join("  ");
  const changes = "changes" in step && state !== "skipped" ? step.changes.flatMap(changeLines) : [];
  return [head, ...changes.map((line) => `          ${line}`)].join("\n");
}

function noteOf(step: Step, state: State): string | undefined {
  if (step.kind === "left") return "no longer built; `--prune` deletes it";
  if (state === "skipped") return `was to be ${DONE[step.kind]}`;
  const isOwnType = step.kind === "recreate" && step.changes.every(({ field }) => field !== "type");
  return isOwnType ? "since its SLO is" : undefined;
}

/** Long texts are compared line by line: a message has twenty, of which one may differ. */
function changeLines(change: Change): readonly string[] {
  const line = changeText(change);
  const { field, from, to } = change;
  if (line.length <= 100 || from === undefined || to === undefined) return [line];
  const [before, after] = [from, to].map((value) => (typeof value === "string" ? value : valueText(value)).split("\n"));
  const { gone, added } = lineChanges(before ?? [], after ?? []);
  return [`${field}:`, ...gone.map((each) => `  - ${visible(each)}`), ...added.map((each) => `  + ${visible(each)}`)];
}

/** Without the lines that both begin with, and those that both end with. */
function lineChanges(
  before: readonly string[],
  after: readonly string[],
): { readonly gone: readonly string[]; readonly added: readonly string[] } {
  const difference = before.findIndex((line, index) => line !== after[index]);
  const head = difference === -1 ? before.length : difference;
  const rest = Math.min(before.length, after.length) - head;
  let tail = 0;
  while (tail < rest && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return { gone: before.slice(head, before.length - tail), added: after.slice(head, after.length - tail) };
}

/** What a machine is told of a step; stable. */
export function stepJson(step: Step, site: string, state: State, datadogId: string | undefined): object {
  const { id, kind } = namedBy(step);
  return {
    id,
    kind,
    site,
    ...("object" in step && { file: step.object.file }),
    action: step.kind,
    state,
    ...(datadogId !== undefined && { datadogId, url: pageOf(site, kind, datadogId) }),
    changes: "changes" in step ? step.changes.map(({ field, from, to }) => ({ field, from: from ?? null, to: to ?? null })) : [],
  };
}

const PLANNED: Readonly<Record<Step["kind"], string>> = {
  create: "to create",
  update: "to update",
  recreate: "to recreate",
  unchanged: "unchanged",
  delete: "to delete",
  left: "left",
};

const DONE: Readonly<Record<Step["kind"], string>> = {
  create: "created",
  update: "updated",
  recreate: "recreated",
  unchanged: "unchanged",
  delete: "deleted",
  left: "left",
};

/** `12 objects: 1 created, 2 updated, 9 unchanged in 840 ms` */
export function pushSummary(
  outcomes: readonly { readonly step: Step; readonly state: State }[],
  dryRun: boolean,
  milliseconds: number,
): string {
  const words = outcomes.map(({ step, state }) => (state === "done" ? DONE[step.kind] : state === "planned" ? PLANNED[step.kind] : state));
  const order = [...new Set([...Object.values(dryRun ? PLANNED : DONE), "failed", "skipped"])];
  const counts = order.flatMap((word) => {
    const count = words.filter((each) => each === word).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  const total = `${outcomes.length} object${outcomes.length === 1 ? "" : "s"}`;
  const detail = counts.length === 0 ? "" : `: ${counts.join(", ")}`;
  const rest = words.includes("failed") || words.includes("skipped") ? "; the same command does the rest once the cause is put right" : "";
  return `${total}${detail} in ${Math.round(milliseconds)} ms${dryRun ? " (dry run: nothing was changed)" : rest}`;
}

function namedBy(step: Step): { readonly id: string; readonly kind: ObjectKind } {
  return "object" in step ? step.object : { id: step.id, kind: step.existing.kind };
}

function valueText(value: Json | undefined): string {
  return JSON.stringify(value ?? null);
}
