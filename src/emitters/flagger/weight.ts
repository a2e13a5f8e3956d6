import type { PrometheusPolicy } from "../../model/policy.ts";
import type { Expr, Matcher, VectorSelector } from "../../promql/ast.ts";
import { aggregate, binary, call, number, paren, range, series } from "../../promql/build.ts";
import { seconds, type Seconds } from "../../units/duration.ts";
import { namespaceOf } from "./go-template.ts";

/** Something of the series by which Flagger tells the canary's present weight. */
type OfWeight = (selector: VectorSelector) => Expr;

/**
 * A target's own `namespace` pushes the metric's into `exported_namespace`, unless labels are honoured:
 * https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
 */
function ofWeight(policy: PrometheusPolicy, others: readonly Matcher[], change: OfWeight): Expr {
  const namespace = namespaceOf(policy);
  const workload = { label: "workload", op: "=", value: policy.workload.name } as const;
  const select = (labels: Readonly<Record<string, string>>): Expr =>
    change(
      series("flagger_canary_weight", [
        workload,
        ...others,
        ...Object.entries(labels).map(([label, value]) => ({ label, op: "=", value }) as const),
      ]),
    );
  return binary(select({ exported_namespace: namespace }), "or", select({ namespace, exported_namespace: "" }));
}

/** One number, of the cluster that the policy's matchers name if the weight bears their labels: other clusters release by the same names. */
function numberOfWeight(policy: PrometheusPolicy, op: "max" | "min", change: OfWeight): Expr {
  const of = (matchers: readonly Matcher[]): Expr => aggregate(op, ofWeight(policy, matchers, change));
  return policy.matchers.length === 0 ? of([]) : paren(binary(of(policy.matchers), "or", of([])));
}

/** The canary's weight in percent, as it was scraped last. */
export function weight(policy: PrometheusPolicy): Expr {
  return numberOfWeight(policy, "max", (selector) => selector);
}

/** Something where the canary's weight has been so for this long without a break, and still is. */
function keptWeight(policy: PrometheusPolicy, is: (weight: Expr) => Expr, length: Seconds): Expr {
  const since = { negative: false, by: { kind: "duration", milliseconds: length * 1000 } } as const;
  const before = numberOfWeight(policy, "max", (selector) => ({ ...selector, offset: since }));
  const lowest = numberOfWeight(policy, "min", (selector) => call("min_over_time", range(selector, length)));
  return [weight(policy), before, lowest].map(is).reduce((all, each) => binary(all, "and", each));
}

/** Something where the canary has had traffic for this long. */
export function isUnderWay(policy: PrometheusPolicy, length: Seconds): Expr {
  return keptWeight(policy, (weight) => binary(weight, ">", number("0")), length);
}

/**
 * How long a weight must be seen to have lasted `ticks` ticks. It is scraped some time after the tick that sets it, so the whole time is
 * never seen at the last of them; half an interval less is seen at that tick and at none before.
 */
export function seenFor(ticks: number, interval: Seconds, scrapeInterval: Seconds): Seconds {
  return seconds(Math.max(1, Math.floor(ticks * interval - Math.max(interval / 2, scrapeInterval))));
}

/**
 * Before the first weight nothing has to bake. At the tick after it, what was scraped before it is nearly an interval old, and would show
 * no weight still: a bake must not be left out because Flagger is scraped more slowly than it ticks.
 */
export function isBaked(
  policy: PrometheusPolicy,
  kept: readonly { readonly weight: number; readonly length: Seconds }[],
  interval: Seconds,
): Expr {
  const scraped = numberOfWeight(policy, "max", (selector) => call("timestamp", selector));
  const tickBefore = binary(call("time"), "-", number(String(Math.floor(0.9 * interval))));
  return [
    paren(binary(binary(weight(policy), "==", number("0")), "and", binary(scraped, ">", tickBefore))),
    ...kept.map(({ weight, length }): Expr => {
      const value = number(String(weight));
      return paren(keptWeight(policy, (each) => binary(each, "==", value), length));
    }),
  ].reduce((any, each) => binary(any, "or", each));
}
