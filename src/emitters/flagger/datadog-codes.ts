import { code, codeTable } from "../../diagnostics/diagnostic.ts";

/** What Flagger cannot say, or says with a loss, of a policy that asks Datadog. */
export const flaggerDatadogCodes = codeTable("flagger", {
  "datadog-delay": code<{ policy: string; first: string }>({
    severity: "notice",
    message: ({ policy }) => `Flagger judges \`${policy}\` by what Datadog knew up to a minute ago`,
    why: ({ first }) =>
      `it reads the oldest point of a query over one minute, so what happens within that minute is seen at a later tick, and the first one, ${first} after the first traffic, knows the canary but for its last minute`,
    help: "nothing has to be done; `promote.maxWait` gives a release time for ticks that see too little",
  }),
  "rollup-unconfirmed": code<{
    policy: string;
    windows: readonly string[];
    periods: readonly string[];
    moving: string;
    plain: string;
    over: string;
  }>({
    severity: "notice",
    message: ({ policy, windows }) =>
      `the checks of \`${policy}\` need \`moving_rollup\` to look back ${windows.join(", ")} from within one minute`,
    why: "Datadog's guide to spike thresholds uses it so, but no page says how far back it reads; if it reads less, a canary is judged by that time alone: unless the demanded requests fall within it, the release is held and rolled back, and an exhausted budget may go unnoticed",
    help: ({ moving, plain, over, periods }) =>
      `compare once, and so for each of these times: the last point of \`${moving}\` over one minute must be the sum of \`${plain}\` over the last ${over}. Where one falls short, keep \`enforcement: observe\`${periods.length === 0 ? "" : `; where only ${periods.join(" or ")} does, \`budget: false\` in the gates is enough`}`,
  }),
  "rollup-unguarded": code<{ policy: string; slo: string }>({
    severity: "warning",
    message: ({ policy, slo }) => `the checks of \`${slo}\` in \`${policy}\` would not notice that Datadog looks back too little`,
    why: "with `evidence.otherwise: pass` no requests are demanded, so if `moving_rollup` reads less than it is asked for, a canary passes on the few requests of the last seconds",
    help: "write `otherwise: hold`; until then compare once, as `flagger/rollup-unconfirmed` says",
  }),
  "one-window": code<{ policy: string; window: string; reach: string }>({
    severity: "notice",
    message: ({ policy, window, reach }) => `on Datadog each check of \`${policy}\` sees either the last ${window} or the last ${reach}`,
    why: ({ reach }) =>
      `a query has one look-back, and none that begins with the release, so one that is held for longer than ${reach} is not judged by all of its past; nor does it compute a root, so confidence is a straight line, and with little traffic more bad releases pass: \`slogen explain\` shows how many`,
    help: "nothing has to be done; a Prometheus that has the same counters can be asked for both at once",
  }),
  "no-tightening": code<{ policy: string }>({
    severity: "warning",
    message: ({ policy }) => `\`tightenAt\` has no effect on \`${policy}\`: Datadog cannot tighten a limit by what is left of the budget`,
    why: "the budget is a count over the period, and a query computes no conditions; that nothing is left is still checked at every tick",
    help: "leave `tightenAt` out, and set lower limits for the time that the budget is nearly gone",
  }),
  "budget-unknown": code<{ slo: string }>({
    severity: "warning",
    message: ({ slo }) => `the gate cannot ask Datadog what is left of the error budget of \`${slo}\``,
    why: "its budget is one of slices of time, and a query counts events; so a release goes ahead whatever is left of the budget",
    help: "write `budget: false` in the gate of this SLO, and watch its budget with `datadog: { errorBudgetAlerts: [...] }`",
  }),
  "no-traffic-holds": code<{ policy: string }>({
    severity: "warning",
    message: ({ policy }) => `\`noTraffic: pass\` has no effect on \`${policy}\`: a canary without requests fails its checks`,
    why: "to Datadog a canary that serves nothing and one whose tag is misspelt look the same, and the second must never pass",
    help: "write `noTraffic: hold`",
  }),
  "percentile-points": code<{ guard: string; bound: "max" | "min"; window: string }>({
    severity: "notice",
    message: ({ guard, bound, window }) =>
      `the guard \`${guard}\` judges the ${bound === "max" ? "highest" : "lowest"} point of its percentile in the last ${window}, not the percentile of the whole`,
    why: "Flagger reads one point, and Datadog computes no percentile of a moving window; the worst of its points is never better than the whole, so the guard is stricter than it reads",
    help: "leave room in its limit, or guard the share of slow requests, which is exact: `count(v: v>0.8):… / count:…` with `max: 0.01` is a p99 of 800 ms",
  }),
  "percentile-formula": code<{ guard: string }>({
    severity: "error",
    message: ({ guard }) => `on Flagger the guard \`${guard}\` cannot be judged: its result does not rise with each of its percentiles`,
    why: "Datadog computes no percentile of a moving window, so the gate takes the worst point in it; where a higher percentile makes the result lower, that would be the best",
    help: "guard each percentile by itself, with a limit of its own; sums of percentiles, and multiples by a positive number, can be judged too",
  }),
  "datadog-secret-needed": code<{ secret: string; where: string; observed: boolean }>({
    severity: "notice",
    message: ({ secret, where }) =>
      `the gate reads \`datadog_api_key\` and \`datadog_application_key\` of the Secret \`${secret}\` in ${where}`,
    why: ({ observed }) =>
      `Flagger looks for it beside the MetricTemplate alone; if it is missing, or its keys are those of another site, every check fails, and the release is held and rolled back${observed ? ", even while the gate only observes" : ""}`,
    help: "the application key needs the permission `timeseries_query` alone. With `keysFrom` slogen writes the object that brings the keys from Vault or an external store",
  }),
  "secret-collision": code<{ name: string; source: string; other: string }>({
    severity: "error",
    message: ({ name, source, other }) => `\`${source}\` and \`${other}\` would both make the Secret \`${name}\`, with different keys`,
    why: "the one that is applied last would replace the other, and the gates of one source would ask with the keys of the other",
    help: "give the two sources different `secret` names",
  }),
});
