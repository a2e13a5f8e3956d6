import { formatDuration, type Seconds } from "../units/duration.ts";
import type { YamlNode } from "../yaml/tree.ts";

/**
 * The comment at the end of the first line of what slogen has put into a user's file. By it the next build knows its own
 * lines again, whatever they hold by then; the bake time is for people, who see no pause any more.
 */
export function marker(bake?: Seconds): string {
  return bake === undefined ? "# slogen" : `# slogen: bake ${formatDuration(bake)}`;
}

const MARKER = /(?:^|\s)# slogen(?:: bake \w+)?\s*$/;

export function isMarked(line: string): boolean {
  return MARKER.test(line);
}

/** Whether slogen wrote what begins at `node`: an item, or an entry by its key. */
export function hasMarker({ at }: YamlNode): boolean {
  return isMarked(/^.*/.exec(at.file.text.slice(at.start))?.[0] ?? "");
}
