import type { Isolation } from "../../model/policy.ts";
import type { Matcher } from "../../promql/ast.ts";

/** Hashes as a ReplicaSet has them, one for each side. */
const EXAMPLES = { canary: "6c9fd7b8d5", stable: "7d4b9f5c68" } as const;

/**
 * A series, as labels with values, that both sides select: `{hash}` in a matcher that excludes is such a mistake, since it stands for the hash
 * of its own side. Undefined where none is found: patterns are tried by one text that they match, and sides that ask for different
 * labels are taken at their word.
 */
export function sharedSeries(isolation: Pick<Isolation<Matcher>, "canary" | "stable">): ReadonlyMap<string, string> | undefined {
  const canary = withHash(isolation.canary, EXAMPLES.canary);
  const stable = withHash(isolation.stable, EXAMPLES.stable);
  const labels = [...new Set([...canary, ...stable].map(({ label }) => label))];
  const areAll = (side: readonly Matcher[]): boolean => labels.every((label) => side.some((matcher) => matcher.label === label));
  if (!areAll(canary) && !areAll(stable)) return undefined;
  const found = labels.map((label) => {
    const own = [...canary, ...stable].filter((matcher) => matcher.label === label);
    return [label, own.flatMap(textsOf).find((text) => own.every((matcher) => holds(matcher, text)))] as const;
  });
  const shared = found.flatMap(([label, text]) => (text === undefined ? [] : [[label, text] as const]));
  return shared.length === labels.length ? new Map(shared) : undefined;
}

function withHash(matchers: readonly Matcher[], hash: string): readonly Matcher[] {
  return matchers.map((matcher) =>
    typeof matcher.value === "string" ? { ...matcher, value: matcher.value.replaceAll("{hash}", hash) } : matcher,
  );
}

/** Texts that the matcher selects or, if it excludes, leaves out. */
function textsOf({ op, value }: Matcher): readonly string[] {
  if (typeof value !== "string") return [];
  if (op === "=" || op === "!=") return [value];
  return alternatives(value).map((pattern) => pattern.replace(/\.[+*]/g, "x").replace(/\\(.)/g, "$1"));
}

/** The parts of a pattern without groups; one with groups is tried as it is, and most likely matches nothing. */
function alternatives(pattern: string): readonly string[] {
  return /[()[\]]/.test(pattern) ? [pattern] : pattern.split("|");
}

function holds({ op, value }: Matcher, text: string): boolean {
  if (typeof value !== "string") return false;
  switch (op) {
    case "=":
      return text === value;
    case "!=":
      return text !== value;
    case "=~":
      return matches(value, text) === true;
    case "!~":
      return matches(value, text) === false;
  }
}

/** Prometheus's patterns are anchored. What JavaScript cannot read as one says nothing. */
function matches(pattern: string, text: string): boolean | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`, "s").test(text);
  } catch {
    return undefined;
  }
}
