import { code, codeTable } from "../../diagnostics/diagnostic.ts";

export const ciGateCodes = codeTable("ci-gate", {
  "no-address": code<{ policy: string; source: string }>({
    severity: "error",
    message: ({ source }) => `nothing says where the Prometheus \`${source}\` is, and a hook in the cluster has nobody else to ask`,
    why: "such a gate would stop every sync",
    help: "add its `address` under `sources` in slogen.yaml; or leave `argo-cd` out of `ci-gate.formats`, and set PROMETHEUS_URL wherever the script runs",
  }),
  authentication: code<{ source: string; kind: "oauth2" | "sigv4" }>({
    severity: "error",
    message: ({ source, kind }) => `the gate before a deploy cannot prove who it is to \`${source}\` by \`${kind}\``,
    why: "the source would refuse every question, and the gate would stop every deploy",
    help: "give the source `bearer` or `basic` authentication, or the address of a proxy that signs the requests",
  }),
  "recorded-matchers": code<{ policy: string; environment: string; labels: readonly string[] }>({
    severity: "notice",
    message: ({ policy, environment, labels }) =>
      `the gate of \`${policy}\` in \`${environment}\` asks the recorded series for ${labels.map((label) => `\`${label}\``).join(", ")}`,
    why: "rules that sum over a label do not keep it, so the recorded series have it only as an external label, as behind Thanos or Mimir; without it the gate finds nothing and stays closed",
    help: "where the series have no such label, write `ci-gate: { series: inline }`, or leave it out of `matchers`",
  }),
  grouped: code<{ slo: string }>({
    severity: "notice",
    message: ({ slo }) => `the gate before a deploy judges \`${slo}\` by its worst group`,
    why: "the SLO has a budget for each group, and a deploy goes to all of them; the two windows may take it from different groups",
    help: "give a group that alone should decide an SLO of its own",
  }),
  "long-name": code<{ policy: string; limit: number }>({
    severity: "error",
    message: ({ policy, limit }) => `\`${policy}\` is too long a name for a hook: it has more than ${limit} characters`,
    why: "the Job is called after it, and Kubernetes puts the name of a Job into a label of 63 characters",
    help: ({ limit }) => `rename the policy to at most ${limit} characters, or leave \`argo-cd\` out of \`ci-gate.formats\``,
  }),
});
