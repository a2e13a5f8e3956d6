import { code, codeTable } from "../../diagnostics/diagnostic.ts";

/** What can be wrong with a gate before a deploy; the numbers that it shares with the gate of a release are told in `policyCodes`. */
export const deployCodes = codeTable("policy", {
  "plain-and-released": code<{ name: string; controller: "rollout" | "deployment" }>({
    severity: "error",
    message: ({ name, controller }) => `\`${name}\` is a workload without a release controller, and \`${controller}\` names one with`,
    why: "such a policy would make no canary gate, although it looks as if it did",
    help: ({ controller }) => `keep \`${controller}\`, which has a gate before the deploy too; or keep \`name\`, and no steps are needed`,
  }),
  "deploy-on-datadog": code<{ policy: string; source: string }>({
    severity: "error",
    message: ({ policy, source }) => `the gate before a deploy of \`${policy}\` asks Prometheus alone, and \`${source}\` is Datadog`,
    why: "nothing would be generated for it, and every deploy would go on unasked",
    help: "give the environment a `source` of type `prometheus`, or leave `ci-gate` out of `targets`",
  }),
  "windows-reversed": code<{ window: string; shortWindow: string }>({
    severity: "error",
    message: ({ window, shortWindow }) => `the short window of ${shortWindow} is longer than the window of ${window}`,
    why: "the short window says whether the trouble goes on, which only a more recent past than the long one's can say",
    help: ({ window }) => `write a \`shortWindow\` of at most ${window}; a twelfth of the window is usual`,
  }),
  "budget-unknown": code<{ slo: string }>({
    severity: "notice",
    message: ({ slo }) => `the gate before a deploy does not ask what is left of the error budget of \`${slo}\``,
    why: "no rules of this project record it, and a query over the whole period would be too slow for a pipeline",
    help: "add `prometheus` to `targets`, or say that Sloth records it by `ci-gate: { series: recorded }`",
  }),
  "unused-remaining": code<{ slo: string; reason: "unrecorded" | "off" | "observed" }>({
    severity: "error",
    message: ({ slo, reason }) =>
      `\`remainingBudget\` has no effect on \`${slo}\`: ${
        reason === "unrecorded"
          ? "nobody records its budget"
          : `\`gate.budget\` is \`${reason === "off" ? "false" : "exhausted: observe"}\``
      }`,
    why: "a deploy would go on with less budget left than this policy wants",
    help: ({ reason }) =>
      reason === "unrecorded"
        ? "add `prometheus` to `targets`, or say that Sloth records it by `ci-gate: { series: recorded }`"
        : "remove one of the two",
  }),
});
