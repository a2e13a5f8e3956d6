import { argoRollouts } from "./argo-rollouts/index.ts";
import { ciGate } from "./ci-gate/index.ts";
import { datadog } from "./datadog/index.ts";
import { asTarget, type Target } from "./emitter.ts";
import { flagger } from "./flagger/index.ts";
import { prometheus } from "./prometheus/index.ts";

/** Every target, in the order in which they are built. */
export const TARGETS: readonly Target[] = [
  asTarget(prometheus),
  asTarget(argoRollouts),
  asTarget(flagger),
  asTarget(ciGate),
  asTarget(datadog),
];

/** The top folders of the output that these targets write to. */
export function foldersOf(ids: readonly string[]): readonly string[] {
  return TARGETS.filter(({ id }) => ids.includes(id)).flatMap(({ folders }) => folders);
}
