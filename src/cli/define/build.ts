import type { Command } from "commander";
import type { BuildRequest } from "../request.ts";
import type { Define } from "./context.ts";
import { inputOptions, requestOf, type BuildOptions } from "./options.ts";

/** What `--watch` does not go with, and why. */
const UNWATCHED: readonly (readonly [rules: (options: BuildOptions) => boolean, why: string])[] = [
  [({ check }) => check === true, "`--watch` writes what has changed, `--check` writes nothing"],
  [({ failOnChange }) => failOnChange === true, "`--watch` ends when you end it, and not with a verdict (`--fail-on-change`)"],
  [({ out }) => out === "-", "`--watch` keeps a folder up to date, and `-o -` names none"],
  [({ file }) => file?.includes("-") === true, "`--watch` reads its specs again and again, standard input (`-f -`) can be read once"],
  [({ report }) => report !== "pretty", "`--watch` reports to people; `--report` is for a single build"],
];

/** `build`, `check` and `validate`. */
export const defineBuild: Define = (program, { io, compiler, finish }) => {
  const build = async (mode: BuildRequest["mode"], options: BuildOptions, command: Command): Promise<void> => {
    if (options.check === true && options.out === "-")
      command.error("error: `--check` compares with a folder, so `-o -` leaves nothing to check", { exitCode: 2 });
    const unwatched = options.watch === true ? UNWATCHED.find(([rules]) => rules(options)) : undefined;
    if (unwatched !== undefined) command.error(`error: ${unwatched[1]}`, { exitCode: 2 });
    if (options.prune === true && options.out === "-")
      command.error("error: `--prune` removes files from a folder, so `-o -` leaves nothing to remove", { exitCode: 2 });
    if (options.failOnChange === true && mode !== "write")
      command.error("error: `--fail-on-change` is about what was written, `--check` writes nothing", { exitCode: 2 });
    if (options.failOnChange === true && options.out === "-")
      command.error("error: `--fail-on-change` compares with a folder, and `-o -` names none", { exitCode: 2 });
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
    .option("--prune", "remove generated files that nothing asks for any more, even those of a partial build or a lost manifest")
    .option("--watch", "build again whenever something that was read has changed")
    .option("--fail-on-change", "end with exit code 1 if a file was written or removed, as a hook before a commit wants it")
    .option("--force", "overwrite files that were edited by hand or that slogen did not write")
    .addHelpText(
      "after",
      "\nExamples:\n  slogen build\n  slogen build --check\n  slogen build --watch\n  slogen build -f slo.yaml -o -\n  slogen build --set prometheus.dialect=sloth",
    )
    .action((options: BuildOptions, command: Command) => build(options.check === true ? "check" : "write", options, command));

  inputOptions(program.command("check"))
    .description("Fail if the output folder is not what the specs make; the same as `build --check`")
    .option("-o, --out <folder>", "compare with this folder")
    .option("--in-place", "gates are merged into the Rollout and Canary files themselves")
    .addHelpText("after", "\nExamples:\n  slogen check\n  slogen check -t prometheus --report github")
    .action((options: BuildOptions, command: Command) => build("check", { ...options, check: true }, command));

  inputOptions(program.command("validate"))
    .alias("lint")
    .description("Compile the specs and report what is wrong with them; write nothing")
    .addHelpText("after", "\nExamples:\n  slogen validate\n  slogen validate -f slo.yaml\n  slogen validate --report sarif")
    .action((options: BuildOptions, command: Command) => build("validate", options, command));
};
