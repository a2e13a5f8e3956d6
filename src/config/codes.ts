import { code, codeTable } from "../diagnostics/diagnostic.ts";

/** What can be wrong with `slogen.yaml` beyond its shape, which the schema settles. */
export const configCodes = codeTable("config", {
  "several-documents": code({
    severity: "error",
    message: () => "the configuration has a second YAML document",
    why: "one project has one configuration; it is not clear which document should hold",
    help: "keep one document, or split the file and list the folders under `projects`",
  }),
  "bad-set": code<{ argument: string }>({
    severity: "error",
    message: ({ argument }) => `\`--set ${argument}\` has no key or no \`=\``,
    help: "write `--set key=value`, with dots between the levels: `--set prometheus.dialect=sloth`; a dot inside a key is written `\\.`",
  }),
  "overlay-change": code<{ found: "none" | "both" }>({
    severity: "error",
    message: ({ found }) => (found === "none" ? "this overlay changes nothing" : "this overlay has both `merge` and `patch`"),
    why: ({ found }) =>
      found === "none" ? "what it was written for would not happen" : "the result would depend on which of the two goes first",
    help: ({ found }) =>
      found === "none" ? "add `merge:` (a map) or `patch:` (a list of operations)" : "make two overlays of it; they apply in their order",
  }),
  "operation-value": code<{ op: string; key: "value" | "from"; needed: boolean }>({
    severity: "error",
    message: ({ op, key, needed }) => (needed ? `the operation \`${op}\` needs \`${key}\`` : `the operation \`${op}\` takes no \`${key}\``),
    help: ({ key, needed }) => (needed ? `add \`${key}:\` beside \`op:\`` : `leave \`${key}\` out, or choose an operation that takes it`),
  }),
  "not-finite": code<{ text: string }>({
    severity: "error",
    message: ({ text }) => `\`${text}\` is no number that a generated file can hold`,
    why: "JSON has no infinities and no NaN, and few tools read them from YAML",
    help: ({ text }) => `write a finite number, or \`"${text}"\` in quotes if you mean the text`,
  }),
  "unknown-rule": code<{ name: string; nearest: string | undefined }>({
    severity: "error",
    message: ({ name }) => `there is no diagnostic \`${name}\``,
    label: ({ nearest }) => (nearest === undefined ? undefined : `did you mean \`${nearest}\`?`),
    why: "the rule would change nothing",
    help: "write a code as a report shows it in brackets, such as `prometheus/retention`, or `prometheus/*` for a whole area",
  }),
  "rule-for-error": code<{ name: string; level: string }>({
    severity: "error",
    message: ({ name, level }) => `\`${name}\` is an error and cannot be \`${level}\``,
    why: "what is built in spite of an error would mislead whoever relies on it",
    help: ({ name }) => `remove the rule and put right what is reported; \`slogen explain-code ${name}\` tells how`,
  }),
  "not-only-projects": code<{ key: string }>({
    severity: "error",
    message: ({ key }) => `\`${key}\` has no effect beside \`projects\``,
    why: "a configuration with `projects` builds nothing itself; each project is built by its own `slogen.yaml`",
    help: ({ key }) => `move \`${key}\` to the projects' own files`,
  }),
  "out-is-project": code({
    severity: "error",
    message: () => "the output folder is the project's own folder",
    why: "generated files would lie among the files they are generated from",
    help: "give the output a folder of its own: `out: generated`",
  }),
  "unknown-source": code<{ name: string; known: readonly string[]; nearest: string | undefined }>({
    severity: "error",
    message: ({ name }) => `there is no source \`${name}\``,
    label: ({ nearest }) => (nearest === undefined ? undefined : `did you mean \`${nearest}\`?`),
    why: "the gates of this environment would have nobody to ask",
    help: ({ name, known }) =>
      known.length === 0
        ? `add \`sources: { ${name}: { address: http://prometheus.monitoring:9090 } }\``
        : `name one of ${known.map((each) => `\`${each}\``).join(", ")}, or add \`${name}\` under \`sources\``,
  }),
  "literal-credential": code<{ where: string; kind: "bearer" | "basic" | "oauth2" | "datadog" | undefined }>({
    severity: "error",
    secret: true,
    message: ({ where }) => `${where} holds a credential`,
    why: ({ kind }) =>
      kind === "datadog"
        ? "whoever may read this file could use it, and what Git has seen it keeps"
        : "it would be copied into generated files, and so into Git and into every cluster that reads them",
    help: ({ kind }) => `${secretPlace(kind)}; revoke the one that stands here`,
  }),
});

function secretPlace(kind: "bearer" | "basic" | "oauth2" | "datadog" | undefined): string {
  if (kind === "datadog") {
    return "keep the keys in a Kubernetes Secret and write its name under `secret` of the source, and give `slogen push` the variables `DD_API_KEY` and `DD_APP_KEY`";
  }
  if (kind === undefined) return "keep it in a Kubernetes Secret and name that under `authentication`";
  if (kind === "oauth2") return "put it into a Kubernetes Secret and name that under `clientSecret`, beside `clientId`";
  const key = kind === "basic" ? "credentials" : "token";
  return `put it into a Kubernetes Secret and write \`authentication: { ${kind}: { secret: metrics-reader, key: ${key} } }\``;
}
