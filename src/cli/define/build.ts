import type { Command } from "commander";
import type { BuildRequest } from "../request.ts";
import type { Define } from "./context.ts";
import { inputOptions, requestOf, type BuildOptions } from "./options.ts";

/** `build` and `validate`. */
export const defineBuild: Define = (program, { io, compiler, finish }) => {
  const build = async (mode: BuildRequest["mode"], options: BuildOptions, command: Command): Promise<void> => {
    if (options.check === true && options.out === "-")
      command.error("error: `--check` compares with a folder, so `-o -` leaves nothing to check", { exitCode: 2 });
    if (options.inPlace === true && options.out === "-")
      command.error("error: `--in-place` writes files, `-o -` only to standard output", { exitCode: 2 });
    const [commands, { compile }] = await Promise.all([import("../commands/build.ts"), compiler()]);
    finish(await commands.build(requestOf(mode, options), io, compile));
  };

  inputOptions(program.command("build"))
    .description("Compile the specs and write the result to the output folder")
    .option("-o, --out <folder>", "write to this folder; `-` writes to standard output")
    .option("--check", "write nothing; fail if the output folder is not up to date")
    .option("--in-place", "merge gates into the Rollout and Canary files themselves, not into copies")
    .option("--force", "overwrite files that were edited by hand or that slogen did not write")
    .addHelpText(
      "after",
      "\nExamples:\n  slogen build\n  slogen build --check\n  slogen build -f slo.yaml -o -\n  slogen build --set prometheus.dialect=sloth",
    )
    .action((options: BuildOptions, command: Command) => build(options.check === true ? "check" : "write", options, command));

  inputOptions(program.command("validate"))
    .description("Compile the specs and report what is wrong with them; write nothing")
    .action((options: BuildOptions, command: Command) => build("validate", options, command));
};
