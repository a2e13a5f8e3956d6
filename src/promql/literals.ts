const LARGEST_INTEGER = 2n ** 63n - 1n;

/** The value of a number as Go's `strconv` reads it (`017` is octal, so 15); undefined if it is too large. */
export function numberValue(text: string): number | undefined {
  const digits = text.replaceAll("_", "");
  const word = digits.toLowerCase();
  if (word === "nan") return Number.NaN;
  if (word === "inf") return Number.POSITIVE_INFINITY;
  if (/^0[0-7]+$/.test(digits) && BigInt(`0o${digits.slice(1)}`) <= LARGEST_INTEGER) return Number.parseInt(digits, 8);
  if (word.startsWith("0x")) return BigInt(word) <= LARGEST_INTEGER ? Number(word) : undefined;
  const value = Number(digits);
  return Number.isFinite(value) ? value : undefined;
}

const UNITS = [
  ["y", 31_536_000_000],
  ["w", 604_800_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;

/** Prometheus keeps durations in 64 bits of nanoseconds: 292 years. */
export const LONGEST_MILLISECONDS = 9_223_372_036_854;

const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Milliseconds of a duration such as `1h30m` or `500ms`, zero included; undefined if units repeat or run from small to large, or if it is too long. */
export function durationMilliseconds(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (match === null || text === "") return undefined;
  const total = UNITS.reduce((sum, [, size], i) => sum + Number(match[i + 1] ?? 0) * size, 0);
  return total <= LONGEST_MILLISECONDS ? total : undefined;
}

/**
 * A duration as Prometheus prints it: years and weeks only where they divide exactly. What is shorter than a millisecond,
 * which only a number can say, is printed as seconds.
 * https://github.com/prometheus/common/blob/v0.71.0/model/time.go (Duration.String)
 */
export function formatMilliseconds(milliseconds: number): string {
  if (!Number.isInteger(milliseconds)) return String(Math.round(milliseconds * 1e6) / 1e9);
  if (milliseconds === 0) return "0s";
  let rest = milliseconds;
  let text = "";
  for (const [unit, size] of UNITS) {
    if ((unit === "y" || unit === "w") && rest % size !== 0) continue;
    const count = Math.floor(rest / size);
    if (count === 0) continue;
    text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}
