/**
 * The gate put into the user's Rollout.
 *
 * Approach: each list or map that changes is planned as pieces (kept, put, left out), which give both the new text and the new
 * value. The text is read again at the end; unless it means exactly the planned value, and every other object of the file what it
 * meant before, nothing is written.
 */
import type { Report } from "../../../diagnostics/diagnostic.ts";
import type { SourceFile } from "../../../diagnostics/source.ts";
import type { Seconds } from "../../../units/duration.ts";
import { toJson, type Json, type JsonObject } from "../../../yaml/json.ts";
import { entryOf, headOf, valueOf, type YamlMap, type YamlNode } from "../../../yaml/tree.ts";
import type { CanaryBlock, GateBlock, GateStep, RolloutAnalysis } from "../types.ts";
import type { TemplateRole } from "../names.ts";
import { rolloutCodes } from "./codes.ts";
import { itemsAt, readObjects, textAt, type KubernetesObject } from "./documents.ts";
import { applyEdits, editCollection, type Piece } from "./edit.ts";
import { isFlow, isList, isMap, layoutOf } from "./layout.ts";
import { isMarked, marker } from "./marker.ts";
import type { RolloutFile } from "./rollout-file.ts";
import { firstLine, isGated, templateNames, type RolloutStep } from "./steps.ts";

/**
 * The whole file with the gate in its Rollout. All else keeps its bytes, and what an earlier build put there gives way.
 * Undefined, after a report, if the file is written in a way that leaves no safe place for the gate.
 *
 * The background analysis starts right after the first weight of the merged steps, wherever the user's own steps have moved it.
 */
export function mergeRollout(file: RolloutFile, block: GateBlock, report: Report): string | undefined {
  const merger = new Merger(file, block, report);
  if (block.kind === "canary") {
    const steps = merger.mergeSteps();
    const first = steps.findIndex((piece) => "keep" in piece && isGatedAt(file.steps, piece.keep));
    merger.mergeAnalysis("analysis", block.analysis && { ...block.analysis, startingStep: first + 1 }, "background");
  } else {
    merger.mergeAnalysis("prePromotionAnalysis", block.prePromotionAnalysis, "pre-promotion");
    merger.mergeAnalysis("postPromotionAnalysis", block.postPromotionAnalysis, "post-promotion");
  }
  return merger.finish();
}

const ROLES: readonly TemplateRole[] = ["background", "promote", "budget", "post-promotion"];

type Wanted = RolloutAnalysis & { readonly startingStep?: number };

class Merger {
  private source: SourceFile;
  /** What `source` holds, as far as it is changed. */
  private objects: readonly KubernetesObject[];
  private readonly position: number;
  private readonly expected: Json[];
  private readonly ourNames: ReadonlySet<string>;
  private failed = false;

  constructor(
    private readonly file: RolloutFile,
    private readonly block: GateBlock,
    private readonly report: Report,
  ) {
    this.source = file.source;
    this.objects = [file.rollout, ...file.others]
      .filter((object) => object.file === file.source)
      .sort((one, other) => one.root.at.start - other.root.at.start);
    this.position = this.objects.indexOf(file.rollout);
    this.expected = this.objects.map(({ root }) => toJson(root, "go-yaml-1.1"));
    this.ourNames = new Set(analysesOf(block).flatMap(({ templates }) => templates.map(({ templateName }) => templateName)));
  }

  finish(): string | undefined {
    if (this.failed) return undefined;
    const merged = this.objects.map(({ root }) => toJson(root, "go-yaml-1.1"));
    if (JSON.stringify(merged) === JSON.stringify(this.expected)) return this.source.text;
    this.refuse("the result would not mean what it should");
    return undefined;
  }

  mergeSteps(): readonly Piece[] {
    const { steps } = this.file;
    const pieces = this.planSteps();
    this.change([...this.path, "steps"], pieces);
    for (const [index, { kind, node }] of steps.entries()) {
      const isKept = pieces.some((piece) => "keep" in piece && piece.keep === index);
      const analysis = valueOf(node, "analysis");
      if (kind !== "analysis" || analysis === undefined) continue;
      if (isKept) this.report(rolloutCodes["own-analysis"](headOf(node), { templates: quoted(templateNames(analysis)) }));
      else this.reportRemoved(analysis);
    }
    return pieces;
  }

