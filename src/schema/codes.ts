import { code, codeTable } from "../diagnostics/diagnostic.ts";

interface Wanted {
  readonly field: string;
  /** Completes "`field` must be". */
  readonly wanted: string;
  readonly found: string;
  readonly help: string | undefined;
}

const list = (words: readonly string[], last: string): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1) ?? ""}`;
const quoted = (words: readonly string[]): string[] => words.map((word) => `\`${word}\``);
const orElse = (help: string | undefined, otherwise: string): string => help ?? otherwise;

export const schemaCodes = codeTable("schema", {
  "unknown-field": code<{ field: string; within: string; nearest: string | undefined; allowed: readonly string[] }>({
    severity: "error",
    message: ({ field, within }) => `${within} has no field \`${field}\``,
    label: ({ nearest }) => (nearest === undefined ? "not a field of this format" : `did you mean \`${nearest}\`?`),
    why: "a field that nobody reads is a setting that silently does nothing",
    help: ({ field, nearest, allowed }) =>
      nearest !== undefined
        ? `write \`${nearest}\` instead of \`${field}\``
        : allowed.length === 0
          ? "remove it: no field is allowed here"
          : `remove it, or use one of ${list(quoted(allowed), "and")}`,
  }),
  "missing-field": code<{ field: string; within: string; empty: boolean; help: string | undefined }>({
    severity: "error",
    message: ({ field, within, empty }) => (empty ? `\`${field}\` has no value` : `${within} has no \`${field}\``),
    help: ({ field, help }) => orElse(help, `add \`${field}\``),
  }),
  "wrong-type": code<Wanted>({
    severity: "error",
    message: ({ field, wanted, found }) => `${field} must be ${wanted}, and is ${found}`,
    help: ({ help, wanted }) => orElse(help, `write ${wanted}`),
  }),
  "not-one-of": code<{ field: string; found: string; allowed: readonly string[]; nearest: string | undefined; help: string | undefined }>({
    severity: "error",
    message: ({ field, found, allowed }) =>
      allowed.length === 0 ? `${field} is ${found}, which is unknown` : `${field} must be ${list(quoted(allowed), "or")}, and is ${found}`,
    label: ({ nearest }) => (nearest === undefined ? "not one of the allowed values" : `did you mean \`${nearest}\`?`),
    help: ({ nearest, allowed, help }) =>
      orElse(
        help,
        nearest !== undefined ? `write \`${nearest}\`` : `write ${list(quoted(allowed), "or") || "a value that the format knows"}`,
      ),
  }),
  "bad-format": code<Wanted>({
    severity: "error",
    message: ({ field, wanted, found }) => `${field} is ${found}, and must be ${wanted}`,
    help: ({ help, wanted }) => orElse(help, `write ${wanted}`),
  }),
  "bad-key": code<{ key: string; within: string; wanted: string }>({
    severity: "error",
    message: ({ key, within }) => `\`${key}\` is no valid key of ${within}`,
    help: ({ wanted }) => `a key must be ${wanted}`,
  }),
  "too-long": code<{ field: string; length: number; limit: number }>({
    severity: "error",
    message: ({ field, length, limit }) => `${field} has ${length} characters, and may have ${limit}`,
    help: ({ length, limit }) => `shorten it by ${length - limit}`,
  }),
  "too-short": code<{ field: string; limit: number }>({
    severity: "error",
    message: ({ field, limit }) => (limit === 1 ? `${field} is empty` : `${field} has fewer than ${limit} characters`),
    help: ({ field, limit }) => (limit === 1 ? `give ${field} a value` : `write at least ${limit} characters`),
  }),
  "too-few": code<{ field: string; count: number; limit: number; help: string | undefined }>({
    severity: "error",
    message: ({ field, count, limit }) =>
      count === 0 ? `${field} is empty` : `${field} has ${count} entries, and needs at least ${limit}`,
    help: ({ help, limit }) => orElse(help, `add ${limit === 1 ? "an entry" : `entries, up to ${limit}`}`),
  }),
  "too-many": code<{ field: string; count: number; limit: number; help: string | undefined }>({
    severity: "error",
    message: ({ field, count, limit }) => `${field} has ${count} entries, and may have ${limit}`,
    help: ({ help, limit }) => orElse(help, `keep ${limit === 1 ? "one entry" : `${limit} entries`}`),
  }),
  "out-of-range": code<Wanted>({
    severity: "error",
    message: ({ field, wanted, found }) => `${field} must be ${wanted}, and is ${found}`,
    help: ({ help, wanted }) => orElse(help, `write a number that is ${wanted}`),
  }),
  "conflicting-fields": code<{ within: string; fields: readonly string[]; help: string | undefined }>({
    severity: "error",
    message: ({ within, fields }) => `${within} may have only one of ${list(quoted(fields), "and")}`,
    help: ({ help, fields }) => orElse(help, `keep one of ${list(quoted(fields), "and")}`),
  }),
  "missing-alternative": code<{ within: string; fields: readonly string[]; help: string | undefined }>({
    severity: "error",
    message: ({ within, fields }) => `${within} needs ${list(quoted(fields), "or")}`,
    help: ({ help, fields }) => orElse(help, `add ${list(quoted(fields), "or")}`),
  }),
  "duplicate-item": code<{ field: string }>({
    severity: "error",
    message: ({ field }) => `${field} has the same entry twice`,
    help: "remove one of them",
  }),
});
