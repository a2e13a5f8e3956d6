import type { YamlScalar } from "./tree.ts";

/**
 * How a scalar without quotes gets its type.
 * - `go-yaml-1.1`: Go's yaml.v2 and sigs.k8s.io/yaml, which Kubernetes, Sloth and the OpenSLO SDK read with. Not YAML 1.1 to the letter:
 *   no base 60, dates stay text. https://github.com/yaml/go-yaml/blob/v2.4.4/resolve.go
 * - `yaml-1.2`: the core schema. https://yaml.org/spec/1.2.2/#103-core-schema
 * - `json`: only JSON's own words and numbers.
 */
export type ScalarRules = "go-yaml-1.1" | "yaml-1.2" | "json";

/** NaN and the infinities are numbers here, for YAML has words for them. */
export function scalarValue(scalar: YamlScalar, rules: ScalarRules): string | number | boolean | null {
  const resolved = resolve(scalar, rules);
  switch (resolved.kind) {
    case "null":
      return null;
    case "boolean":
      return resolved.value;
    case "integer":
      return Number(resolved.value);
    case "float":
      return floatValue(resolved.text);
    case "string":
      return scalar.text;
  }
}

/** The number as decimal text (`99.9`, `1e-3`, `31` for `0x1F`), which no double has touched; undefined for all else and for what is not finite. */
export function numberText(scalar: YamlScalar, rules: ScalarRules): string | undefined {
  const resolved = resolve(scalar, rules);
  if (resolved.kind === "integer") return resolved.value.toString();
  return resolved.kind === "float" && Number.isFinite(floatValue(resolved.text)) ? resolved.text : undefined;
}

/**
 * The string that sigs.k8s.io/yaml makes of a scalar where a Go struct wants text: `0.20` becomes `0.2`, `1e6` `1e+06`, `yes` `true`, null nothing.
 * Floats pass through 32 bits on the way. https://github.com/kubernetes-sigs/yaml/blob/v1.6.0/yaml.go (convertToJSONableObject)
 */
export function goText(scalar: YamlScalar, rules: ScalarRules): string {
  const resolved = resolve(scalar, rules);
  switch (resolved.kind) {
    case "null":
      return "";
    case "boolean":
      return String(resolved.value);
    case "integer":
      return resolved.value.toString();
    case "float":
      return formatFloat32(floatValue(resolved.text));
    case "string":
      return scalar.text;
  }
}

/** The value by each version of YAML, as people write it, where the two disagree: `on` is true in 1.1 and text in 1.2, `010` is 8 and 10. */
export function versionsOf(scalar: YamlScalar): { readonly yaml11: string; readonly yaml12: string } | undefined {
  if (scalar.style !== "plain" || scalar.tag !== undefined) return undefined;
  const sexagesimal = BASE_60.exec(scalar.text) !== null;
  const yaml11 = sexagesimal ? "a number in base 60" : describe(scalar, "go-yaml-1.1");
  const yaml12 = describe(scalar, "yaml-1.2");
  return yaml11 === yaml12 ? undefined : { yaml11, yaml12 };
}

/** Whether YAML 1.1 and 1.2 read a plain scalar differently. */
export function differsBetweenVersions(scalar: YamlScalar): boolean {
  return versionsOf(scalar) !== undefined;
}

function describe(scalar: YamlScalar, rules: ScalarRules): string {
  const value = scalarValue(scalar, rules);
  return typeof value === "string" ? "text" : String(value);
}

type Resolved =
  | { readonly kind: "null" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "integer"; readonly value: bigint }
  /** A decimal literal, or one of the words for what is not finite. */
  | { readonly kind: "float"; readonly text: string }
  | { readonly kind: "string" };

const STRING: Resolved = { kind: "string" };
const NULL: Resolved = { kind: "null" };
const CORE_TAG = "tag:yaml.org,2002:";

/** A tag such as `!!int` types quoted text too; one that the text does not fit leaves it text. */
function resolve(scalar: YamlScalar, rules: ScalarRules): Resolved {
  if (scalar.tag === undefined) {
    if (scalar.style === "missing") return NULL;
    return scalar.style === "plain" ? RESOLVERS[rules](scalar.text) : STRING;
  }
  if (!scalar.tag.startsWith(CORE_TAG)) return STRING;
  const wanted = KINDS_OF_TAG[scalar.tag.slice(CORE_TAG.length)] ?? [];
  const resolved = scalar.text === "" ? NULL : RESOLVERS[rules](scalar.text);
  return wanted.includes(resolved.kind) ? resolved : STRING;
}

const KINDS_OF_TAG: Readonly<Record<string, readonly Resolved["kind"][]>> = {
  null: ["null"],
  bool: ["boolean"],
  int: ["integer"],
  float: ["float", "integer"],
};

const RESOLVERS: Readonly<Record<ScalarRules, (text: string) => Resolved>> = {
  "go-yaml-1.1": resolveGo,
  "yaml-1.2": resolveCore,
  json: resolveJson,
};

const NULLS = new Set(["", "~", "null", "Null", "NULL"]);
const TRUES = new Set(["true", "True", "TRUE"]);
const FALSES = new Set(["false", "False", "FALSE"]);
const GO_TRUES = new Set([...TRUES, "y", "Y", "yes", "Yes", "YES", "on", "On", "ON"]);
const GO_FALSES = new Set([...FALSES, "n", "N", "no", "No", "NO", "off", "Off", "OFF"]);
const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const DECIMAL = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

