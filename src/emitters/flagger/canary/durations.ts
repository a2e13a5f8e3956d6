import { parseDuration, seconds, type Seconds } from "../../../units/duration.ts";
import { flaggerDuration } from "../duration.ts";

/**
 * A duration that both the Canary's schema and Go read, in whole seconds: minutes, seconds, or minutes and seconds.
 * The schema's own pattern `^[0-9]+(m|s)` has no end, so that `1min` passes it and then means nothing.
 */
export function flaggerSeconds(text: string): Seconds | undefined {
  return /^(?:\d+m)?(?:\d+s)?$/.test(text) ? parseDuration(text) : undefined;
}

/** What somebody most likely meant by a duration that Flagger does not read: an hour, a day, half a minute, a long unit. */
export function flaggerReplacement(text: string): string | undefined {
  const half = /^(\d+)\.(\d+)(h|m)$/.exec(text);
  if (half !== null) {
    const [, whole = "", fraction = "", unit = ""] = half;
    const length = Number(`${whole}.${fraction}`) * (unit === "h" ? 3600 : 60);
    return Number.isSafeInteger(length) && length > 0 ? flaggerDuration(seconds(length)) : undefined;
  }
  const short = text
    .trim()
    .toLowerCase()
    .replace(/\s+/g, "")
    .replace(/(\d)(h|m|s|d)(?:ours?|rs?|in(?:ute)?s?|ec(?:ond)?s?|ays?)(?=\d|$)/g, "$1$2");
  const length = parseDuration(short);
  return length && flaggerDuration(length);
}