  /**
   * After each weight our step takes the place of a pause that only let time pass. A pause without a duration waits for a human,
   * and stays. A check before any traffic is the first step of all.
   */
  private planSteps(): readonly Piece[] {
    const { file, block } = this;
    const pieces: Piece[] = [];
    if (block.kind !== "canary") return pieces;
    const isOurs = (step: RolloutStep): boolean =>
      step.isMarked || (step.kind === "analysis" && step.templates.length > 0 && step.templates.every((name) => this.isOurName(name)));
    const gates = this.gatesByPosition(block);
    const isFree = (step: RolloutStep, position: number): boolean =>
      isOurs(step) || (gates.has(position) && step.kind === "pause" && step.seconds !== undefined);
    const put = (value: object, mark: string, position: number): void => {
      const step = file.steps[position];
      pieces.push({ put: plain(value), marker: mark, ...(step !== undefined && isFree(step, position) && { over: position }) });
    };
    if (block.beforeTraffic !== undefined) put({ analysis: block.beforeTraffic }, marker(), 0);
    file.steps.forEach((step, position) => {
      const gate = gates.get(position);
      if (gate !== undefined) put(gate.step, gate.mark, position);
      if (!isFree(step, position)) pieces.push({ keep: position });
    });
    const last = gates.get(file.steps.length);
    if (last !== undefined) put(last.step, last.mark, file.steps.length);
    return pieces;
  }

  /** What comes right after each weight, by its place among the steps as they are. */
  private gatesByPosition(block: CanaryBlock): ReadonlyMap<number, { readonly step: GateStep; readonly mark: string }> {
    const { steps, delivery } = this.file;
    const weights = steps.flatMap((step, position) => (isGated(step) ? [{ weight: step.weight, position }] : []));
    return new Map(
      weights.flatMap(({ weight, position }, index) => {
        const gate = block.afterWeight[index];
        const bake = delivery.kind === "canary" ? delivery.steps[index]?.bake : undefined;
        return gate?.weight === weight ? [[position + 1, { step: gate.step, mark: markerOf(gate.step, bake) }]] : [];
      }),
    );
  }

  /** Puts one of the strategy's analyses in place; what the user runs there stays, and shares the run with ours. */
  mergeAnalysis(key: string, wanted: Wanted | undefined, place: string): void {
    const strategy = valueOf(this.root, ...this.path);
    if (strategy?.kind !== "map") return;
    const index = strategy.entries.findIndex((entry) => entry.key.text === key);
    const entry = strategy.entries[index];
    const existing = entry?.value;
    if (existing?.kind === "map" && entry !== undefined && !isMarked(firstLine(entry.key)) && !this.areOurs(existing)) {
      this.mergeInto([...this.path, key], existing, wanted, place);
      return;
    }
    if (existing !== undefined) this.reportRemoved(existing);
    const pieces: Piece[] = strategy.entries.flatMap((_, position): Piece[] => {
      if (position !== index) return [{ keep: position }];
      return wanted === undefined ? [] : [{ key, put: plain(wanted), marker: marker(), over: position }];
    });
    if (index < 0 && wanted !== undefined) {
      const steps = strategy.entries.findIndex((each) => each.key.text === "steps");
      pieces.splice(steps < 0 ? pieces.length : steps + 1, 0, { key, put: plain(wanted), marker: marker() });
    }
    this.change(this.path, pieces);
  }

