import { code, codeTable } from "../../../diagnostics/diagnostic.ts";

/** What the `sloth` dialect reproduces with a warning, and what it refuses to write. */
export const slothDialectCodes = codeTable("prometheus", {
  "sloth-first-document-only": code<{ path: string; documents: number }>({
    severity: "warning",
    message: ({ path, documents }) => `\`${path}\` holds ${documents} documents of rules, and Prometheus loads only the first`,
    label: "the rules of this SLO and all below are never loaded",
    why: "Sloth writes one document of rules for each document of the spec; a rules file has one",
    help: "give each document a file of its own, or switch to `prometheus.dialect: slogen`",
  }),
  "sloth-cannot-fire": code<{ severity: string; long: string; burnRate: string; highest: string }>({
    severity: "warning",
    message: ({ severity, long, burnRate }) =>
      `the ${long} window of the ${severity} alert can never fire: it waits for a burn rate of ${burnRate}`,
    why: ({ highest }) => `a total outage burns this budget at ${highest} times the allowed rate, and no more`,
    help: "switch to `prometheus.dialect: slogen`, which leaves the window out, or give an `AlertWindows` catalog with smaller shares",
  }),
  "sloth-alert-name": code<{ id: string }>({
    severity: "error",
    message: ({ id }) => `the alerts of \`${id}\` have no name`,
    why: "Sloth takes the name of both alerts from `alerting.name`, and refuses the SLO without one",
    help: "add `name` to `alerting`, or disable the page and the ticket alert",
  }),
  "sloth-period": code<{ period: string; known: string }>({
    severity: "error",
    message: ({ period }) => `no window catalog has a period of ${period}`,
    why: "Sloth takes alert windows from a catalog of just the SLO's period; its own catalogs are for 28d and 30d, and any `AlertWindows` replaces both",
    help: ({ period, known }) => `add an \`AlertWindows\` document with \`sloPeriod: ${period}\`, or use ${known}`,
  }),
  "sloth-period-is-window": code<{ period: string }>({
    severity: "error",
    message: ({ period }) => `an alert window is as long as the period of ${period}`,
    why: "both would record the same series, so Prometheus would keep one and refuse the other",
    help: "use alert windows below the period",
  }),
  "sloth-broken-rule": code<{ id: string; rule: string; problem: string; comment: boolean }>({
    severity: "error",
    message: ({ id, rule, problem }) => `the rule \`${rule}\` of \`${id}\` would not load: ${problem}`,
    why: ({ comment }) =>
      comment
        ? "Sloth puts a parenthesis right behind the query, so a comment at its end swallows it; Prometheus refuses a file with such a rule"
        : "Sloth puts the query into its own rules as it stands; Prometheus refuses a file with a rule that it cannot read",
    help: ({ comment }) =>
      comment
        ? "remove the comment at the end of the query"
        : "write a query that yields an instant vector, such as `sum(rate(...[{{.window}}]))`",
  }),
  "sloth-no-rules": code<{ path: string }>({
    severity: "error",
    message: ({ path }) => `nothing is left to write to \`${path}\``,
    why: "Sloth refuses to write a document without rules, since a slip is likelier than the wish",
    help: "do not set both `disableAlerts` and `disableRecordings`, or exclude the spec from the build",
  }),
  "sloth-copied-metadata": code<{ key: string }>({
    severity: "warning",
    message: ({ key }) => `\`${key}\` is copied to the PrometheusRule`,
    why: "Sloth copies every label and annotation; with this one the tool that applied the spec takes the generated object for its own and may delete it",
    help: "remove it from the committed spec, where a tool has left it",
  }),
  "sloth-no-alerts": code<{ id: string }>({
    severity: "warning",
    message: ({ id }) => `\`${id}\` gets no alerts`,
    why: "Sloth writes recording rules alone for OpenSLO specs; nobody is told when the budget burns",
    help: "switch to `prometheus.dialect: slogen`",
  }),
  "sloth-ignored": code<{ what: string }>({
    severity: "warning",
    message: ({ what }) => `Sloth knows no ${what}`,
    why: "the rules count events over a rolling period, as if this were not here",
    help: "switch to `prometheus.dialect: slogen`",
  }),
  "sloth-threshold": code({
    severity: "error",
    message: () => "Sloth knows no threshold indicators",
    why: "its rules divide errors by events, and a threshold has neither",
    help: "switch to `prometheus.dialect: slogen`, or write the share of bad values as a ratio",
  }),
});
