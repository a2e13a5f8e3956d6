import { code, codeTable } from "../../diagnostics/diagnostic.ts";

export const codes = codeTable("slogen", {
  "unknown-kind": code<{ kind: string; nearest: string | undefined }>({
    severity: "error",
    message: ({ kind }) => (kind === "" ? "a document of `slogen/v1alpha1` needs a `kind`" : `\`slogen/v1alpha1\` has no kind \`${kind}\``),
    label: ({ nearest }) => (nearest === undefined ? undefined : `did you mean \`${nearest}\`?`),
    why: "nothing would be generated for it",
    help: ({ nearest }) =>
      nearest === undefined ? "write `kind: RolloutPolicy`, `kind: GateProfile` or `kind: IndicatorBinding`" : `write \`kind: ${nearest}\``,
  }),
});
