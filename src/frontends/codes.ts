import { code, codeTable } from "../diagnostics/diagnostic.ts";

/** The first three; a folder may hold hundreds. */
function listed(paths: readonly string[]): string {
  const [shown, rest] = [paths.slice(0, 3).map((path) => `\`${path}\``), paths.length - 3];
  return rest > 0 ? `${shown.join(", ")} and ${rest} more` : shown.join(", ");
}

export const inputCodes = codeTable("input", {
  "unknown-format": code<{ found: string }>({
    severity: "error",
    message: ({ found }) => `slogen does not know documents with ${found}`,
    why: "nothing would be generated for it",
    help: "known are OpenSLO (`apiVersion: openslo/v1`, `openslo/v1alpha`, `openslo.com/v2alpha`) and Sloth (`version: prometheus/v1`, `kind: PrometheusServiceLevel`, `kind: AlertWindows`), and for releases slogen (`apiVersion: slogen/v1alpha1`) and Kubestead (`delivery.kubestead.io/v1alpha1`)",
  }),
  "not-a-spec": code<{ found: string }>({
    severity: "warning",
    message: ({ found }) => `skipped: ${found} is no SLO spec`,
    why: "it lies among the specs, so it may be one with a slip in its first lines",
    help: "move it elsewhere, or name it under `exclude` in slogen.yaml",
  }),
  "no-slos": code<{ paths: readonly string[] }>({
    severity: "error",
    message: ({ paths }) => `there is no SLO in ${listed(paths)}`,
    why: "nothing would be generated, and files of an earlier build would be removed",
    help: "give at least one `kind: SLO` (OpenSLO) or `slos:` entry (Sloth)",
  }),
});
