import { Command, CommanderError } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { defineBuild } from "./define/build.ts";
import type { Compiler, Define } from "./define/context.ts";
import { defineCompletion } from "./define/completion.ts";
import { defineExplain } from "./define/explain.ts";
import { defineExplainCode } from "./define/explain-code.ts";
import { defineHelp } from "./define/help.ts";
import { defineInit } from "./define/init.ts";
import { definePush } from "./define/push.ts";
import { defineSchema } from "./define/schema.ts";
import { defineTargets } from "./define/targets.ts";
import type { ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";

/** Every command, in the order of the help. */
const DEFINITIONS: readonly Define[] = [
  defineInit,
  defineBuild,
  defineExplain,
  defineExplainCode,
  definePush,
  defineSchema,
  defineTargets,
  defineCompletion,
  defineHelp,
];

const ownCompiler = (): Promise<Compiler> => import("../index.ts");

/** Reads the command line and runs what it asks for. A test may bring a compiler of its own. */
export async function run(args: readonly string[], io: Io, compiler = ownCompiler): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = new Command("slogen")
    .description("One SLO spec in Git; every alert and every release gate compiled from it.")
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({
      writeOut: io.stdout.write,
      writeErr: io.stderr.write,
      outputError: (text, write) => {
        write(text);
        const command = /too many arguments for '(build|check|validate)'/.exec(text)?.[1];
        if (command !== undefined) write(`(specs are named with \`-f\`: \`slogen ${command} -f slo\`)\n`);
      },
    })
    .showHelpAfterError("(`slogen --help` shows what there is)")
    .addHelpText(
      "after",
      "\nExit codes: 0 no error, 1 errors found or output out of date, 2 usage, configuration or files, 3 a bug in slogen",
    );
  const finish = (code: ExitCode): void => {
    exitCode = code;
  };
  for (const define of DEFINITIONS) define(program, { io, compiler, finish });

  // Whoever types the bare name wants to know what there is.
  if (args.length === 0) {
    program.outputHelp();
    return 0;
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    // Help and the version are no errors to us; every other complaint of the parser is one about usage.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    io.stderr.write(describeBug(error, args.includes("--verbose")));
    return 3;
  }
}

/** Whatever the user wrote, it should have become a diagnostic. */
function describeBug(error: unknown, verbose: boolean): string {
  const detail = error instanceof Error ? ((verbose ? error.stack : undefined) ?? error.message) : String(error);
  const more = verbose ? "" : "Run it again with --verbose to see where. ";
  return `slogen has a bug: ${detail}\n${more}Please report it, with the spec that caused it.\n`;
}
