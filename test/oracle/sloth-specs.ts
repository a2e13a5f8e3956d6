/* Random Sloth and OpenSLO v1alpha specs, as people might write them on a bad day. */

export interface Dice {
  /** A whole number from 0, below `limit`. */
  readonly below: (limit: number) => number;
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(items: readonly T[]) => T;
}

/** Mulberry32: the same seed gives the same rolls. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return { below, chance: (share) => next() < share, pick: (items) => items[below(items.length)] as (typeof items)[number] };
}

export type Format = "native" | "kubernetes" | "openslo";

/**
 * Left out, since Sloth's own output is no guide there: in Kubernetes objects U+0085, which Sloth folds to a space on the way
 * through JSON, and empty `annotations`, which it copies as `{}`.
 */
export function randomSpec(roll: Dice, format: Format): string {
  const documents = Array.from({ length: roll.chance(0.2) ? 2 : 1 }, () => {
    const document = DOCUMENTS[format](roll);
    return format === "kubernetes" ? document.replace(/\u0085|\\u0085/g, "~").replace(/^ {2}annotations: \{\}\n/m, "") : document;
  });
  return documents.join(roll.pick(["---\n", "\n---\n", "---\n# next\n"]));
}

const DOCUMENTS = {
  native: (roll: Dice) => withSlip(roll, slothDocument(roll, true), [/^service:/m, / objective:/, / alerting:/, / error_query:/]),
  kubernetes: (roll: Dice) => withSlip(roll, slothDocument(roll, false), []),
  openslo,
};

/** Now and then a key in the wrong case, which Sloth reads in its own format, or one that it does not know, which it drops. */
function withSlip(roll: Dice, document: string, keys: readonly RegExp[]): string {
  if (roll.chance(0.05)) return document.replace(/^( *)objective:/m, "$1pagealert: { disable: true }\n$&");
  return keys.length > 0 && roll.chance(0.1) ? document.replace(roll.pick(keys), (text) => text.toUpperCase()) : document;
}

// ---- texts ----

const PIECES = [
  ...["word", "a", "Zeta", "ünïcode", "日本語", "10", "2", "on", "-", "- ", ":", ": ", " #", "#", "'", '"', "\\", "{", "}", "[", "]", ","],
  ...["&", "*", "!", "|", ">", "%", "@", "`", "?", "/", "~", "=", " ", " ", " ", "  ", "\u00a0", "\u2028", "\u0085", "😀", "\t"],
];
const WORDS = [
  ...["yes", "No", "on", "OFF", "y", "n", "true", "null", "~", "<<", "=", "0.20", "1.0", "010", "0x1F", "1_000", "1e3", "12:30:00"],
  ...["2024-02-29", "2023-02-29", "2024-01-02T03:04:05Z", ".5", "-.inf", ".NaN", "0b11", "18446744073709551616", "---", "...", "089"],
];

/** Text that YAML printers get wrong: words that read as something else, indicators, long lines, several lines. */
export function randomText(roll: Dice): string {
  if (roll.chance(0.25)) return roll.pick(WORDS);
  const length = roll.pick([1, 2, 4, 8, 16, 40]);
  const plain = roll.chance(0.4);
  const text = Array.from({ length }, () => (plain ? `${roll.pick(PIECES.slice(0, 6))} ` : roll.pick(PIECES))).join("");
  if (roll.chance(0.15)) return `${text}\n${roll.pick(["more", "  more", "more \nlines", "\nmore", "more\n", "more\n\n"])}`;
  return plain && roll.chance(0.8) ? text.trim() : text;
}

/** Digits only in known places: where `a1e3`, `a2` and `a10` meet, yaml.v2's order runs in a circle, and Sloth's output varies. */
export function randomKey(roll: Dice): string {
  const key = roll.chance(0.6) ? roll.pick(NAMES) : `${roll.pick(["a", "B", "é", "k"])}${randomText(roll).replace(/\d/g, "_")}`;
  return roll.chance(0.02) ? "long".repeat(33) + key : key;
}

const NAMES = [
  "team",
  "tier",
  "owner",
  "repo",
  "a1",
  "a2",
  "a10",
  "a_1",
  "Aa",
  "severity",
  "k8s.pod",
  "app-id",
  "zone",
  "_x",
  "sloth_severity",
];

// ---- YAML ----

