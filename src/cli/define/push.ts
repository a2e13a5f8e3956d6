import { Argument, type Command } from "commander";
import type { PushRequest } from "../request.ts";
import type { Define } from "./context.ts";
import { reportOptions, type ReportOptions } from "./options.ts";

interface PushOptions extends Omit<ReportOptions, "report"> {
  readonly report: PushRequest["report"];
  readonly out?: string;
  readonly config?: string;
  readonly dryRun?: true;
  readonly prune?: true;
  readonly recreate?: true;
}

export const definePush: Define = (program, { io, finish }) => {
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
      const commands = await import("../commands/push.ts");
      finish(await commands.push(pushRequestOf(options), io));
    });
};

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
