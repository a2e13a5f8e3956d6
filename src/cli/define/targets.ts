import type { Define } from "./context.ts";

export const defineTargets: Define = (program, { io, finish }) => {
  program
    .command("targets")
    .description("List what slogen can generate, and the options of each target")
    .action(async () => {
      const { targets } = await import("../commands/targets.ts");
      finish(targets(io));
    });
};
