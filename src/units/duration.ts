declare const unit: unique symbol;

/** A length of time in whole seconds, above zero. */
export type Seconds = number & { readonly [unit]: "seconds" };

export function seconds(value: number): Seconds {
  if (!Number.isSafeInteger(value) || value <= 0) throw new RangeError(`not a whole number of seconds above zero: ${value}`);
  return value as Seconds;
}

export const MINUTE = seconds(60);
export const HOUR = seconds(3600);
export const DAY = seconds(86_400);

const UNITS = [
  ["y", 365 * DAY],
  ["w", 7 * DAY],
  ["d", DAY],
  ["h", HOUR],
  ["m", MINUTE],
  ["s", 1],
] as const;

const PROMETHEUS = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/**
 * Reads Prometheus's duration syntax in whole seconds (`5m`, `1h30m`, `4w`); undefined for anything else and for zero.
 * https://prometheus.io/docs/prometheus/latest/querying/basics/#float-literals-and-time-durations
 */
export function parseDuration(text: string): Seconds | undefined {
  const match = text === "" ? null : PROMETHEUS.exec(text);
  if (match === null) return undefined;
  const total = UNITS.reduce((sum, [, size], i) => sum + Number(match[i + 1] ?? 0) * size, 0);
  return Number.isSafeInteger(total) && total > 0 ? (total as Seconds) : undefined;
}

/**
 * Prometheus's own text of a duration: years and weeks only where they divide exactly, so 28 days are `4w` and 30 days `30d`.
 * The names of recorded series depend on it (`slo:sli_error:ratio_rate30d`).
 * https://github.com/prometheus/common/blob/v0.67.5/model/time.go (Duration.String)
 */
export function formatDuration(duration: Seconds): string {
  let rest: number = duration;
  let text = "";
  for (const [letter, size] of UNITS) {
    if ((letter === "y" || letter === "w") && rest % size !== 0) continue;
    const count = Math.floor(rest / size);
    if (count === 0) continue;
    text += `${count}${letter}`;
    rest -= count * size;
  }
  return text;
}

/** A duration in words for people: `50 hours`, `2.1 days`, `45 minutes`. */
export function describeDuration(duration: number): string {
  const [size, word] =
    duration >= 3 * DAY
      ? [DAY, "day"]
      : duration >= 2 * HOUR
        ? [HOUR, "hour"]
        : duration >= 2 * MINUTE
          ? [MINUTE, "minute"]
          : [1, "second"];
  const count = Math.round((duration / size) * 10) / 10;
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
