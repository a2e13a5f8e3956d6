import type { ExitCode } from "./exit-code.ts";
import type { Io, Watcher } from "./io.ts";
import { recordReads } from "./reads.ts";

/** One build of many. */
export interface Round {
  readonly code: ExitCode;
  /** Whether there is more to print than one line. */
  readonly hasFindings: boolean;
  readonly print: () => void;
  /** Its output folders, and the files of the user's that it edits; absolute. */
  readonly outs: readonly string[];
  readonly edited: readonly string[];
}

/** Milliseconds from a change to the look at it: an editor writes a file in several steps. */
const DEBOUNCE = 50;

const CLEAR_SCREEN = "\x1b[2J\x1b[H";

/** Builds, and builds again whenever something is no longer as the last build read it, until Ctrl-C. */
export async function watchBuilds(build: (reading: Io) => Promise<Round>, io: Io): Promise<ExitCode> {
  let hasEnded = false;
  const isOver = (): boolean => hasEnded;
  const interrupted = io.interrupted().then(() => {
    hasEnded = true;
  });
  const alarm = alarmOf();
  let watching: { readonly places: string; readonly watcher: Watcher } | undefined;
  let before: Round | undefined;
  while (!isOver()) {
    const { fs, reads } = recordReads(io.fs);
    const round = await build({ ...io, fs });
    if (before?.hasFindings === true) clearOld(before, round, io);
    round.print();
    reads.settle(round.outs, round.edited);
    // Where nothing was read, as without a configuration, nothing can change.
    if (reads.folders().length === 0) return round.code;
    if (before === undefined) io.stderr.write("watching for changes; Ctrl-C ends\n");
    before = round;
    for (;;) {
      const folders = reads.folders();
      const places = [...folders, ...reads.asked()].join("\n");
      if (places !== watching?.places) {
        await watching?.watcher.close();
        watching = { places, watcher: await io.watch(folders, reads.counts, alarm.ring) };
      }
      // The first look is at what changed while the build ran.
      if (isOver() || reads.haveChanged()) break;
      await Promise.race([alarm.rung(), interrupted]);
      if (!isOver()) await Promise.race([io.sleep(DEBOUNCE), interrupted]);
    }
  }
  await watching?.watcher.close();
  return 0;
}

/** What was found before is no longer true: a terminal forgets it, a log says so. */
function clearOld(before: Round, { code }: Round, io: Io): void {
  if (io.stderr.isTerminal && io.env["TERM"] !== "dumb") io.stderr.write(CLEAR_SCREEN);
  else if (before.code > 0 && code === 0) io.stderr.write("fixed\n");
}

interface Alarm {
  readonly ring: () => void;
  /** Comes back at once if it rang since it was last asked. */
  readonly rung: () => Promise<void>;
}

function alarmOf(): Alarm {
  let hasRung = false;
  let wake = (): void => undefined;
  return {
    ring: () => {
      hasRung = true;
      wake();
    },
    rung: async () => {
      if (!hasRung) await new Promise<void>((resolve) => (wake = resolve));
      hasRung = false;
    },
  };
}
