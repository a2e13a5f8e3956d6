import { nearest } from "../../units/identifier.ts";
import type { ExitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { explainCode } from "./explain-code.ts";

/** Help with what is no command: a diagnostic's code, or a slip. */
export function helpWith(topic: string, commands: readonly string[], io: Io): ExitCode {
  if (topic.includes("/")) return explainCode(topic, io);
  const slip = nearest(topic, commands);
  const offer = slip === undefined ? `there are ${commands.join(", ")}` : `did you mean \`slogen help ${slip}\`?`;
  io.stderr.write(`error: there is no command \`${topic}\`; ${offer}\n`);
  return 2;
}
