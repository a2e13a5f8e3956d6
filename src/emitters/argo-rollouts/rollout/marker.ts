import { formatDuration, parseDuration, type Seconds } from "../../../units/duration.ts";

/**
 * The comment at the end of the first line of what slogen has put into a Rollout file. By it the next build knows its own
 * lines again, whatever the templates are called by then, and how long the pause was that a check has replaced.
 */
export function marker(bake?: Seconds): string {
  return bake === undefined ? "# slogen" : `# slogen: bake ${formatDuration(bake)}`;
}

const MARKER = /(?:^|\s)# slogen(?:: bake (\w+))?\s*$/;

export interface Marked {
  readonly bake?: Seconds;
}

/** What the marker at the end of a line says; undefined for a line without one. */
export function readMarker(line: string): Marked | undefined {
  const match = MARKER.exec(line);
  if (match === null) return undefined;
  const bake = parseDuration(match[1] ?? "");
  return bake === undefined ? {} : { bake };
}
