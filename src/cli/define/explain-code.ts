import type { Define } from "./context.ts";

export const defineExplainCode: Define = (program, { io, finish }) => {
  program
    .command("explain-code")
    .argument("<code>", "as a diagnostic shows it, such as `promql/counter-flag-missing`")
    .description("Explain a diagnostic: what is wrong, why it matters, and an example that is right")
    .addHelpText("after", "\nExamples:\n  slogen explain-code promql/counter-flag-missing")
    .action(async (code: string) => {
      const { explainCode } = await import("../commands/explain-code.ts");
      finish(explainCode(code, io));
    });
};
