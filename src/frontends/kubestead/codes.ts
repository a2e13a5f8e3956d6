import { code, codeTable } from "../../diagnostics/diagnostic.ts";

export const codes = codeTable("kubestead", {
  "unknown-kind": code<{ kind: string }>({
    severity: "error",
    message: ({ kind }) => (kind === "" ? "a Kubestead object needs a `kind`" : `slogen does not read Kubestead's kind \`${kind}\``),
    why: "nothing would be generated for it",
    help: "write `kind: RolloutPolicy`; leave other objects out of `specs`",
  }),
  "unknown-annotation": code<{ annotation: string; nearest: string | undefined }>({
    severity: "error",
    message: ({ annotation }) => `\`${annotation}\` is no annotation that slogen reads here`,
    label: ({ nearest }) => (nearest === undefined ? undefined : `did you mean \`${nearest}\`?`),
    why: "a setting that nobody reads silently does nothing",
    help: "slogen reads `slogen/slo`, the id or name of the SLO that the policy keeps, and `slogen/extends`, the name of a `GateProfile`",
  }),
});