  private mergeInto(path: readonly string[], existing: YamlMap, wanted: Wanted | undefined, place: string): void {
    const theirs = itemsAt(existing, "templates").filter((item) => !this.isOurItem(item, "templateName"));
    if (wanted !== undefined) {
      const params = {
        place,
        templates: quoted(theirs.map((item) => textAt(item, "templateName") ?? "")),
        before: textAt(existing, "startingStep"),
        after: wanted.startingStep,
      };
      this.report(rolloutCodes["shared-analysis"](headOf(existing), params));
    }
    this.mergeItems(path, "templates", "templateName", wanted?.templates.map(plain) ?? []);
    this.mergeItems(path, "args", "name", wanted?.args?.map(plain) ?? []);
    if (wanted?.startingStep !== undefined) this.setStartingStep(path, wanted.startingStep);
  }

  /** Ours go to the end of the user's list, or stay where they are. */
  private mergeItems(path: readonly string[], key: string, name: string, wanted: readonly JsonObject[]): void {
    const owner = valueOf(this.root, ...path);
    const list = valueOf(owner, key);
    if (owner?.kind !== "map") return;
    if (list?.kind !== "list" || list.items.length === 0) {
      if (wanted.length > 0) this.setEntry(path, key, wanted);
      return;
    }
    const left = new Map(wanted.map((item) => [item[name], item]));
    const pieces: Piece[] = [];
    list.items.forEach((item, position) => {
      const itemName = textAt(item, name);
      const ours = left.get(itemName ?? "");
      if (!isMarked(firstLine(item)) && (name === "name" || !this.isOurName(itemName ?? ""))) {
        if (ours !== undefined && JSON.stringify(toJson(item, "go-yaml-1.1")) !== JSON.stringify(ours)) {
          this.report(rolloutCodes["argument-conflict"](headOf(item), { name: itemName ?? "" }));
          this.failed = true;
        }
        pieces.push({ keep: position });
      } else if (ours !== undefined) pieces.push({ put: ours, marker: marker(), over: position });
      left.delete(itemName ?? "");
    });
    pieces.push(...[...left.values()].map((item) => ({ put: item, marker: marker() })));
    if (pieces.length > 0) this.change([...path, key], pieces);
    else this.removeEntry(path, key);
  }

  /** The user's own number stays as it is where it says the same. */
  private setStartingStep(path: readonly string[], step: number): void {
    const existing = textAt(valueOf(this.root, ...path), "startingStep");
    if (existing !== String(step)) this.setEntry(path, "startingStep", step);
  }

  private setEntry(path: readonly string[], key: string, value: Json): void {
    const map = valueOf(this.root, ...path);
    if (map?.kind !== "map") return;
    const position = map.entries.findIndex((entry) => entry.key.text === key);
    const pieces: Piece[] = map.entries.map((_, index) =>
      index === position ? { key, put: value, marker: marker(), over: index } : { keep: index },
    );
    this.change(path, position < 0 ? [...pieces, { key, put: value, marker: marker() }] : pieces);
  }

  private removeEntry(path: readonly string[], key: string): void {
    const map = valueOf(this.root, ...path);
    if (map?.kind === "map")
      this.change(
        path,
        map.entries.flatMap((entry, index) => (entry.key.text === key ? [] : [{ keep: index }])),
      );
  }

  /** A template of the user's own could not have such a name: ours would take its place in the cluster. */
  private isOurName(name: string): boolean {
    const suffix = name.startsWith(`${this.file.policy}-`) ? name.slice(this.file.policy.length + 1).replace(/-\d+$/, "") : undefined;
    return this.ourNames.has(name) || ROLES.some((role) => role === suffix);
  }

  private isOurItem(item: YamlNode, name: string): boolean {
    return isMarked(firstLine(item)) || this.isOurName(textAt(item, name) ?? "");
  }

  private areOurs(analysis: YamlNode): boolean {
    const templates = itemsAt(analysis, "templates");
    return templates.length > 0 && templates.every((item) => this.isOurItem(item, "templateName"));
  }

  /** All below a marker is ours; what somebody has added there since goes, but not unsaid. */
  private reportRemoved(analysis: YamlNode): void {
    for (const item of itemsAt(analysis, "templates")) {
      const template = textAt(item, "templateName") ?? "";
      if (!this.isOurItem(item, "templateName")) this.report(rolloutCodes["removed-template"](headOf(item), { template }));
    }
  }

