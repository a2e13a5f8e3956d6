import { code, codeTable } from "../diagnostics/diagnostic.ts";

export const inputCodes = codeTable("input", {
  "unknown-format": code<{ found: string }>({
    severity: "error",
    message: ({ found }) => `slogen does not know documents with ${found}`,
    why: "nothing would be generated for it",
    help: "known are OpenSLO (`apiVersion: openslo/v1`, `openslo/v1alpha`, `openslo.com/v2alpha`) and Sloth (`version: prometheus/v1`, `kind: PrometheusServiceLevel`, `kind: AlertWindows`)",
  }),
  "not-a-spec": code<{ found: string }>({
    severity: "warning",
    message: ({ found }) => `skipped: ${found} is no SLO spec`,
    why: "it lies among the specs, so it may be one with a slip in its first lines",
    help: "move it elsewhere, or name it under `exclude` in slogen.yaml",
  }),
  "no-slos": code({
    severity: "error",
    message: () => "these files hold no SLO",
    why: "nothing would be generated, and files of an earlier build would be removed",
    help: "give at least one `kind: SLO` (OpenSLO) or `slos:` entry (Sloth)",
  }),
});
