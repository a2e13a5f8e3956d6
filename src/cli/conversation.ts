import { createInterface } from "node:readline/promises";
import type { Conversation } from "./io.ts";

/** Asks a person at a terminal. The questions go where reports go, so that standard output stays free. */
export function converse(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Conversation {
  const lines = createInterface({ input, output, terminal: true });
  // The promise of a question does not settle when the input ends or Ctrl-C comes.
  const ended = new AbortController();
  const end = (): void => {
    ended.abort();
  };
  lines.once("close", end).once("SIGINT", end);
  return {
    ask: async (question) => {
      try {
        return await lines.question(question, { signal: ended.signal });
      } catch (error) {
        if (ended.signal.aborted) return undefined;
        throw error;
      }
    },
    say: (text) => {
      output.write(text);
    },
    end: () => {
      lines.close();
    },
  };
}
