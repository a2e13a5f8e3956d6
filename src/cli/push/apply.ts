import type { Diagnostic, Report } from "../../diagnostics/diagnostic.ts";
import { pushCodes } from "../../push/codes.ts";
import { changesOf, updateBody } from "../../push/compare.ts";
import { tagsOf, type PushObject } from "../../push/objects.ts";
import { fillIn } from "../../push/placeholders.ts";
import { idOf, sloIdsOf, type Existing, type Making, type Step } from "../../push/plan.ts";
import { pageOf } from "../../push/site.ts";
import { ID_TAG, valuesOf } from "../../push/tags.ts";
import type { JsonObject } from "../../yaml/json.ts";
import type { Io } from "../io.ts";
import { pauseBefore, type Answer, type Datadog, type Failure } from "./datadog.ts";
import { differenceText, nounOf } from "./words.ts";

/** What came of a step. A skipped one needs something that failed, or comes after the point where the push had to stop. */
export interface Outcome {
  readonly step: Step;
  readonly state: "done" | "failed" | "skipped";
  /** Absent where there is no object. */
  readonly datadogId?: string;
}

export interface ApplyContext {
  readonly datadog: Datadog;
  readonly site: string;
  /** A file of the manifest as a person names it. */
  readonly shown: (file: string) => string;
  readonly sleep: Io["sleep"];
  readonly report: Report;
  /** Called after each step, so that a push that is killed has told how far it came. */
  readonly onOutcome: (outcome: Outcome) => void;
}

const CREATIONS = 4;

/**
 * Takes the steps one after another. What Datadog refuses stops only what needs it; what no other request would survive, such as a
 * wrong key, stops all. Nothing that is no longer built is deleted unless all the rest is in place: its successor may be what failed.
 */
export async function applySteps(steps: readonly Step[], context: ApplyContext): Promise<void> {
  const { onOutcome } = context;
  const run = new Run(steps, context);
  for (const step of steps) onOutcome(await run.take(step));
}

/** Has an identity: the ids and failures that it learns on the way. */
class Run {
  readonly #context: ApplyContext;
  readonly #sloIds: Map<string, string>;
  readonly #deleted = new Set<Existing>();
  readonly #failed = new Set<string>();
  /** SLOs that could not be made anew because Datadog does not let go of the old ones, which their monitors watch on. */
  readonly #kept = new Set<string>();
  #isStopped = false;
  #isTroubled = false;

  constructor(steps: readonly Step[], context: ApplyContext) {
    this.#context = context;
    this.#sloIds = new Map(sloIdsOf(steps));
  }