  private get root(): YamlNode {
    return this.objects[this.position]?.root ?? this.file.rollout.root;
  }

  private get path(): readonly string[] {
    return ["spec", "strategy", this.block.kind];
  }

  /** Changes the list or map at `path`, in the text and in what it is expected to mean. */
  private change(path: readonly string[], pieces: readonly Piece[]): void {
    if (this.failed) return;
    const { root } = this;
    const node = valueOf(root, ...path);
    if (node === undefined || node.kind === "scalar" || !isWrittenOut(root, path)) {
      this.refuse(`\`${path.at(-1) ?? ""}\` comes from an alias or a merge key`);
      return;
    }
    const near = valueOf(root, ...this.path) ?? root;
    const edits = editCollection(node, pieces, layoutOf(near, root));
    if (edits === undefined) {
      this.refuse(
        isFlow(node)
          ? `comments, anchors or tags stand between the brackets of \`${path.at(-1) ?? ""}\``
          : `\`${path.at(-1) ?? ""}\` is not written with one item or key at the start of each line`,
      );
      return;
    }
    if (edits.length === 0) return;
    this.source = { path: this.source.path, text: applyEdits(this.source.text, edits) };
    const objects = readObjects(this.source, () => undefined);
    if (objects === undefined) {
      this.refuse("the result could not be read");
      return;
    }
    this.objects = objects;
    const expected = this.expected[this.position];
    if (expected !== undefined) this.expected[this.position] = withPieces(expected, path, pieces);
  }

  private refuse(what: string): void {
    this.failed = true;
    const { strategy } = this.file;
    this.report(rolloutCodes["cannot-edit"](entryOf(strategy, "steps")?.key.at ?? headOf(strategy), { what }));
  }
}

function analysesOf(block: GateBlock): readonly RolloutAnalysis[] {
  const analyses =
    block.kind === "canary"
      ? [block.analysis, block.beforeTraffic, ...block.afterWeight.map(({ step }) => ("analysis" in step ? step.analysis : undefined))]
      : [block.prePromotionAnalysis, block.postPromotionAnalysis];
  return analyses.flatMap((analysis) => analysis ?? []);
}

function isGatedAt(steps: readonly RolloutStep[], index: number): boolean {
  const step = steps[index];
  return step !== undefined && isGated(step);
}

/** An analysis hides how long the pause was that it replaces. */
function markerOf(step: GateStep, bake: Seconds | undefined): string {
  return marker("analysis" in step ? bake : undefined);
}

/** Whether every key on the way stands in the map that holds it, and its value after it. */
function isWrittenOut(root: YamlNode, path: readonly string[]): boolean {
  let node = root;
  for (const step of path) {
    const entry = entryOf(node, step);
    if (entry === undefined || entry.key.at.start < node.at.start || entry.key.at.end > node.at.end) return false;
    if (entry.value.at.start < entry.key.at.end || entry.value.at.end > node.at.end) return false;
    node = entry.value;
  }
  return true;
}

function withPieces(value: Json, path: readonly string[], pieces: readonly Piece[]): Json {
  const [step, ...rest] = path;
  if (step !== undefined) {
    if (!isMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, key === step ? withPieces(each, rest, pieces) : each]));
  }
  if (isList(value)) return pieces.map((piece) => ("keep" in piece ? (value[piece.keep] ?? null) : piece.put));
  if (!isMap(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    pieces.flatMap((piece) => ("keep" in piece ? [entries[piece.keep] ?? ["", null]] : [[piece.key ?? "", piece.put]])),
  );
}

/** A typed object as the plain value that it is. */
function plain(value: object): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]: [string, unknown]) => (each === undefined ? [] : [[key, plainValue(each)]])),
  );
}

function plainValue(value: unknown): Json {
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value === "object" && value !== null) return plain(value);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function quoted(names: readonly string[]): string {
  return names.length === 0 ? "yours" : names.map((name) => `\`${name}\``).join(", ");
}
