import type { Report } from "../diagnostics/diagnostic.ts";
import type { JsonObject } from "../yaml/json.ts";
import { pushCodes } from "./codes.ts";
import { changesOf, isTypeChange, type Change } from "./compare.ts";
import type { ObjectKind } from "./manifest.ts";
import { tagsOf, type PushObject } from "./objects.ts";
import { fillIn } from "./placeholders.ts";
import { pageOf } from "./site.ts";
import { ID_TAG, OWNER_TAG, storedValue, valuesOf } from "./tags.ts";

/** An object that Datadog has, slogen's or not. */
export interface Existing {
  readonly kind: ObjectKind;
  readonly datadogId: string;
  readonly payload: JsonObject;
}

/** What becomes of one object, in the order of carrying it out. */
export type Step = Making | Unchanged | Removal | Leftover;

/** The object is sent. */
export type Making = Creation | Update | Recreation;

interface Unchanged {
  readonly kind: "unchanged";
  readonly object: PushObject;
  readonly existing: Existing;
}

interface Creation {
  readonly kind: "create";
  readonly object: PushObject;
}

interface Update {
  readonly kind: "update";
  readonly object: PushObject;
  readonly existing: Existing;
  readonly changes: readonly Change[];
}

interface Recreation {
  readonly kind: "recreate";
  readonly object: PushObject;
  readonly existing: Existing;
  readonly changes: readonly Change[];
  /** Deleted before `existing`: the monitors that watch an SLO. */
  readonly dependents: readonly Existing[];
}

/** The manifest no longer names it. */
interface Removal {
  readonly kind: "delete";
  readonly id: string;
  readonly existing: Existing;
}

/** It would be removed if that were asked for. */
interface Leftover {
  readonly kind: "left";
  readonly id: string;
  readonly existing: Existing;
}

export interface PlanInput {
  /** Each after what it needs. */
  readonly objects: readonly PushObject[];
  /** All that Datadog has, of both kinds. */
  readonly existing: readonly Existing[];
  readonly site: string;
  readonly owner: string | undefined;
  readonly prune: boolean;
  readonly recreate: boolean;
  readonly report: Report;
}

/** The steps that bring Datadog to what the manifest says. After an error, which is reported, none of them may be taken. */
export function planPush(input: PlanInput): readonly Step[] {
  const { objects, existing, prune } = input;
  const partners = new Map(objects.flatMap((object) => partnerOf(object, input) ?? []));
  const sloIds = datadogIdsOf(partners);
  const stale = staleOf(input);
  const steps: Step[] = [];
  const renewed = new Set<string>();
  for (const kind of ["slo", "monitor"] as const) {
    for (const object of objects.filter((each) => each.kind === kind)) {
      const step = stepFor(object, partners.get(object), sloIds, renewed);
      if (step.kind === "recreate") renewed.add(object.id);
      steps.push(step);
    }
  }
  const gone = prune ? ("delete" as const) : ("left" as const);
  for (const kind of ["monitor", "slo"] as const)
    steps.push(...stale.filter((each) => each.kind === kind).map((each) => ({ kind: gone, id: idOf(each), existing: each })));
  const planned = steps.map((step) => (step.kind === "recreate" ? { ...step, dependents: watchersOf(step.existing, existing) } : step));
  const going = new Set(planned.flatMap((step) => (step.kind === "recreate" || step.kind === "delete" ? [step.existing] : [])));
  checkTypes(planned, input);
  checkWatchers(going, input);
  return planned;
}

/** Datadog's ids of the SLOs that it has, by `slogen_id`. */
export function sloIdsOf(steps: readonly Step[]): ReadonlyMap<string, string> {
  return datadogIdsOf(
    new Map(steps.flatMap((step) => (step.kind === "unchanged" || step.kind === "update" ? [[step.object, step.existing] as const] : []))),
  );
}

function datadogIdsOf(partners: ReadonlyMap<PushObject, Existing>): ReadonlyMap<string, string> {
  return new Map([...partners].flatMap(([{ kind, id }, { datadogId }]) => (kind === "slo" ? [[id, datadogId]] : [])));
}

