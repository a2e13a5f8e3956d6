import { formatDuration, type Seconds } from "../../../units/duration.ts";

/**
 * The comment at the end of the first line of what slogen has put into a Rollout file. By it the next build knows its own
 * lines again, whatever the templates are called by then; the bake time is for people, who see no pause any more.
 */
export function marker(bake?: Seconds): string {
  return bake === undefined ? "# slogen" : `# slogen: bake ${formatDuration(bake)}`;
}

const MARKER = /(?:^|\s)# slogen(?:: bake \w+)?\s*$/;

export function isMarked(line: string): boolean {
  return MARKER.test(line);
}
