import type { Report } from "../../../diagnostics/diagnostic.ts";
import { itemsAt, textAt } from "../../../manifests/documents.ts";
import type { Piece } from "../../../manifests/edit.ts";
import { hasMarker, marker } from "../../../manifests/marker.ts";
import { ObjectEditor } from "../../../manifests/object-editor.ts";
import { plain } from "../../../manifests/plain.ts";
import type { Seconds } from "../../../units/duration.ts";
import { entryOf, headOf, valueOf, type YamlMap, type YamlNode } from "../../../yaml/tree.ts";
import type { TemplateRole } from "../names.ts";
import type { CanaryBlock, GateBlock, GateStep, RolloutAnalysis } from "../types.ts";
import { rolloutCodes } from "./codes.ts";
import type { RolloutFile } from "./rollout-file.ts";
import { isGated, templateNames, type RolloutStep } from "./steps.ts";

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
  private readonly editor: ObjectEditor;
  private readonly ourNames: ReadonlySet<string>;

  constructor(
    private readonly file: RolloutFile,
    private readonly block: GateBlock,
    private readonly report: Report,
  ) {
    const refuse = (what: string): void => {
      report(rolloutCodes["cannot-edit"](entryOf(file.strategy, "steps")?.key.at ?? headOf(file.strategy), { what }));
    };
    this.editor = new ObjectEditor(file.rollout, file.others, { near: this.path, refuse });
    this.ourNames = new Set(analysesOf(block).flatMap(({ templates }) => templates.map(({ templateName }) => templateName)));
  }

  finish(): string | undefined {
    return this.editor.finish();
  }

  mergeSteps(): readonly Piece[] {
    const { steps } = this.file;
    const pieces = this.planSteps();
    this.editor.change([...this.path, "steps"], pieces);
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
    const strategy = valueOf(this.editor.root, ...this.path);
    if (strategy?.kind !== "map") return;
    const index = strategy.entries.findIndex((entry) => entry.key.text === key);
    const entry = strategy.entries[index];
    const existing = entry?.value;
    if (existing?.kind === "map" && entry !== undefined && !hasMarker(entry.key) && !this.areOurs(existing)) {
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
    this.editor.change(this.path, pieces);
  }

  private mergeInto(path: readonly string[], existing: YamlMap, wanted: Wanted | undefined, place: string): void {
    const theirs = itemsAt(existing, "templates").filter((item) => !this.isOurItem(item));
    if (wanted !== undefined) {
      const params = {
        place,
        templates: quoted(theirs.map((item) => textAt(item, "templateName") ?? "")),
        before: textAt(existing, "startingStep"),
        after: wanted.startingStep,
      };
      this.report(rolloutCodes["shared-analysis"](headOf(existing), params));
    }
    this.editor.mergeItems(path, {
      key: "templates",
      name: "templateName",
      wanted: wanted?.templates.map(plain) ?? [],
      isOurs: (item) => this.isOurItem(item),
      conflict: () => undefined,
    });
    this.editor.mergeItems(path, {
      key: "args",
      name: "name",
      wanted: wanted?.args?.map(plain) ?? [],
      isOurs: hasMarker,
      conflict: (item, name) => {
        this.report(rolloutCodes["argument-conflict"](headOf(item), { name }));
      },
    });
    if (wanted?.startingStep !== undefined) this.setStartingStep(path, wanted.startingStep);
  }

  /** The user's own number stays as it is where it says the same. */
  private setStartingStep(path: readonly string[], step: number): void {
    const existing = textAt(valueOf(this.editor.root, ...path), "startingStep");
    if (existing !== String(step)) this.editor.setEntry(path, "startingStep", step);
  }

  /** A template of the user's own could not have such a name: ours would take its place in the cluster. */
  private isOurName(name: string): boolean {
    const suffix = name.startsWith(`${this.file.policy}-`) ? name.slice(this.file.policy.length + 1).replace(/-\d+$/, "") : undefined;
    return this.ourNames.has(name) || ROLES.some((role) => role === suffix);
  }

  private isOurItem(item: YamlNode): boolean {
    return hasMarker(item) || this.isOurName(textAt(item, "templateName") ?? "");
  }

  private areOurs(analysis: YamlNode): boolean {
    const templates = itemsAt(analysis, "templates");
    return templates.length > 0 && templates.every((item) => this.isOurItem(item));
  }

  /** All below a marker is ours; what somebody has added there since goes, but not unsaid. */
  private reportRemoved(analysis: YamlNode): void {
    for (const item of itemsAt(analysis, "templates")) {
      const template = textAt(item, "templateName") ?? "";
      if (!this.isOurItem(item)) this.report(rolloutCodes["removed-template"](headOf(item), { template }));
    }
  }

  private get path(): readonly string[] {
    return ["spec", "strategy", this.block.kind];
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

function quoted(names: readonly string[]): string {
  return names.length === 0 ? "yours" : names.map((name) => `\`${name}\``).join(", ");
}