  async take(step: Step): Promise<Outcome> {
    if (step.kind === "unchanged" || step.kind === "left") return { step, state: "done", datadogId: step.existing.datadogId };
    if (this.#isStopped) return { step, state: "skipped" };
    if (step.kind === "delete") {
      if (this.#failed.size > 0) return { step, state: "skipped", datadogId: step.existing.datadogId };
      const isGone = await this.#delete(step.existing, `the ${nounOf(step.existing.kind)} \`${step.id}\``);
      return { step, state: isGone ? "done" : this.#fail(step.id), datadogId: step.existing.datadogId };
    }
    const { object } = step;
    if (object.needs.some((need) => this.#failed.has(need) && !this.#kept.has(need)))
      return { step, state: this.#fail(object.id, "skipped") };
    const made = await this.#make(step, fillIn(object.payload, this.#sloIds));
    if (made === undefined) {
      if (step.kind === "recreate") this.#keep(step);
      return { step, state: this.#fail(object.id) };
    }
    this.#isTroubled = false;
    if (object.kind === "slo") this.#sloIds.set(object.id, made.datadogId);
    return { step, state: "done", datadogId: made.datadogId };
  }

  /** Its monitors are gone already, and come back even so. */
  #keep({ object: { kind, id }, existing }: Making & { readonly kind: "recreate" }): void {
    if (kind !== "slo" || this.#deleted.has(existing)) return;
    this.#kept.add(id);
    this.#sloIds.set(id, existing.datadogId);
  }

  #fail<State extends "failed" | "skipped" = "failed">(id: string, state: State | "failed" = "failed"): State | "failed" {
    this.#failed.add(id);
    return state;
  }

  /** The object as Datadog has stored it; undefined, with a report, if it has not. */
  async #make(step: Making, payload: JsonObject): Promise<Existing | undefined> {
    const { object } = step;
    if (step.kind === "recreate") {
      for (const each of [...step.dependents, step.existing]) {
        if (!(await this.#delete(each, `the ${nounOf(each.kind)} \`${idOf(each)}\``))) return undefined;
      }
    }
    const made =
      step.kind === "update"
        ? await this.#settle(object, "update", await this.#update(object, step.existing, payload))
        : await this.#create(object, payload);
    if (made === undefined) return undefined;
    const changes = changesOf(object.kind, payload, made.payload);
    if (changes.length > 0) {
      const { shown, report } = this.#context;
      report(pushCodes["stored-otherwise"](undefined, { path: shown(object.file), differences: changes.map(differenceText).join("; ") }));
    }
    return made;
  }

  #update({ kind }: PushObject, { datadogId, payload: actual }: Existing, payload: JsonObject): Promise<Answer<Existing>> {
    return this.#context.datadog.update(kind, datadogId, updateBody(kind, payload, actual));
  }

  /**
   * Creates an object exactly once. After a request that got no clear answer it is looked for, and only if it is not there is the
   * request sent again; and then it is looked for once more, since the first one may have arrived late.
   */
  async #create(object: PushObject, payload: JsonObject): Promise<Existing | undefined> {
    const { datadog, sleep } = this.#context;
    for (let creation = 1; ; creation++) {
      const answer = await datadog.create(object.kind, payload);
      const isUnclear = !answer.ok && (answer.failure.kind === "unreachable" || answer.failure.kind === "server-error");
      if (answer.ok && creation === 1) return answer.value;
      const twin = answer.ok ? undefined : duplicateIn(answer.failure);
      if (twin !== undefined) return await this.#adopt(object, payload, twin);
      if (!answer.ok && !isUnclear) return await this.#settle(object, "create", answer);
      if (isUnclear) await sleep(pauseBefore(creation));
      const found = await this.#find(object);
      if (found === undefined) return undefined;
      const [only] = found;
      if (only !== undefined) return await this.#bring(object, payload, only);
      // The listing may lag behind: an object that was shown to us is there.
      if (answer.ok) return answer.value;
      if (creation === CREATIONS) return await this.#settle(object, "create", answer);
    }
  }

  /** Datadog keeps one monitor of a kind. Ours may have been made by a request that seemed to have failed; any other is not ours to take. */
  async #adopt(object: PushObject, payload: JsonObject, datadogId: string): Promise<Existing | undefined> {
    const { datadog, site, shown, report } = this.#context;
    const twin = await this.#settle(object, "create", await datadog.get(object.kind, datadogId));
    if (twin === undefined) return undefined;
    if (valuesOf(tagsOf(twin.payload), ID_TAG).includes(object.storedId)) return await this.#bring(object, payload, twin);
    const page = pageOf(site, object.kind, datadogId);
    report(pushCodes["duplicate-monitor"](undefined, { path: shown(object.file), tag: `${ID_TAG}:${object.storedId}`, page }));
    return undefined;
  }

  /** Brings an object that turned out to be there to what it should be. */
  async #bring(object: PushObject, payload: JsonObject, existing: Existing): Promise<Existing | undefined> {
    if (changesOf(object.kind, payload, existing.payload).length === 0) return existing;
    return await this.#settle(object, "update", await this.#update(object, existing, payload));
  }

  /** At most one; undefined, with a report, if there are several or nobody can tell. */
  async #find(object: PushObject): Promise<readonly Existing[] | undefined> {
    const { datadog, site, report } = this.#context;
    const { kind, id, storedId } = object;
    const all = await this.#settle(object, "create", await datadog.list(kind));
    const found = all?.filter(({ payload }) => valuesOf(tagsOf(payload), ID_TAG).includes(storedId));
    if (found === undefined || found.length < 2) return found;
    const pages = found.map(({ datadogId }) => pageOf(site, kind, datadogId));
    report(pushCodes.ambiguous(undefined, { id, kind, pages }));
    return undefined;
  }

  async #delete(existing: Existing, what: string): Promise<boolean> {
    if (this.#deleted.has(existing)) return true;
    const { datadog, site, report } = this.#context;
    const { kind, datadogId } = existing;
    const answer = await datadog.remove(kind, datadogId);
    if (answer.ok) {
      this.#deleted.add(existing);
      return true;
    }
    const { failure } = answer;
    const page = pageOf(site, kind, datadogId);
    if (failure.kind === "refused" && isInUse(failure)) report(pushCodes["in-use"](undefined, { what, words: failure.words, page }));
    else this.#complain(failure, "delete", page);
    return false;
  }

  async #settle<T>(object: PushObject, what: string, answer: Answer<T> | Promise<Answer<T>>): Promise<T | undefined> {
    const settled = await answer;
    if (settled.ok) return settled.value;
    this.#complain(settled.failure, what, this.#context.shown(object.file));
    return undefined;
  }

  #complain(failure: Failure, what: string, path: string): void {
    // One object may be more than Datadog can digest; if the next one fails as well, it is not the object.
    const isAlone = failure.kind === "refused" || (failure.kind === "server-error" && !this.#isTroubled);
    this.#isStopped ||= !isAlone;
    this.#isTroubled = failure.kind === "server-error";
    this.#context.report(failureDiagnostic(failure, this.#context.datadog.host, what, path));
  }
}

/** A failure in words. `what` and `path` tell what was to be done with which object. */
export function failureDiagnostic(failure: Failure, host: string, what: string, path: string): Diagnostic {
  switch (failure.kind) {
    case "unreachable":
      return pushCodes.unreachable(undefined, { host, reason: failure.reason });
    case "server-error":
      return pushCodes["server-error"](undefined, { host, what, path, status: failure.status, words: failure.words });
    case "rate-limited":
      return pushCodes["rate-limited"](undefined, { host, tries: failure.tries });
    case "unauthorised":
      return pushCodes.unauthorised(undefined, { host, ...failure });
    case "odd":
      return pushCodes["not-datadog"](undefined, { host, request: failure.request, problem: failure.problem });
    case "refused":
      return pushCodes.refused(undefined, { what, path, status: failure.status, words: failure.words });
  }
}

/** `Duplicate of an existing monitor_id:<n>` is a 400 like any other, but for its words. */
function duplicateIn(failure: Failure): string | undefined {
  return failure.kind === "refused" ? /Duplicate of an existing monitor_id:\s*(\d+)/.exec(failure.words)?.[1] : undefined;
}

function isInUse({ status, words }: Failure & { readonly kind: "refused" }): boolean {
  return status === 409 || /\breferenced in\b/.test(words);
}
