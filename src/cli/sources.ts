import { resolve } from "node:path";
import type { Located, Source, SourceRole } from "../config/config.ts";
import type { Report } from "../diagnostics/diagnostic.ts";
import { workloadFiles } from "../index.ts";
import { cliCodes } from "./codes.ts";
import { findFiles, SPEC_NAME, TEMPLATE_NAME, type Found } from "./discover.ts";
import { seenFrom } from "./findings.ts";
import type { Io } from "./io.ts";
import { relativePath } from "./paths.ts";
import type { Project } from "./project.ts";
import { decodeText, readText } from "./read-text.ts";

const STDIN = "<stdin>";
const SPEC_FILES = "`.yaml`, `.yml` and `.json` files";

/** Everything a project is compiled from. `files` are the arguments of `-f`, in place of the configuration's specs. */
export async function readSources(project: Project, files: readonly string[], io: Io, report: Report): Promise<readonly Source[]> {
  const { root, config, out } = project;
  const inProject = seenFrom(io.cwd, root, report);
  const find = (patterns: readonly Located[], wanted: RegExp, from = root): Found =>
    findFiles(patterns, { root: from, exclude: config.exclude, wanted, out }, io, from === root ? inProject : report);
  const read = (role: SourceRole, paths: readonly string[], from = root): readonly Source[] =>
    paths.flatMap((path) => {
      const whole = resolve(from, path);
      const text = readText(whole, io, inProject);
      return text === undefined ? [] : [{ path: relativePath(root, whole), text, role }];
    });

  const named = files.length > 0;
  const from = named ? io.cwd : root;
  const patterns = named ? files.filter((path) => path !== "-").map(fileArgument) : config.specs;
  const specs = find(patterns, SPEC_NAME, from);
  const stdin = files.includes("-") ? await readStdin(io, report) : [];
  if (specs.paths.length === 0 && stdin.length === 0) {
    const searched = patterns.map(({ text }) => `\`${text}\``).join(", ");
    if (specs.unmatched.length > 0) inProject(cliCodes["no-specs"](patterns[0]?.at, { searched }));
  } else reportUnmatched(specs, SPEC_FILES, inProject);
  const catalogs = find(config.catalogs, SPEC_NAME);
  const templates = find(config.templates === undefined ? [] : [config.templates], TEMPLATE_NAME);
  reportUnmatched(catalogs, SPEC_FILES, inProject);
  reportUnmatched(templates, "`.hbs` files", inProject);
  const documents = [...read("spec", specs.paths, from), ...stdin];
  return [
    ...documents,
    ...read("catalog", catalogs.paths),
    ...read("template", templates.paths),
    ...readWorkloads(documents, root, io, inProject),
  ];
}

/** The Rollouts and traffic objects that policies name. What is missing is reported by whoever resolves the policies. */
function readWorkloads(specs: readonly Source[], root: string, io: Io, report: Report): readonly Source[] {
  return workloadFiles(specs).flatMap(({ text: path, at }) => {
    const whole = resolve(root, path);
    if (!io.fs.existsSync(whole)) return [];
    const named: Report = (diagnostic) => {
      report({ ...diagnostic, ...(at && { at }) });
    };
    const text = readText(whole, io, named);
    return text === undefined ? [] : [{ path: relativePath(root, whole), text, role: "workload" as const }];
  });
}

function fileArgument(text: string): Located {
  const file = { path: `<-f>`, text: `-f ${text}` };
  return { text, at: { file, start: 3, end: file.text.length } };
}

/** A default pattern that finds nothing is no news: it is there for other projects. */
function reportUnmatched({ unmatched }: Found, wanted: string, report: Report): void {
  for (const { text, at } of unmatched) if (at !== undefined) report(cliCodes["unmatched-pattern"](at, { pattern: text, wanted }));
}

async function readStdin(io: Io, report: Report): Promise<readonly Source[]> {
  const text = decodeText(await io.readStdin(), STDIN, report);
  return text === undefined ? [] : [{ path: STDIN, text, role: "spec" }];
}