/** The one object at Datadog that carries this one's id; undefined, with a report if that is not for us to settle. */
function partnerOf(object: PushObject, { existing, site, owner, report }: PlanInput): readonly [PushObject, Existing][] | undefined {
  const { kind, id, storedId } = object;
  const found = existing.filter((each) => each.kind === kind && valuesOf(tagsOf(each.payload), ID_TAG).includes(storedId));
  const [only, ...others] = found;
  if (only === undefined) return undefined;
  const page = (each: Existing): string => pageOf(site, kind, each.datadogId);
  if (others.length > 0) {
    report(pushCodes.ambiguous(undefined, { id, kind, pages: found.map(page) }));
    return undefined;
  }
  const tags = tagsOf(only.payload);
  const ids = valuesOf(tags, ID_TAG);
  if (ids.length > 1) {
    report(pushCodes["several-ids"](undefined, { kind, ids, page: page(only) }));
    return undefined;
  }
  const stranger = valuesOf(tags, OWNER_TAG).find((each) => owner === undefined || each !== storedValue(OWNER_TAG, owner));
  if (stranger !== undefined) {
    report(pushCodes["other-owner"](undefined, { id, kind, owner: stranger, own: owner, page: page(only) }));
    return undefined;
  }
  return [[object, only]];
}

function stepFor(
  object: PushObject,
  existing: Existing | undefined,
  sloIds: ReadonlyMap<string, string>,
  renewed: ReadonlySet<string>,
): Step {
  if (existing === undefined) return { kind: "create", object };
  const wanted = fillIn(object.payload, sloIds);
  const changes = changesOf(object.kind, wanted, existing.payload);
  if (isTypeChange(wanted, existing.payload) || object.needs.some((need) => renewed.has(need)))
    return { kind: "recreate", object, existing, changes, dependents: [] };
  return changes.length === 0 ? { kind: "unchanged", object, existing } : { kind: "update", object, existing, changes };
}

/** Those of this owner that the manifest does not name. Without an owner nobody can tell whose they are. */
function staleOf({ objects, existing, owner }: PlanInput): readonly Existing[] {
  if (owner === undefined) return [];
  const named = new Set(objects.map(({ kind, storedId }) => `${kind} ${storedId}`));
  const own = storedValue(OWNER_TAG, owner);
  return existing.filter(({ kind, payload }) => {
    const tags = tagsOf(payload);
    const ids = valuesOf(tags, ID_TAG);
    return valuesOf(tags, OWNER_TAG).includes(own) && ids.length > 0 && !ids.some((id) => named.has(`${kind} ${id}`));
  });
}

/** Its `slogen_id`; empty for what slogen has not made. */
export function idOf({ payload }: Existing): string {
  return valuesOf(tagsOf(payload), ID_TAG).join(", ");
}

function checkTypes(steps: readonly Step[], { site, recreate, report }: PlanInput): void {
  if (recreate) return;
  for (const step of steps) {
    if (step.kind !== "recreate" || !isTypeChange(step.object.payload, step.existing.payload)) continue;
    const { object, existing } = step;
    const [from, to] = [existing.payload["type"], object.payload["type"]].map((type) => (typeof type === "string" ? type : "?"));
    report(
      pushCodes["type-changed"](undefined, {
        id: object.id,
        kind: object.kind,
        from: from ?? "?",
        to: to ?? "?",
        page: pageOf(site, object.kind, existing.datadogId),
      }),
    );
  }
}

/** A monitor whose query names an SLO that is gone can neither alert nor be edited. */
function checkWatchers(going: ReadonlySet<Existing>, { existing, site, prune, report }: PlanInput): void {
  for (const slo of [...going].filter(({ kind }) => kind === "slo")) {
    const staying = watchersOf(slo, existing).filter((monitor) => !going.has(monitor));
    if (staying.length === 0) continue;
    report(
      pushCodes.watched(undefined, {
        id: idOf(slo),
        page: pageOf(site, "slo", slo.datadogId),
        monitors: staying.map(({ datadogId }) => pageOf(site, "monitor", datadogId)),
        prune,
      }),
    );
  }
}

/** The monitors whose query names the SLO; none for a monitor. */
function watchersOf({ kind, datadogId }: Existing, existing: readonly Existing[]): readonly Existing[] {
  if (kind !== "slo") return [];
  return existing.filter((each) => {
    const query = each.kind === "monitor" ? each.payload["query"] : undefined;
    return typeof query === "string" && query.includes(`"${datadogId}"`);
  });
}
