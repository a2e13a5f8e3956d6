import { code, codeTable } from "../diagnostics/diagnostic.ts";

export const overlayCodes = codeTable("overlay", {
  unmatched: code<{ target: string; suggestion: string | undefined; texts: boolean }>({
    severity: "warning",
    message: ({ target }) => `this overlay matches nothing that \`${target}\` generates`,
    why: ({ texts }) =>
      texts
        ? "files whose text copies another tool's byte by byte, as the `sloth` dialect writes them, and edited files of yours take no overlays"
        : "what it was meant to change is generated without the change",
    help: ({ suggestion }) =>
      suggestion === undefined
        ? "compare its `path`, `kind` and `name` with the generated files, or remove it"
        : `did you mean \`${suggestion}\`?`,
  }),
  "patch-failed": code<{ problem: string; object: string }>({
    severity: "error",
    message: ({ problem, object }) => `this operation fails on ${object}: ${problem}`,
    why: "a JSON Patch holds as a whole or not at all (RFC 6902)",
    help: "correct the pointer (`add` makes what is not there yet), or narrow the overlay's `path`, `kind` or `name` to the objects it fits",
  }),
  "invalid-result": code<{ object: string; problem: string }>({
    severity: "error",
    message: ({ object, problem }) => `this overlay spoils ${object}: ${problem}`,
    why: "what loads the file would refuse all of it",
    help: "write the field as its documentation spells it, or let the overlay change another one",
  }),
  "not-a-map": code<{ object: string }>({
    severity: "error",
    message: ({ object }) => `this overlay turns ${object} into something other than a map`,
    why: "every generated object is a map, and what reads it would refuse anything else",
    help: "change the object's fields; to leave the whole object out, use the target's options",
  }),
});

export const outputCodes = codeTable("output", {
  collision: code<{ path: string; other: string; sources: string }>({
    severity: "error",
    message: ({ path, other }) =>
      path === other ? `two generated files are called \`${path}\`` : `\`${path}\` and \`${other}\` cannot both be written`,
    why: ({ path, other }) =>
      path === other
        ? "one would overwrite the other"
        : other.startsWith(`${path}/`)
          ? "one is a file where the other needs a folder"
          : "macOS and Windows take them for the same file, so one would overwrite the other there",
    help: ({ sources }) => `give a file or a service in ${sources} another name`,
  }),
  "unsafe-path": code<{ path: string; sources: string }>({
    severity: "error",
    message: ({ path }) => `\`${path}\` does not name the same file under the output folder on every system`,
    why: "slogen writes in its output folder only, and a backslash or a drive letter would lead Windows elsewhere",
    help: ({ sources }) => `rename ${sources}`,
  }),
  "hand-edited": code<{ path: string; remove: boolean }>({
    severity: "error",
    message: ({ path, remove }) => `\`${path}\` was edited by hand${remove ? " and is no longer generated" : ""}`,
    why: "the next build would silently throw the edit away, so this one stops",
    help: ({ remove }) =>
      remove
        ? "move the file out of the output folder to keep it, or `slogen build --force` removes it"
        : "move the edit to the spec, an option, a template or an overlay; then `slogen build --force` overwrites the file",
  }),
  "edited-twice": code<{ path: string }>({
    severity: "error",
    message: ({ path }) => `\`${path}\` would be edited in two ways`,
    why: "two policies, or one in two environments, make different gates of it, and a file holds only one",
    help: "give each its own file, or build copies: `slogen build` without `--in-place`",
  }),
  foreign: code<{ path: string }>({
    severity: "error",
    message: ({ path }) => `\`${path}\` exists, and slogen did not write it`,
    why: "overwriting it would destroy somebody's work",
    help: "move it away, choose another `out`, or let `slogen build --force` overwrite it",
  }),
  "partial-build": code<{ path: string; missing: string }>({
    severity: "error",
    message: ({ path, missing }) => `\`${path}\` is also generated from ${missing}, which this run does not read`,
    why: "the file would lose the rules of the specs that were left out",
    help: ({ missing }) => `run \`slogen build\` without \`-f\`, or add ${missing}`,
  }),
  missing: code<{ path: string }>({
    severity: "error",
    message: ({ path }) => `\`${path}\` is missing`,
    why: "the specs generate it, and nobody committed it",
    help: "run `slogen build` and commit the result",
  }),
  stale: code<{ path: string }>({
    severity: "error",
    message: ({ path }) => `\`${path}\` is out of date`,
    why: "the specs or the configuration have changed since it was generated",
    help: "run `slogen build` and commit the result",
  }),
  leftover: code<{ path: string }>({
    severity: "error",
    message: ({ path }) => `\`${path}\` is no longer generated`,
    why: "what it holds is still deployed, although neither the specs nor the configuration ask for it",
    help: "run `slogen build`, which removes it, and commit the result",
  }),
  unlisted: code<{ path: string }>({
    severity: "notice",
    message: ({ path }) => `\`${path}\` is slogen's work, but no manifest lists it: it is removed`,
    why: "its header says that it was generated, and nothing asks for it any more",
    help: "if somebody needs it, restore it from Git without the header and outside the output folder",
  }),
  "manifest-syntax": code({
    severity: "error",
    unreadable: true,
    message: () => "the manifest of the output folder cannot be read",
    label: "a manifest of version 1 was expected",
    why: "it lists the files that slogen may overwrite and remove",
    help: "restore it from Git; or delete it and run `slogen build`, with `--force` if generated files have changed since",
  }),
});
