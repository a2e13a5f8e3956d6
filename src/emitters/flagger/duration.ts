import { MINUTE, type Seconds } from "../../units/duration.ts";

/** Flagger reads whole minutes or whole seconds and nothing else: an hour is `60m`. */
export function flaggerDuration(duration: Seconds): string {
  return duration % MINUTE === 0 ? `${duration / MINUTE}m` : `${duration}s`;
}
