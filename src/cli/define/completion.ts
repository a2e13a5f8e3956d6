import { Argument, Option } from "commander";
import type { Shell } from "../commands/completion.ts";
import type { WordList } from "../completion/words.ts";
import type { Define } from "./context.ts";

interface CompletionOptions {
  readonly words?: WordList;
}

export const defineCompletion: Define = (program, { io, compiler, finish }) => {
  program
    .command("completion")
    .addArgument(new Argument("[shell]", "for which shell").choices(["bash", "zsh", "fish"]))
    .description("Print a script that completes commands, options and names in a shell")
    .addOption(new Option("--words <list>").choices(["codes", "names"]).hideHelp())
    .addHelpText(
      "after",
      '\nExamples:\n  eval "$(slogen completion bash)"     # in ~/.bashrc\n  source <(slogen completion zsh)      # in ~/.zshrc, after compinit\n  slogen completion fish | source      # in config.fish',
    )
    .action(async (shell: Shell | undefined, { words }: CompletionOptions) => {
      if (words !== undefined) {
        const { completionWords } = await import("../commands/completion-words.ts");
        finish(await completionWords(words, io, compiler));
      } else if (shell !== undefined) {
        const { completion } = await import("../commands/completion.ts");
        finish(completion(shell, program, io));
      } else program.error("error: name a shell: `slogen completion bash`, `zsh` or `fish`", { exitCode: 2 });
    });
};
