import type { Define } from "./context.ts";

/** In place of commander's own, since a diagnostic's code is something that people ask for help with. */
export const defineHelp: Define = (program, { io, finish }) => {
  program
    .helpCommand(false)
    .command("help")
    .argument("[topic]", "a command, or the code of a diagnostic such as `promql/counter-flag-missing`")
    .description("Tell about a command, or explain a diagnostic")
    .action(async (topic: string | undefined) => {
      const command = program.commands.find((each) => topic !== undefined && [each.name(), ...each.aliases()].includes(topic));
      if (topic === undefined || command !== undefined) {
        (command ?? program).outputHelp();
        return;
      }
      const { helpWith } = await import("../commands/help.ts");
      finish(
        helpWith(
          topic,
          program.commands.map((each) => each.name()),
          io,
        ),
      );
    });
};
