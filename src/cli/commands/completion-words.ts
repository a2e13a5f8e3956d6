import type { WordList } from "../completion/words.ts";
import type { Compiler } from "../define/context.ts";
import type { ExitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { knownCodes } from "./explain-code.ts";

/** Prints what a script asks for while somebody types, so whatever is wrong is not said here. */
export async function completionWords(list: WordList, io: Io, compiler: () => Promise<Compiler>): Promise<ExitCode> {
  const words = list === "codes" ? knownCodes(io) : await projectNames(io, compiler);
  io.stdout.write(words.map((word) => `${word}\n`).join(""));
  return 0;
}

async function projectNames(io: Io, compiler: () => Promise<Compiler>): Promise<readonly string[]> {
  const [{ analyse }, { loadProjects }, { readSources }] = await Promise.all([
    compiler(),
    import("../project.ts"),
    import("../sources.ts"),
  ]);
  const names = new Set<string>();
  const request = { files: [], targets: [], set: [], out: undefined, config: undefined } as const;
  for (const project of loadProjects(request, io, () => undefined)) {
    const { model } = analyse({ sources: await readSources(project, [], io, () => undefined), config: project.config });
    for (const { id } of model.slos) names.add(id);
    for (const { name } of model.policies) names.add(name);
  }
  return [...names].sort();
}
