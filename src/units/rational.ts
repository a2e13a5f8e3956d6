/**
 * Exact numbers from the source text to the output.
 * A target of 99.9 % leaves a budget of 0.001, never 0.0009999999999999432.
 */
export interface Rational {
  /** Numerator, in lowest terms; carries the sign. */
  readonly n: bigint;
  /** Denominator, in lowest terms; at least 1. */
  readonly d: bigint;
}

export const ZERO: Rational = { n: 0n, d: 1n };
export const ONE: Rational = { n: 1n, d: 1n };

export function rational(n: bigint | number, d: bigint | number = 1n): Rational {
  return reduce(BigInt(n), BigInt(d));
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/** The exact value of a decimal literal such as `99.9`, `-1`, `.5` or `1e-3`; undefined if the text is no such literal. */
export function parseDecimal(text: string): Rational | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const digits = BigInt(whole + fraction) * (sign === "-" ? -1n : 1n);
  const power = Number(exponent) - fraction.length;
  return power >= 0 ? { n: digits * 10n ** BigInt(power), d: 1n } : reduce(digits, 10n ** BigInt(-power));
}

/** The exact value of a finite double. */
export function fromNumber(x: number): Rational {
  const parsed = parseDecimal(String(x));
  if (parsed === undefined) throw new RangeError(`not a finite number: ${x}`);
  return parsed;
}

export const add = (a: Rational, b: Rational): Rational => reduce(a.n * b.d + b.n * a.d, a.d * b.d);
export const subtract = (a: Rational, b: Rational): Rational => reduce(a.n * b.d - b.n * a.d, a.d * b.d);
export const multiply = (a: Rational, b: Rational): Rational => reduce(a.n * b.n, a.d * b.d);
export const divide = (a: Rational, b: Rational): Rational => reduce(a.n * b.d, a.d * b.n);

/** Negative, zero or positive as `a` is below, equal to or above `b`. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export const less = (a: Rational, b: Rational): boolean => compare(a, b) < 0;
export const equal = (a: Rational, b: Rational): boolean => compare(a, b) === 0;

/** The nearest decimal with so many places that is not above `r`, or not below it. */
export function roundTo(r: Rational, places: number, direction: "down" | "up"): Rational {
  const power = 10n ** BigInt(places);
  const scaled = r.n * power;
  const truncated = scaled / r.d;
  const isWhole = truncated * r.d === scaled;
  const floor = isWhole || r.n >= 0n ? truncated : truncated - 1n;
  return reduce(isWhole || direction === "down" ? floor : floor + 1n, power);
}

/** The nearest double. */
export function toNumber(r: Rational): number {
  if (r.d === 1n) return Number(r.n);
  const text = finiteDecimal(r, 400);
  if (text !== undefined) return Number(text);
  // 1/3 and the like: divide with 40 significant digits, far beyond a double's 17, and let the parser round once.
  const sign = r.n < 0n ? "-" : "";
  const n = r.n < 0n ? -r.n : r.n;
  const shift = BigInt(40 + r.d.toString().length - Math.min(n.toString().length, r.d.toString().length));
  return Number(`${sign}${(n * 10n ** shift) / r.d}e-${shift}`);
}

/**
 * Decimal text: exact when it ends within 15 significant digits, else the shortest decimal of the nearest double.
 * Never in exponent form, never with a float tail.
 */
export function toDecimal(r: Rational): string {
  const exact = finiteDecimal(r, 60);
  if (exact !== undefined && significantDigits(exact) <= 15) return exact;
  return positional(toNumber(r));
}

/** A number in a sentence: exact if that is short, else four significant digits. */
export function toFigure(r: Rational): string {
  const exact = toDecimal(r);
  return exact.length <= 8 ? exact : positional(Number(toNumber(r).toPrecision(4)));
}

function reduce(n: bigint, d: bigint): Rational {
  if (d === 0n) throw new RangeError("division by zero");
  if (d < 0n) return reduce(-n, -d);
  const divisor = gcd(n < 0n ? -n : n, d);
  return { n: n / divisor, d: d / divisor };
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? 1n : a;
}

/** The whole decimal expansion, or undefined if it has more than `places` fractional digits or none that ends. */
function finiteDecimal(r: Rational, places: number): string | undefined {
  let power = 1n;
  for (let digits = 0; digits <= places; digits++, power *= 10n) {
    if (power % r.d !== 0n) continue;
    const scaled = ((r.n < 0n ? -r.n : r.n) * (power / r.d)).toString().padStart(digits + 1, "0");
    const whole = scaled.slice(0, scaled.length - digits);
    const fraction = scaled.slice(scaled.length - digits);
    return `${r.n < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
  }
  return undefined;
}

function significantDigits(decimal: string): number {
  return decimal.replace(/[-.]/g, "").replace(/^0+/, "").length;
}

function positional(x: number): string {
  const text = String(x);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = "", lead = "", rest = "", exponent = "0"] = match;
  const digits = lead + rest;
  const point = 1 + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return sign + digits.padEnd(point, "0");
}
