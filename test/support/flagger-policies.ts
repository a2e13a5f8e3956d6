import type { FlaggerController, FlaggerPolicy } from "../../src/model/policy.ts";
import { seconds } from "../../src/units/duration.ts";
import { datadogPolicyOf, type DatadogPolicyParts } from "./datadog-policies.ts";
import { policyOf, SETTINGS, type PolicyParts } from "./policies.ts";

const AT = SETTINGS.fail.at;

export const FLAGGER: FlaggerController = {
  kind: "flagger",
  provider: "istio",
  canary: "checkout",
  target: "Deployment",
  alerts: [],
  webhooks: [],
  at: AT,
};

export const LOADTESTER: Pick<FlaggerController, "loadtester"> = { loadtester: { url: "http://flagger-loadtester.test/", at: AT } };

/** The time between two ticks, as the policy has it. */
export function every(interval: number): Pick<FlaggerController, "interval"> {
  return { interval: { value: seconds(interval), at: AT } };
}

/** `policyOf` for a release by Flagger: on Istio, without a load tester. */
export function flaggerPolicyOf(controller: Partial<FlaggerController> = {}, parts: PolicyParts = {}): FlaggerPolicy {
  return { ...policyOf(parts), controller: { ...FLAGGER, ...controller } };
}

/** The same on Datadog. */
export function flaggerOnDatadog(controller: Partial<FlaggerController> = {}, parts: DatadogPolicyParts = {}): FlaggerPolicy {
  return { ...datadogPolicyOf(parts), controller: { ...FLAGGER, ...controller } };
}

/** A canary's steps from pairs of a weight and seconds. */
export function stepsOf(...steps: readonly (readonly [number, number])[]): Pick<PolicyParts, "delivery"> {
  return { delivery: { kind: "canary", steps: steps.map(([weight, bake]) => ({ weight, bake: seconds(bake), at: AT })), at: AT } };
}

/** A switch of all traffic, judged for so many seconds before. */
export function switchAfter(prePromotion: number): Pick<PolicyParts, "delivery"> {
  return { delivery: { kind: "blueGreen", prePromotion: seconds(prePromotion), at: AT } };
}
