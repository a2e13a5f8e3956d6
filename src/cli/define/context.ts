import type { Command } from "commander";
import type { Analysis, CompileInput } from "../../index.ts";
import type { Compile } from "../../output/output.ts";
import type { ExitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";

/**
 * Adds one command to the command line. Its words are here; its work, in `commands/`, is loaded when it is called: the help should
 * not wait for the compiler.
 */
export type Define = (program: Command, context: DefineContext) => void;

export interface DefineContext {
  readonly io: Io;
  readonly compiler: () => Promise<Compiler>;
  /** Takes what the command came to. */
  readonly finish: (code: ExitCode) => void;
}

export interface Compiler {
  readonly compile: Compile;
  readonly analyse: (input: CompileInput) => Analysis;
}
