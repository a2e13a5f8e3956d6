import { code, codeTable } from "../../diagnostics/diagnostic.ts";

export const codes = codeTable("slogen", {
  "unknown-kind": code<{ kind: string; nearest: string | undefined }>({
    severity: "error",
    message: ({ kind }) =>
      kind === ""
        ? "a document of `slogen/v1alpha1` needs a `kind`"
        : `\`slogen/v1alpha1\` has no kind \`${kind}\`${kind === "IndicatorBinding" ? " yet" : ""}`,
    label: ({ nearest }) => (nearest === undefined ? undefined : `did you mean \`${nearest}\`?`),
    why: "nothing would be generated for it",
    help: ({ kind, nearest }) =>
      kind === "IndicatorBinding"
        ? "leave it out: it comes with a later version of slogen"
        : nearest === undefined
          ? "write `kind: RolloutPolicy` or `kind: GateProfile`"
          : `write \`kind: ${nearest}\``,
  }),
});
