import { code, codeTable } from "../diagnostics/diagnostic.ts";

export const textCodes = codeTable("text", {
  "unknown-template": code<{ path: string; nearest: string | undefined; names: readonly string[] }>({
    severity: "error",
    message: ({ path }) => `slogen has no template \`${path}\``,
    why: "a file in the templates folder replaces the words of the same name, so this one would never be used",
    help: ({ nearest, names }) =>
      nearest === undefined ? `the templates are ${names.map((name) => `\`${name}.hbs\``).join(", ")}` : `did you mean \`${nearest}.hbs\`?`,
  }),
  "template-syntax": code<{ problem: string }>({
    severity: "error",
    message: ({ problem }) => `this template cannot be read: ${problem}`,
    why: "slogen's own words would be printed in place of yours",
    help: 'close every `{{` with `}}` and every block such as `{{#if ...}}` with `{{/if}}`; braces that are meant for Prometheus are written `{{vendor "{{ $value }}"}}`',
  }),
  "unknown-name": code<{ name: string; nearest: string | undefined; known: readonly string[] }>({
    severity: "error",
    message: ({ name }) => `\`${name}\` is nothing that this template is given`,
    why: "an alert would go out with a gap where its figure belongs",
    help: ({ nearest, known }) =>
      nearest === undefined ? `known here: ${known.join(", ")}` : `did you mean \`${nearest}\`? known here: ${known.join(", ")}`,
  }),
});
