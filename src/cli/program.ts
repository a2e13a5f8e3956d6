import { Argument, Command, CommanderError, Option } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import type { ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import type { BuildRequest, ExplainRequest, PushRequest } from "./request.ts";

/** What runs behind each command, loaded only when it is called: the help should not wait for the compiler. */
export interface Commands {
  readonly build: (request: BuildRequest, io: Io) => Promise<ExitCode>;
  readonly explain: (request: ExplainRequest, io: Io) => Promise<ExitCode>;
  readonly explainCode: (code: string, io: Io) => ExitCode | Promise<ExitCode>;
  readonly push: (request: PushRequest, io: Io) => Promise<ExitCode>;
}

/** Reads the command line and runs what it asks for. */
export async function run(args: readonly string[], io: Io, commands: Commands): Promise<ExitCode> {
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
        if (/too many arguments for '(?:build|validate)'/.test(text)) write("(specs are named with `-f`: `slogen build -f slo`)\n");
      },
    })
    .showHelpAfterError("(`slogen --help` shows what there is)")
    .addHelpText(
      "after",
      "\nExit codes: 0 no error, 1 errors found or output out of date, 2 usage, configuration or files, 3 a bug in slogen",
    );

  const build = async (mode: BuildRequest["mode"], options: BuildOptions, command: Command): Promise<void> => {
    if (options.check === true && options.out === "-")
      command.error("error: `--check` compares with a folder, so `-o -` leaves nothing to check", { exitCode: 2 });
    if (options.inPlace === true && options.out === "-")
      command.error("error: `--in-place` writes files, `-o -` only to standard output", { exitCode: 2 });
    exitCode = await commands.build(requestOf(mode, options), io);
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

  inputOptions(program.command("explain"))
    .argument("<policy>", "the name of a release policy")
    .option("-e, --environment <name>", "this environment only")
    .description("Tell what a release policy will do: its steps, its limits, and how it decides")
    .action(async (policy: string, options: BuildOptions & { readonly environment?: string }) => {
      exitCode = await commands.explain({ ...requestOf("validate", options), policy, environment: options.environment }, io);
    });

  reportOptions(program.command("push"))
    .addArgument(new Argument("<service>", "what to push to").choices(["datadog"]))
    .description("Create, update and (with `--prune`) delete what was built, so that Datadog has it as it is in the output folder")
    .option("-o, --out <folder>", "the folder that was built into")
    .option("--config <file>", "use this file instead of the nearest `slogen.yaml`")
    .option("--dry-run", "tell what would change; change nothing")
    .option("--prune", "delete what this project's owner has there and the build no longer makes")
    .option("--recreate", "delete and make anew what cannot be changed: an SLO or monitor of another type")
    .addHelpText(
      "after",
      "\nReads DD_API_KEY and DD_APP_KEY; DD_API_URL replaces the site's address.\n\nExamples:\n  slogen push datadog --dry-run\n  slogen push datadog\n  slogen push datadog --prune",
    )
    .action(async (_service: string, options: PushOptions, command: Command) => {
      if (options.out === "-") command.error("error: `push` reads a folder that was built into, so `-o -` names nothing", { exitCode: 2 });
      if (options.out !== undefined && options.config !== undefined)
        command.error("error: `-o` names the folder itself, so `--config` would do nothing", { exitCode: 2 });
      exitCode = await commands.push(pushRequestOf(options), io);
    });

  program
    .command("explain-code")
    .argument("<code>", "as a diagnostic shows it, such as `promql/counter-flag-missing`")
    .description("Explain a diagnostic: what is wrong, why it matters, and an example that is right")
    .action(async (code: string) => {
      exitCode = await commands.explainCode(code, io);
    });

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

interface ReportOptions {
  readonly report: BuildRequest["report"];
  readonly color: BuildRequest["color"];
  readonly quiet?: true;
  readonly verbose?: true;
}

interface BuildOptions extends ReportOptions {
  readonly file?: readonly string[];
  readonly target?: readonly string[];
  readonly out?: string;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly check?: true;
  readonly force?: true;
  readonly inPlace?: true;
}

interface PushOptions extends ReportOptions {
  readonly out?: string;
  readonly config?: string;
  readonly dryRun?: true;
  readonly prune?: true;
  readonly recreate?: true;
}

function inputOptions(command: Command): Command {
  const append = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  const withInput = command
    .option("-f, --file <path>", "a file, folder (with its subfolders), glob, or `-` for standard input; repeatable", append)
    .option("-t, --target <id>", "generate this target only; repeatable", append)
    .option("--config <file>", "use this file instead of the nearest `slogen.yaml`")
    .option("--set <key=value>", "override a value of the configuration; repeatable", append);
  return reportOptions(withInput);
}

function reportOptions(command: Command): Command {
  return command
    .addOption(new Option("--report <format>", "how to report").choices(["pretty", "json"]).default("pretty"))
    .addOption(new Option("--color <when>", "colour the report").choices(["auto", "always", "never"]).default("auto"))
    .option("--quiet", "report errors only")
    .option("--verbose", "list every file, and say more about a crash");
}

function requestOf(mode: BuildRequest["mode"], options: BuildOptions): BuildRequest {
  const { file = [], target = [], set = [], out, config, report, color } = options;
  return {
    files: file,
    targets: target,
    out,
    config,
    set,
    mode,
    force: options.force === true,
    inPlace: options.inPlace === true,
    report,
    color,
    quiet: options.quiet === true,
    verbose: options.verbose === true,
  };
}

function pushRequestOf({ out, config, dryRun, prune, recreate, report, color, quiet }: PushOptions): PushRequest {
  return {
    out,
    config,
    dryRun: dryRun === true,
    prune: prune === true,
    recreate: recreate === true,
    report,
    color,
    quiet: quiet === true,
  };
}
