import { Option } from "commander";
import type { Define } from "./context.ts";

interface SchemaOptions {
  readonly out?: string;
  readonly write?: string | true;
}

export const defineSchema: Define = (program, { io, finish }) => {
  program
    .command("schema")
    .argument("[kind]", "which file it is for; without it the kinds are listed")
    .description("Print the JSON Schema of a kind of file, for editors and other validators")
    .option("-o, --out <file>", "write it to a file, `-` for standard output")
    .addOption(
      new Option(
        "--write [folder]",
        "write what editors need of this project, by default to `.slogen/schema`, and say how to use it",
      ).conflicts("out"),
    )
    .addHelpText("after", "\nExamples:\n  slogen schema\n  slogen schema rollout-policy\n  slogen schema --write")
    .action(async (kind: string | undefined, { out, write }: SchemaOptions) => {
      const { schema } = await import("../commands/schema.ts");
      finish(await schema({ kind, out, write }, io));
    });
};
