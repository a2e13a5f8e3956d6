import { planSteps, promoteLooks, requestsDemanded, stableReach } from "../../gate/plan.ts";
import type { BlueGreenDelivery, CanaryDelivery, PromoteSettings, ReleasePolicy } from "../../model/policy.ts";
import { formatDuration, type Seconds } from "../../units/duration.ts";
import { ARGUMENTS, inReadingOrder } from "./arguments.ts";
import { goDuration } from "./go-duration.ts";
import type { TemplateRole } from "./names.ts";
import type { AnalysisTemplate, GateBlock, GateStep, RolloutAnalysis, RolloutArgument } from "./types.ts";

/** The templates that a policy's runs are made of, and what they need to be told beside the hashes and the times. */
export interface PolicyTemplates {
  readonly byRole: ReadonlyMap<TemplateRole, readonly AnalysisTemplate[]>;
  /** Values of the arguments that tell one service from another; none where the templates are its own. */
  readonly values: ReadonlyMap<string, string>;
}

/** What the policy's Rollout is to hold. */
export function gateBlock(policy: ReleasePolicy, templates: PolicyTemplates): GateBlock {
  const run = runsOf(policy, templates);
  return policy.delivery.kind === "canary" ? canaryBlock(policy, policy.delivery, run) : blueGreenBlock(policy, policy.delivery, run);
}

function canaryBlock(policy: ReleasePolicy, delivery: CanaryDelivery, run: Run): GateBlock {
  const beforeTraffic = run(["budget"]);
  const background = run(["background"]);
  const afterWeight = planSteps(delivery).map((step) => {
    const { firstAt } = promoteLooks(promoteOf(policy), step.bake);
    const evidence = policy.gates.some(({ settings }) => requestsDemanded(settings, step) > 0);
    const analysis = run(["promote"], { firstAt, since: step.since, evidence });
    const wait: GateStep = analysis === undefined ? { pause: { duration: goDuration(step.bake) } } : { analysis };
    return { weight: step.weight, step: wait };
  });
  return {
    kind: "canary",
    // A look before the canary has traffic shows nothing, so the run starts with the first step after the first `setWeight`.
    ...(background && {
      analysis: { templates: background.templates, startingStep: beforeTraffic === undefined ? 1 : 2, ...argsOf(background) },
    }),
    ...(beforeTraffic && { beforeTraffic }),
    afterWeight,
  };
}

function argsOf({ args }: RolloutAnalysis): Pick<RolloutAnalysis, "args"> {
  return args === undefined ? {} : { args };
}

function blueGreenBlock(policy: ReleasePolicy, { prePromotion }: BlueGreenDelivery, run: Run): GateBlock {
  const moment = prePromotion && {
    firstAt: promoteLooks(promoteOf(policy), prePromotion).firstAt,
    since: stableReach(policy.delivery),
    evidence: true,
  };
  const prePromotionAnalysis = run(["budget", "promote"], moment);
  const postPromotionAnalysis = run(["post-promotion"]);
  return {
    kind: "blueGreen",
    ...(prePromotionAnalysis && { prePromotionAnalysis }),
    ...(postPromotionAnalysis && { postPromotionAnalysis }),
  };
}

function promoteOf({ name, gates: [first] }: ReleasePolicy): PromoteSettings {
  if (first === undefined) throw new Error(`policy ${name} has no gate`);
  return first.settings.promote;
}

/** What an inline run is told of its step. */
interface Moment {
  readonly firstAt: number;
  readonly since: Seconds;
  readonly evidence: boolean;
}

/** A run of the policy's templates of these roles; undefined where there are none. */
type Run = (roles: readonly TemplateRole[], moment?: Moment) => RolloutAnalysis | undefined;

function runsOf(policy: ReleasePolicy, { byRole, values }: PolicyTemplates): Run {
  const constant = [...values].map(([name, value]) => ({ name, value }));
  return (roles, moment) => {
    const templates = roles.flatMap((role) => byRole.get(role) ?? []);
    if (templates.length === 0) return undefined;
    const given = new Map(
      [...releaseArguments(policy), ...constant, ...momentArguments(moment)].map((argument) => [argument.name, argument]),
    );
    const args = inReadingOrder([...new Set(templates.flatMap(openArguments))]).map((name): RolloutArgument => {
      const argument = given.get(name);
      if (argument === undefined) throw new Error(`nothing is given for the argument ${name}`);
      return argument;
    });
    const references = templates.map(({ kind, metadata: { name } }) => ({
      templateName: name,
      ...(kind === "ClusterAnalysisTemplate" && { clusterScope: true as const }),
    }));
    return { templates: references, ...(args.length > 0 && { args }) };
  };
}

/** Argo drops without a word what no template declares, and refuses a Rollout that gives no value for what one does. */
function openArguments({ spec }: AnalysisTemplate): readonly string[] {
  return (spec.args ?? []).filter(({ value, valueFrom }) => value === undefined && valueFrom === undefined).map(({ name }) => name);
}

function releaseArguments(policy: ReleasePolicy): readonly RolloutArgument[] {
  const bypass = bypassAnnotations(policy)[0];
  return [
    { name: ARGUMENTS.canaryHash, valueFrom: { podTemplateHashValue: "Latest" } },
    { name: ARGUMENTS.stableHash, valueFrom: { podTemplateHashValue: "Stable" } },
    // An annotation that is not there gives an empty text.
    ...(bypass === undefined
      ? []
      : [{ name: ARGUMENTS.hotfix, valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${bypass}']` } } }]),
  ];
}

/** The annotations by which a release may pass an exhausted budget. */
export function bypassAnnotations({ gates }: ReleasePolicy): readonly string[] {
  return [...new Set(gates.flatMap(({ settings: { budget } }) => budget?.bypassAnnotation ?? []))];
}

function momentArguments(moment: Moment | undefined): readonly RolloutArgument[] {
  if (moment === undefined) return [];
  return [
    { name: ARGUMENTS.initialDelay, value: goDuration(moment.firstAt) },
    { name: ARGUMENTS.since, value: formatDuration(moment.since) },
    { name: ARGUMENTS.evidence, value: moment.evidence ? "1" : "0" },
  ];
}