function resolveWords(text: string, trues: ReadonlySet<string>, falses: ReadonlySet<string>): Resolved | undefined {
  if (NULLS.has(text)) return NULL;
  if (trues.has(text)) return { kind: "boolean", value: true };
  if (falses.has(text)) return { kind: "boolean", value: false };
  return NOT_FINITE.test(text) ? { kind: "float", text } : undefined;
}

function resolveCore(text: string): Resolved {
  const word = resolveWords(text, TRUES, FALSES);
  if (word) return word;
  if (/^[-+]?[0-9]+$/.test(text)) return { kind: "integer", value: BigInt(text.replace("+", "")) };
  if (/^0o[0-7]+$|^0x[0-9a-fA-F]+$/.test(text)) return { kind: "integer", value: BigInt(text) };
  return DECIMAL.test(text) ? { kind: "float", text } : STRING;
}

function resolveJson(text: string): Resolved {
  if (text === "null") return NULL;
  if (text === "true" || text === "false") return { kind: "boolean", value: text === "true" };
  if (/^-?(?:0|[1-9][0-9]*)$/.test(text)) return { kind: "integer", value: BigInt(text) };
  return /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/.test(text) ? { kind: "float", text } : STRING;
}

function resolveGo(text: string): Resolved {
  const word = resolveWords(text, GO_TRUES, GO_FALSES);
  if (word) return word;
  // Here alone yaml.v2 hands the underscores on to strconv.ParseFloat, which wants a digit on both sides.
  if (text.startsWith(".")) return /_(?![0-9])|(?<![0-9])_/.test(text) ? STRING : goFloat(text.replaceAll("_", ""));
  if (!/^[-+0-9]/.test(text)) return STRING;
  const digits = text.replaceAll("_", "");
  const value = goInteger(digits);
  return value === undefined ? goFloat(digits) : { kind: "integer", value };
}

/** strconv.ParseFloat refuses what overflows, so `1e400` stays text. */
function goFloat(text: string): Resolved {
  return DECIMAL.test(text) && Number.isFinite(Number(text)) ? { kind: "float", text } : STRING;
}

/** strconv.ParseInt and ParseUint with base 0, 64 bits. */
function goInteger(text: string): bigint | undefined {
  const [, sign = "", prefix = "", digits = ""] = /^([-+]?)(0[xXoObB]|0(?=.))?(.*)$/s.exec(text) ?? [];
  const base = { x: "0x", o: "0o", b: "0b" }[prefix.slice(1).toLowerCase()] ?? (prefix === "0" ? "0o" : "");
  // yaml.v2 tries the digits after `0b` once more by themselves, where they may carry a sign.
  const late = base === "0b" && prefix === "0b" && sign === "" ? /^[-+](?=[01])/.exec(digits)?.[0] : undefined;
  const bare = late === undefined ? digits : digits.slice(1);
  if (!DIGITS[base]?.test(bare)) return undefined;
  const magnitude = BigInt(base + bare);
  const value = sign === "-" || late === "-" ? -magnitude : magnitude;
  const highest = sign === "" && late === undefined ? 2n ** 64n : 2n ** 63n;
  return value >= -(2n ** 63n) && value < highest ? value : undefined;
}

const DIGITS: Readonly<Record<string, RegExp>> = { "": /^[0-9]+$/, "0x": /^[0-9a-fA-F]+$/, "0o": /^[0-7]+$/, "0b": /^[01]+$/ };

function floatValue(text: string): number {
  if (!NOT_FINITE.test(text)) return Number(text);
  return /nan$/i.test(text) ? NaN : text.startsWith("-") ? -Infinity : Infinity;
}

/** Go's strconv.FormatFloat(x, 'g', -1, 32): the shortest digits of a 32-bit float, with an exponent below 1e-4 and from 1e6 on. */
function formatFloat32(x: number): string {
  const single = Math.fround(x);
  if (Number.isNaN(single)) return "NaN";
  if (!Number.isFinite(single)) return single > 0 ? "+Inf" : "-Inf";
  if (single === 0) return Object.is(single, -0) ? "-0" : "0";
  const [mantissa = "", exponent = ""] = shortest32(single).split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 6) return positional(mantissa, power);
  return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** A 32-bit float needs at most nine digits. */
function shortest32(single: number): string {
  for (let digits = 0; digits < 8; digits++) {
    const text = toExponentialHalfEven(single, digits);
    if (Math.fround(Number(text)) === single) return text;
  }
  return toExponentialHalfEven(single, 8);
}

/** JavaScript rounds halves up where Go takes the even digit. */
function toExponentialHalfEven(x: number, digits: number): string {
  const [mantissa = "", exponent = ""] = x.toExponential(digits + BEYOND).split("e");
  const kept = mantissa.slice(0, -BEYOND).replace(/\.$/, "");
  const isHalf = mantissa.slice(-BEYOND) === "5".padEnd(BEYOND, "0");
  return isHalf && /[02468]$/.test(kept) ? `${kept}e${exponent}` : x.toExponential(digits);
}

/** Digits enough to tell a half from a little more: no 32-bit float that is a half ends later. */
const BEYOND = 30;

function positional(mantissa: string, power: number): string {
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace(/[-.]/g, "");
  if (power < 0) return `${sign}0.${"0".repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, "0");
  const fraction = digits.slice(power + 1);
  return sign + whole + (fraction === "" ? "" : `.${fraction}`);
}
