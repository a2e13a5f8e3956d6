import type { Define } from "./context.ts";
import { inputOptions, requestOf, type BuildOptions } from "./options.ts";

interface ExplainOptions extends BuildOptions {
  readonly environment?: string;
}

export const defineExplain: Define = (program, { io, compiler, finish }) => {
  inputOptions(program.command("explain"))
    .argument("<policy>", "the name of a release policy")
    .option("-e, --environment <name>", "this environment only")
    .description("Tell what a release policy will do: its steps, its limits, and how it decides")
    .action(async (policy: string, options: ExplainOptions) => {
      const [commands, { analyse }] = await Promise.all([import("../commands/explain.ts"), compiler()]);
      finish(await commands.explain({ ...requestOf("validate", options), policy, environment: options.environment }, io, analyse));
    });
};
