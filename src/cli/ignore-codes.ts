import { code, codeTable } from "../diagnostics/diagnostic.ts";

const FORM = "`# slogen-ignore prometheus/retention: Thanos keeps a year`";

/** What can be wrong with a comment that wants a finding ignored. */
export const ignoreCodes = codeTable("ignore", {
  "no-code": code({
    severity: "error",
    message: () => "this `slogen-ignore` does not say what to ignore",
    why: "it would hide whatever is found here, the next mistake too",
    help: `name the code and the reason: ${FORM}`,
  }),
  "no-reason": code<{ name: string }>({
    severity: "error",
    message: () => "this `slogen-ignore` gives no reason",
    why: "whoever comes next could not tell whether it still holds",
    help: ({ name }) => `write it behind a colon: \`# slogen-ignore ${name}: why it is fine here\``,
  }),
  "unknown-code": code<{ name: string; nearest: string | undefined }>({
    severity: "error",
    message: ({ name }) => `there is no diagnostic \`${name}\``,
    label: ({ nearest }) => (nearest === undefined ? undefined : `did you mean \`${nearest}\`?`),
    why: "the comment would silence nothing",
    help: `write one code, as a report shows it in brackets: ${FORM}`,
  }),
  "for-error": code<{ name: string }>({
    severity: "warning",
    message: ({ name }) => `\`${name}\` is an error, which no comment can silence`,
    why: "what is built in spite of an error would mislead whoever relies on it",
    help: "put right what is reported and remove the comment",
  }),
  unused: code<{ name: string }>({
    severity: "warning",
    message: ({ name }) => `nothing here is reported as \`${name}\``,
    why: "the comment would silence the next finding, which may have another reason",
    help: "move it to the end of the line that is reported, or above that line, or remove it; what is reported without a line can be settled under `rules` in `slogen.yaml`",
  }),
});
