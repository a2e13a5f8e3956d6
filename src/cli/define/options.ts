import { Option, type Command } from "commander";
import type { BuildRequest } from "../request.ts";

export interface ReportOptions {
  readonly report: BuildRequest["report"];
  readonly color: BuildRequest["color"];
  readonly quiet?: true;
  readonly verbose?: true;
}

export interface BuildOptions extends ReportOptions {
  readonly file?: readonly string[];
  readonly target?: readonly string[];
  readonly out?: string;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly check?: true;
  readonly force?: true;
  readonly inPlace?: true;
  readonly prune?: true;
  readonly watch?: true;
  readonly failOnChange?: true;
}

/** For an option that may be given several times. */
export function append(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export function inputOptions(command: Command): Command {
  const withInput = command
    .option("-f, --file <path>", "a file, folder (with its subfolders), glob, or `-` for standard input; repeatable", append)
    .option("-t, --target <id>", "generate this target only; repeatable", append)
    .option("--config <file>", "use this file instead of the nearest `slogen.yaml`")
    .option("--set <key=value>", "override a value of the configuration; repeatable", append);
  return reportOptions(withInput, ["pretty", "json", "github", "sarif", "junit"]);
}

export function reportOptions(command: Command, formats: readonly BuildRequest["report"][] = ["pretty", "json"]): Command {
  return command
    .addOption(new Option("--report <format>", "how to report").choices(formats).default("pretty"))
    .addOption(new Option("--color <when>", "colour the report").choices(["auto", "always", "never"]).default("auto"))
    .option("--quiet", "report errors only")
    .option("--verbose", "list every file, and say more about a crash");
}

export function requestOf(mode: BuildRequest["mode"], options: BuildOptions): BuildRequest {
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
    prune: options.prune === true,
    watch: options.watch === true,
    failOnChange: options.failOnChange === true,
    report,
    color,
    quiet: options.quiet === true,
    verbose: options.verbose === true,
  };
}
