import type { Command } from "commander";
import { parseTraffic } from "../../units/traffic.ts";
import type { Define } from "./context.ts";
import { inputOptions, requestOf, type BuildOptions } from "./options.ts";

interface ExplainOptions extends BuildOptions {
  readonly environment?: string;
  readonly traffic?: string;
  readonly html?: string;
}

export const defineExplain: Define = (program, { io, compiler, finish }) => {
  inputOptions(program.command("explain"))
    .argument("[name]", "an SLO's id or name, or a release policy's name; without one, what there is is listed")
    .option("-e, --environment <name>", "of a policy, this environment only")
    .option("--traffic <rate>", "requests of the whole service, such as `600rpm` or `10rps`, whatever is declared")
    .option("--html <file>", "write the page as HTML with charts to this file; `-` writes to standard output")
    .description("Tell what an SLO promises and when it alerts, or what a release policy will do")
    .addHelpText(
      "after",
      "\nExamples:\n  slogen explain\n  slogen explain checkout-availability --traffic 600rpm\n  slogen explain checkout-availability --html checkout.html\n  slogen explain checkout -e prod",
    )
    .action(async (name: string | undefined, options: ExplainOptions, command: Command) => {
      const { environment, html } = options;
      const traffic = options.traffic === undefined ? undefined : parseTraffic(options.traffic);
      if (options.traffic !== undefined && traffic === undefined)
        command.error(`error: \`--traffic\` is requests a second or a minute, such as \`600rpm\`, not \`${options.traffic}\``, {
          exitCode: 2,
        });
      if (options.report === "sarif" || options.report === "junit")
        command.error(`error: \`--report ${options.report}\` is of findings, which \`slogen validate\` reports; here it is \`json\``, {
          exitCode: 2,
        });
      if (html !== undefined && name === undefined) command.error("error: `--html` needs the name of what to draw", { exitCode: 2 });
      if (html !== undefined && options.report !== "pretty")
        command.error("error: `--html` writes a page for people, `--report` one for programs: give one of them", { exitCode: 2 });
      const [commands, { analyse }] = await Promise.all([import("../commands/explain.ts"), compiler()]);
      finish(await commands.explain({ ...requestOf("validate", options), name, environment, traffic, html }, io, analyse));
    });
};
