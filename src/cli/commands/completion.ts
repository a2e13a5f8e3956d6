import type { Command } from "commander";
import { TARGETS } from "../../emitters/registry.ts";
import { SCHEMA_KINDS } from "../../schema/kinds.ts";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import { wordsOf, type CommandWords, type KnownValues } from "../completion/words.ts";
import { zshScript } from "../completion/zsh.ts";
import type { ExitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";

export type Shell = "bash" | "zsh" | "fish";

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CommandWords[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** Prints the script that a shell reads once. */
export function completion(shell: Shell, program: Command, io: Io): ExitCode {
  const known: KnownValues = {
    "explain name": { kind: "asked", list: "names" },
    "explain policy": { kind: "asked", list: "names" },
    code: { kind: "asked", list: "codes" },
    id: { kind: "choices", choices: TARGETS.map(({ id }) => id) },
    "schema kind": { kind: "choices", choices: Object.keys(SCHEMA_KINDS) },
  };
  io.stdout.write(SCRIPTS[shell](wordsOf(program, known)));
  return 0;
}
