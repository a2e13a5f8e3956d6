import type { Io } from "./io.ts";
import type { BuildRequest } from "./request.ts";

/** What a long build tells somebody who sits in front of it, in one line that goes when there is more to say. */
export interface Progress {
  readonly tell: (text: string) => void;
  /** Does the work on all items, telling how many are done. */
  readonly each: <T, R>(doing: string, items: readonly T[], work: (item: T) => Promise<R>) => Promise<readonly R[]>;
  readonly clear: () => void;
}

/** Milliseconds until a build is a long one, and between two words of it. */
const PATIENCE = 1000;
const PAUSE = 100;

const CLEAR_LINE = "\r\x1b[K";

export function progressOf({ report, quiet }: Pick<BuildRequest, "report" | "quiet">, io: Io): Progress {
  const isWatched = io.stderr.isTerminal && io.env["TERM"] !== "dumb" && !isContinuousIntegration(io) && report === "pretty" && !quiet;
  let next = io.now() + PATIENCE;
  let isShown = false;
  const tell = (text: string): void => {
    if (!isWatched || io.now() < next) return;
    next = io.now() + PAUSE;
    isShown = true;
    io.stderr.write(`${CLEAR_LINE}${text}`);
  };
  return {
    tell,
    each: async (doing, items, work) => {
      const results: Awaited<ReturnType<typeof work>>[] = [];
      // One after the other, since all at once would all be done at the end.
      for (const item of items) {
        results.push(await work(item));
        tell(`${doing} ${results.length} of ${items.length}`);
      }
      return results;
    },
    clear: () => {
      if (isShown) io.stderr.write(CLEAR_LINE);
      isShown = false;
    },
  };
}

/** As every CI service says of itself, and as others ask to be taken for one. */
export function isContinuousIntegration({ env }: Io): boolean {
  return !["", "0", "false", undefined].includes(env["CI"]);
}
