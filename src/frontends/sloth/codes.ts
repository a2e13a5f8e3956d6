import { code, codeTable } from "../../diagnostics/diagnostic.ts";

export const codes = codeTable("sloth", {
  "unknown-kind": code<{ kind: string; nearest: string | undefined }>({
    severity: "error",
    message: ({ kind }) =>
      kind === "" ? "an object of `sloth.slok.dev/v1` needs a `kind`" : `\`sloth.slok.dev/v1\` has no kind \`${kind}\``,
    label: ({ nearest }) => (nearest === undefined ? undefined : `did you mean \`${nearest}\`?`),
    why: "nothing would be generated for it",
    help: ({ nearest }) => `write \`kind: ${nearest ?? "PrometheusServiceLevel"}\``,
  }),
  "mis-cased-key": code<{ key: string; known: string }>({
    severity: "warning",
    message: ({ key, known }) => `\`${key}\` is read as \`${known}\``,
    why: "Sloth takes keys in any case here, and in a Kubernetes object drops them without a word",
    help: ({ known }) => `write \`${known}\``,
  }),
  "objective-range": code<{ objective: string; full: boolean }>({
    severity: "error",
    message: ({ objective }) => `an objective lies above 0 and below 100 percent, and this is ${objective}`,
    why: ({ objective, full }) =>
      full
        ? "100 leaves no error budget: burn rates would divide by zero, and the first error would fire every alert"
        : objective === "0"
          ? "0 promises nothing: not even a total outage would burn the budget faster than allowed"
          : "no share of events lies there",
    help: ({ full }) =>
      full ? "write `objective: 99.99`, or whatever share of bad events is bearable" : "write a percentage such as `objective: 99.9`",
  }),
  "objective-is-ratio": code<{ objective: string; percent: string }>({
    severity: "error",
    message: ({ objective }) => `an objective of ${objective} percent lets nearly every event fail`,
    label: ({ percent }) => `did you mean ${percent}?`,
    why: "Sloth states objectives in percent, OpenSLO as ratios; with such a budget even a total outage pages nobody",
    help: ({ percent }) => `write \`objective: ${percent}\``,
  }),
  "no-window": code<{ written: string | undefined }>({
    severity: "error",
    message: () => "this query lacks `{{.window}}`",
    label: ({ written }) => (written === undefined ? undefined : `Sloth does not know \`${written}\``),
    why: "each rule measures another window; without it all would measure the same",
    help: ({ written }) =>
      `write \`{{.window}}\` ${written === undefined ? "where the range is: `rate(http_requests_total[{{.window}}])`" : "instead"}`,
  }),
  "same-queries": code({
    severity: "error",
    message: () => "the error query is the total query",
    why: "every event would count as an error",
    help: 'select the bad events in the error query, such as `{code=~"5.."}`',
  }),
  "sli-plugin": code<{ id: string }>({
    severity: "error",
    message: ({ id }) => `slogen does not run the SLI plugin \`${id}\``,
    why: "the query that it would make is not in the spec",
    help: "run `sloth generate` once, and copy the query of `slo:sli_error:ratio_rate5m` to `sli.raw`, with `{{.window}}` for `5m`",
  }),
  "plugin-not-run": code<{ id: string }>({
    severity: "warning",
    message: ({ id }) => `slogen does not run the plugin \`${id}\``,
    why: "what it would add to the rules, or change in them, is missing",
    help: "see whether a slogen option does the same; else remove the line",
  }),
  "plugin-left-out": code<{ rules: string }>({
    severity: "warning",
    message: ({ rules }) => `this chain leaves out Sloth's ${rules}, which slogen writes all the same`,
    why: "`overridePrevious` drops the default chain, and `chain` does not bring it all back",
    help: "add the missing `sloth.dev/core/*` plugins to the chain, or set `disableAlerts` or `disableRecordings`",
  }),
  "windows-order": code<{ short: string; long: string; where: string }>({
    severity: "error",
    message: ({ short, long, where }) => `the short window of \`${where}\` is ${short}, which is not below its long window of ${long}`,
    why: "the short window is there to end the alert soon after the burning stops",
    help: "a twelfth of the long window is usual: `5m` beside `1h`",
  }),
  "window-above-period": code<{ long: string; period: string; where: string }>({
    severity: "error",
    message: ({ long, period, where }) => `the long window of \`${where}\` is ${long}, which is longer than the period of ${period}`,
    why: "it would count errors that no longer belong to the budget",
    help: ({ period }) => `use a window of at most ${period}`,
  }),
  "duplicate-catalog": code<{ period: string; same: boolean }>({
    severity: "error",
    message: ({ period, same }) => `there are two \`AlertWindows\` for a period of ${period}${same ? ", and they are the same" : ""}`,
    why: ({ same }) => (same ? "a change to one of them alone would stop the build" : "nothing says which of them is meant"),
    help: "remove one of them",
  }),
});
