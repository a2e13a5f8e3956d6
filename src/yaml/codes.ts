import { code, codeTable } from "../diagnostics/diagnostic.ts";

/** How deep maps and lists may nest. */
export const DEPTH_LIMIT = 200;

export const yamlCodes = codeTable("yaml", {
  "unquoted-colon": code({
    severity: "error",
    unreadable: true,
    message: () => "a colon followed by a blank starts a new key in the middle of a value",
    why: "YAML takes everything before `: ` for a key, so text with a colon in it must be quoted",
    help: "put the whole value in quotes, or write `|` after the key and the value on the next line, indented",
  }),
  "tab-indentation": code({
    severity: "error",
    unreadable: true,
    message: () => "a tab indents this line",
    why: "YAML allows only spaces as indentation",
    help: "replace the tab by spaces",
  }),
  "bad-indentation": code<{ readonly what: string }>({
    severity: "error",
    unreadable: true,
    message: ({ what }) => what,
    why: "indentation alone tells YAML which key a line belongs to",
    help: "give all keys of one map, and all items of one list, the same number of leading spaces",
  }),
  "missing-colon": code({
    severity: "error",
    unreadable: true,
    message: () => "expected `key: value`, but there is no `: ` here",
    why: "within a map every line is a key, a colon and a blank, or the indented continuation of the value above",
    help: "write a colon and a blank after the key, or indent the line deeper if it continues the value above",
  }),
  "unclosed-quote": code<{ readonly quote: string; readonly isCut: boolean }>({
    severity: "error",
    unreadable: true,
    message: ({ quote }) => `the closing ${quote} is missing`,
    label: "opened here",
    why: ({ isCut }) =>
      isCut
        ? "a text in quotes ends at the first line that is not indented deeper than its key"
        : "without it the rest of the file is part of this text",
    help: ({ quote, isCut }) =>
      `add the closing ${quote}${isCut ? ", or indent the lines in which the text goes on" : ""}; within the text write ${quote === "'" ? "`''`" : '`\\"`'} for it`,
  }),
  "unclosed-bracket": code<{ readonly bracket: string }>({
    severity: "error",
    unreadable: true,
    message: ({ bracket }) => `expected \`${bracket}\``,
    why: "the bracket opened before is not closed, or what follows is not indented deeper than the key that holds it",
    help: ({ bracket }) => `add \`${bracket}\`; a text that merely begins with a bracket must be quoted`,
  }),
  "missing-comma": code({
    severity: "error",
    unreadable: true,
    message: () => "a comma is missing between two entries",
    why: "inside `{ }` and `[ ]` entries are separated by commas",
    help: "add the comma; a text that merely begins with a bracket must be quoted",
  }),
  "bad-escape": code<{ readonly escape: string }>({
    severity: "error",
    unreadable: true,
    message: ({ escape }) => `\`${escape}\` is no escape that YAML knows`,
    why: "within double quotes a backslash starts an escape such as `\\n`",
    help: ({ escape }) => `write \`\\${escape}\` for a backslash, or use single quotes, where it stands for itself`,
  }),
  "reserved-character": code<{ readonly character: string }>({
    severity: "error",
    unreadable: true,
    message: ({ character }) => `a value without quotes cannot begin with ${character === "`" ? "a backtick" : `\`${character}\``}`,
    why: "YAML reserves the character",
    help: "put the value in quotes",
  }),
  "text-after-value": code({
    severity: "error",
    unreadable: true,
    message: () => "the value has ended, but more text follows",
    why: "a quoted text, a bracketed list or map, and a whole list or map each end a value",
    help: "remove what follows, or put the whole value in one pair of quotes",
  }),
  syntax: code<{ readonly what: string; readonly help?: string }>({
    severity: "error",
    unreadable: true,
    message: ({ what }) => what,
    why: "nothing of a file is used unless all of it can be read",
    help: ({ help }) => help ?? "put texts with special characters in quotes, and check the indentation",
  }),
  "duplicate-key": code<{ readonly key: string }>({
    severity: "error",
    unreadable: true,
    message: ({ key }) => `the key \`${key}\` is given twice`,
    why: "tools differ in which of the two counts, and the other is lost without a word",
    help: "remove or rename one of them",
  }),
  "not-a-map-key": code<{ readonly found: "a map" | "a list" | "nothing" }>({
    severity: "error",
    unreadable: true,
    message: ({ found }) => (found === "nothing" ? "the key before this colon is missing" : `${found} cannot be a key`),
    why: ({ found }) =>
      found === "nothing"
        ? "every value of a map has a text as its key"
        : "keys are texts; a value that begins with a bracket, such as `{{.window}}`, is read as a map or a list",
    help: ({ found }) => (found === "nothing" ? "write the key before the colon" : "put the value in quotes"),
  }),
  "unknown-alias": code<{ readonly name: string }>({
    severity: "error",
    unreadable: true,
    message: ({ name }) => `no \`&${name}\` stands before this \`*${name}\``,
    why: "`*` refers to a value that `&` has named earlier in the same document",
    help: ({ name }) => `name a value with \`&${name}\` above, or put the text in quotes if the \`*\` belongs to it`,
  }),
  "alias-to-itself": code<{ readonly name: string }>({
    severity: "error",
    unreadable: true,
    message: ({ name }) => `\`*${name}\` lies within the value that \`&${name}\` names`,
    why: "the value would hold itself without end",
    help: "refer to a value that is complete, or write it out here",
  }),
  "alias-limit": code<{ readonly limit: number }>({
    severity: "error",
    unreadable: true,
    message: ({ limit }) => `aliases blow this document up to more than ${limit} values`,
    why: "a few lines of nested aliases can stand for billions of values",
    help: "write the values out, or split the document",
  }),
  "bad-merge": code({
    severity: "error",
    unreadable: true,
    message: () => "`<<` takes a map, or a list of maps",
    why: "a merge key copies the entries of other maps into this one",
    help: "write `<<: *name` with the name of a map, or put `<<` in quotes if it is meant as a key",
  }),
  "late-merge": code<{ readonly key: string }>({
    severity: "warning",
    message: ({ key }) => `\`<<\` follows the key \`${key}\`, which it holds too`,
    why: "slogen lets the written key win, as the definition of `<<` says; Go's YAML reader lets the later one win",
    help: "move `<<` to the top of its map",
  }),
  "too-deep": code<{ readonly limit: number }>({
    severity: "error",
    unreadable: true,
    message: ({ limit }) => `maps and lists are nested more than ${limit} levels deep`,
    why: "no format that slogen reads is nested so deep",
    help: "check the indentation and the brackets",
  }),
  "not-utf-8": code<{ readonly found: string }>({
    severity: "error",
    unreadable: true,
    message: ({ found }) => `the file is not UTF-8: ${found}`,
    why: "a character that was lost on reading would be lost from queries and labels",
    help: "save the file as UTF-8; a character that is really meant can be written as an escape in double quotes",
  }),
  "half-character": code({
    severity: "error",
    unreadable: true,
    message: () => "half of a surrogate pair stands here without its other half",
    why: "it is no character, so that no YAML or JSON file can hold it",
    help: "write the whole character, or its code point as `\\U0001F600`",
  }),
  "control-character": code<{ readonly character: string }>({
    severity: "error",
    unreadable: true,
    message: ({ character }) => `the invisible character \`${character}\` stands here`,
    why: "YAML readers refuse it, or differ on whether it ends the line",
    help: ({ character }) => `remove it, or write it in double quotes as \`${character}\``,
  }),
  "ambiguous-scalar": code<{ readonly text: string; readonly yaml11: string; readonly yaml12: string }>({
    severity: "warning",
    message: ({ text }) => `\`${text}\` means different things to different YAML readers`,
    label: ({ yaml11, yaml12 }) => `${yaml11} in YAML 1.1, ${yaml12} in YAML 1.2`,
    why: "Kubernetes, Sloth and the OpenSLO tools read YAML 1.1, other tools YAML 1.2",
    help: ({ text }) => `put it in quotes if it is a text: \`"${text}"\`; else write \`true\`, \`false\` or a plain decimal number`,
  }),
});