/** A string as a scalar of some style that holds it. */
function scalar(roll: Dice, text: string, indent: string): string {
  const styles = ["double"];
  const printable = !/[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u.test(text);
  if (printable && !text.includes("\n")) styles.push("single", "single");
  if (printable && /^[A-Za-z(][\w(){}="~!|.,/+*<> -]*[\w)}]$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text))
    styles.push("plain", "plain");
  if (printable && text.includes("\n") && !/^[ \n]/.test(text) && /[^\n]$|[^\n]\n$/.test(text) && !/ $/.test(text))
    styles.push("literal", "literal", "literal");
  switch (roll.pick(styles)) {
    case "plain":
      return text;
    case "single":
      return `'${text.replaceAll("'", "''")}'`;
    case "literal":
      return `${text.endsWith("\n") ? "|" : "|-"}\n${text.replace(/\n$/, "").replace(/^(?=.)/gm, `${indent}  `)}`;
    default:
      return JSON.stringify(text).replace(/[\x7f-\x9f\u2028\u2029\ufeff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  }
}

function map(roll: Dice, key: string, indent: string, entries: readonly (readonly [string, string])[]): string {
  if (entries.length === 0) return roll.chance(0.5) ? "" : `${indent}${key}: {}\n`;
  return `${indent}${key}:\n${entries.map(([name, value]) => `${indent}  ${name}: ${value}\n`).join("")}`;
}

function texts(roll: Dice, key: string, indent: string, raw: boolean): string {
  const count = roll.pick([0, 1, 2, 5]);
  const entries = new Map<string, string>();
  for (let i = 0; i < count; i++) {
    const name = randomKey(roll);
    const value =
      raw && roll.chance(0.15)
        ? roll.pick(["yes", "0.20", "1.0", "1e3", "010", "0x1F", "3", "-2.50", "off", "123456789", "1e21"])
        : undefined;
    const text = roll.chance(0.3)
      ? `{{ $labels.instance }} ${roll.pick(["is down", "burns"])}`
      : roll.chance(0.01)
        ? ""
        : nonEmpty(randomText(roll));
    entries.set(
      JSON.stringify(name).replace(/[\x7f-\x9f\u2028\u2029\ufeff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`),
      value ?? scalar(roll, text, `${indent}  `),
    );
  }
  return map(roll, key, indent, [...entries]);
}

function nonEmpty(text: string): string {
  return text === "" ? "text" : text;
}

// ---- SLOs ----

function name(roll: Dice, some: readonly string[]): string {
  return `${roll.pick(some)}${roll.pick(["", "-api", "_v2", ".eu", "-10", "-A"])}${roll.below(1000)}`;
}

function objective(roll: Dice): string {
  if (roll.chance(0.01)) return "100";
  if (roll.chance(0.7))
    return roll.pick(["99.9", "99", "99.95", "99.99", "99.999", "95", "90", "50", "97.3", "33.3", "99.9999", "99.5", "1.5"]);
  return `${1 + roll.below(99)}.${String(roll.below(10 ** (1 + roll.below(6))))}`;
}

const SELECTORS = ['job="api"', 'job="a b",code=~"(5..|429)"', 'path!~"/health/.*"', 'le="0.4",verb!="WATCH"', 'zone="日本"', `job='api'`];

function selector(roll: Dice): string {
  return `http_requests_total{${roll.pick(SELECTORS)}}`;
}

function rate(roll: Dice, window = roll.pick(["{{.window}}", "{{.window}}", "{{ .window }}"])): string {
  const inner = `rate(${selector(roll)}[${window}])`;
  return roll.pick([
    () => `sum(${inner})`,
    () => `sum by (zone) (${inner})`,
    () => `sum(\n  ${inner}\n)\n`,
    () => `sum(\n\n  ${inner}\n)`,
    () => `sum(${inner}) + sum(rate(http_requests_total{${roll.pick(SELECTORS)},handler="a very long handler name"}[${window}]))\n`,
    () => `# comment\nsum(${inner})\n`,
    () => `sum(${inner}) # total\n`,
    () => (roll.chance(0.1) ? `sum(${inner}) # total` : `avg(${inner})`),
    () => `sum(${inner}) \nor vector(0)`,
    () => `sum(increase(${selector(roll)}[${window}]))`,
    () => `  sum(${inner})`,
  ])();
}

function ratio(roll: Dice): string {
  return roll.pick([
    () => `${rate(roll)}\n/\n${rate(roll)}`,
    () => `1 - avg_over_time(probe_success{${roll.pick(SELECTORS)}}[{{.window}}])`,
    () =>
      `1 - (sum_over_time((probe_success{job="x"} > bool 0.5)[{{.window}}:1m]) / count_over_time(probe_success{job="x"}[{{.window}}:1m]))\n`,
  ])();
}

function slothDocument(roll: Dice, native: boolean): string {
  const key = (words: string): string => (native ? words : words.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()));
  const indent = native ? "" : "  ";
  const service = name(roll, ["checkout", "Billing", "0ps"]);
  const slos = Array.from({ length: roll.pick([1, 1, 2, 3]) }, (_, i) => slothSlo(roll, key, `${indent}  `, native, i));
  const body = `${indent}service: ${scalar(roll, service, indent)}\n${texts(roll, "labels", indent, native)}${indent}slos:\n${slos.join("")}`;
  if (native) return `version: ${roll.pick(["prometheus/v1", '"prometheus/v1"'])}\n${body}`;
  const metadata = `metadata:\n  name: slo-${roll.below(100)}\n${roll.chance(0.6) ? "  namespace: monitoring\n" : ""}${texts(roll, "labels", "  ", false)}${texts(roll, "annotations", "  ", false)}`;
  return `apiVersion: sloth.slok.dev/v1\nkind: PrometheusServiceLevel\n${metadata}spec:\n${body}`;
}

function slothSlo(roll: Dice, key: (words: string) => string, indent: string, native: boolean, index: number): string {
  const deep = `${indent}  `;
  const [error, total] = [rate(roll), rate(roll)];
  const sli = roll.chance(0.75)
    ? `${deep}sli:\n${deep}  events:\n${deep}    ${key("error_query")}: ${scalar(roll, error, `${deep}    `)}\n${deep}    ${key("total_query")}: ${scalar(roll, total, `${deep}    `)}\n`
    : `${deep}sli:\n${deep}  raw:\n${deep}    ${key("error_ratio_query")}: ${scalar(roll, ratio(roll), `${deep}    `)}\n`;
  const severity = (words: string): string => {
    if (roll.chance(0.3)) return "";
    if (roll.chance(0.25)) return `${deep}  ${key(words)}:\n${deep}    disable: true\n`;
    const body = texts(roll, "labels", `${deep}    `, native) + texts(roll, "annotations", `${deep}    `, native);
    return body === "" ? "" : `${deep}  ${key(words)}:\n${body}`;
  };
  const alertName = roll.chance(0.5) ? name(roll, ["CheckoutErrors"]) : nonEmpty(randomText(roll));
  const alerting = `${deep}alerting:\n${deep}  name: ${scalar(roll, alertName, `${deep}  `)}\n${texts(roll, "labels", `${deep}  `, native)}${texts(roll, "annotations", `${deep}  `, native)}${severity("page_alert")}${severity("ticket_alert")}`;
  return `${indent}- name: ${name(roll, ["availability", "Latency"])}x${index}\n${deep}objective: ${objective(roll)}\n${texts(roll, "labels", deep, native)}${deep}description: ${scalar(roll, randomText(roll), deep)}\n${sli}${alerting}`;
}

function openslo(roll: Dice): string {
  const objectives = Array.from({ length: roll.pick([1, 1, 2, 3]) }, (_, i) => {
    const target = roll.pick(["0.999", "0.99", "0.9999", "0.57", "0.99999", "0.95", `0.${1 + roll.below(99998)}`]);
    const metric = (kind: string): string =>
      `        ${kind}:\n          source: prometheus\n          queryType: promql\n          query: ${scalar(roll, rate(roll), "          ")}\n`;
    return `    - value: ${i + 1}\n      ratioMetrics:\n${metric("good")}${metric("total")}      target: ${target}\n`;
  });
  const window = roll.pick([28, 30, 30]);
  return `apiVersion: openslo/v1alpha
kind: SLO
metadata:
  name: availability-${roll.below(1000)}
spec:
  service: ${roll.pick(["checkout", "billing"])}-${roll.below(1000)}
  description: ${scalar(roll, randomText(roll), "  ")}
  budgetingMethod: Occurrences
  objectives:
${objectives.join("")}  timeWindows:
    - count: ${window}
      unit: Day
      isRolling: true
`;
}
