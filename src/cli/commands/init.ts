import { dirname, resolve } from "node:path";
import { decodeConfig } from "../../config/decode.ts";
import { configIn, findFiles, SPEC_NAME } from "../discover.ts";
import type { ExitCode } from "../exit-code.ts";
import { answerAll, optionOf, type Answered, type Given } from "../init/ask.ts";
import { planFiles, type NewFile, type Plan } from "../init/files.ts";
import { INDICATORS } from "../init/indicators.ts";
import { QUESTIONS, type Answers } from "../init/questions.ts";
import { lookAround, type Surroundings } from "../init/surroundings.ts";
import { writeNew } from "../init/write-new.ts";
import type { Io } from "../io.ts";
import { relativePath } from "../paths.ts";
import { schemaText } from "../schemas.ts";

/** What the command line asks of `init`. */
export interface InitRequest {
  /** The future project's root, from the working folder. */
  readonly folder: string;
  readonly given: Given;
  /** `--yes`: no questions. */
  readonly yes: boolean;
  readonly quiet: boolean;
}

/** Writes a first SLO and all that it takes to use it. Never changes a file that is there. */
export async function init(request: InitRequest, io: Io): Promise<ExitCode> {
  const around = lookAround(resolve(io.cwd, request.folder), io);
  const config = configIn(around.folder, io, () => undefined);
  if (config !== undefined && request.given.service === undefined)
    return complain(
      `there is a \`${relativePath(io.cwd, config)}\` already; to add a service to its project, name it: \`slogen init --service search\``,
      io,
    );
  const joins = config !== undefined;
  if (joins && listsProjects(config, io))
    return complain(
      `\`${relativePath(io.cwd, config)}\` lists projects: name the folder of the new one, such as \`slogen init services/search\``,
      io,
    );
  const answered = await askFor(request, around, joins, io);
  if (answered.kind !== "answers") return complain(whyNot(answered), io);

  const plan = planFiles(answered.answers, around);
  const shown = (path: string): string => relativePath(io.cwd, path);
  if (io.fs.existsSync(plan.spec.path)) return complain(`\`${shown(plan.spec.path)}\` is there already; choose another \`--service\``, io);
  const wanted = [plan.spec, ...plan.service, ...(joins ? plan.upkeep : plan.project)];
  const isThere = ({ path }: NewFile): boolean => io.fs.existsSync(path);
  const schemas = plan.schemas.map(({ kind, path }) => ({ path, text: schemaText(kind, io) }));
  const fresh = [...wanted, ...schemas].filter((file) => !isThere(file));
  const files: NewFile[] = [];
  try {
    for (const file of fresh) files.push({ ...file, text: await laidOut(file) });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return complain(`prettier cannot be asked how files are laid out here: ${reason}`, io);
  }
  const failure = writeNew(files, io);
  if (failure !== undefined)
    return complain(`\`${shown(failure.path)}\` cannot be written: ${failure.reason}; nothing has been written`, io);
  if (request.quiet) return 0;

  for (const { path } of files) io.stderr.write(`wrote ${shown(path)}\n`);
  for (const { path, text, otherwise } of wanted.filter(isThere)) {
    if (files.some((file) => file.path === path)) continue;
    io.stderr.write(
      `\n${shown(path)} is there already and stays as it is${otherwise === undefined ? "" : `; ${otherwise}`}:\n\n${indented(text)}`,
    );
  }
  if (config !== undefined) for (const gap of gapsIn(config, plan, answered.answers, io)) io.stderr.write(`\n${shown(config)}: ${gap}\n`);
  io.stderr.write(whatNext(plan, around, answered.answers, io));
  return 0;
}

function listsProjects(config: string, io: Io): boolean {
  const decoded = decodeConfig({ path: config, text: io.fs.readFileSync(config, "utf8") }, () => undefined);
  return decoded !== undefined && decoded.projects.length > 0;
}

async function askFor({ given, yes }: InitRequest, { hints }: Surroundings, joins: boolean, io: Io): Promise<Answered> {
  // A project has its CI and hooks.
  const settled: Given = joins ? { ci: "none", preCommit: "no" } : {};
  const conversation = yes ? undefined : io.converse?.();
  conversation?.say(`${GREETING}\n`);
  try {
    return await answerAll({ ...settled, ...given }, hints, yes, conversation);
  } finally {
    conversation?.end();
  }
}

const GREETING = `A few questions, then slogen writes a first SLO and what is needed to use it. Enter takes what stands in brackets;
Ctrl-C ends it, and nothing is written.

${Object.entries(INDICATORS)
  .map(([name, { about }]) => `  ${name.padEnd(12)}  ${about}\n`)
  .join("")}`;

function whyNot(answered: Exclude<Answered, { kind: "answers" }>): string {
  switch (answered.kind) {
    case "stopped":
      return "stopped; nothing has been written";
    case "problems":
      return answered.problems.join("\nerror: ");
    case "missing": {
      const { missing, defaults } = answered;
      const lines = missing.map((key) => {
        const value = defaults[key] ?? "";
        return key === "preCommit"
          ? `  ${value === "yes" ? "--pre-commit" : "--no-pre-commit"}`
          : `  ${optionOf(key)} ${shellText(value === "" ? QUESTIONS[key].example : value)}`;
      });
      return `there is no terminal to ask at; say it on the command line, or take all of these with \`--yes\`:\n${lines.join("\n")}`;
    }
  }
}

/** As the repository's own prettier wants it. */
async function laidOut({ path, text }: NewFile): Promise<string> {
  const { format, getFileInfo, resolveConfig } = await import("prettier");
  const { inferredParser } = await getFileInfo(path);
  if (inferredParser === null) return text;
  return format(text, { ...(await resolveConfig(path, { editorconfig: true })), filepath: path });
}

/** What an older configuration lacks for the new service. */
function gapsIn(config: string, { spec, service, policy }: Plan, answers: Answers, io: Io): readonly string[] {
  const file = { path: config, text: io.fs.readFileSync(config, "utf8") };
  const decoded = decodeConfig(file, () => undefined);
  if (decoded === undefined) return ["it has an error, which `slogen validate` tells"];
  const root = dirname(config);
  const search = { root, exclude: decoded.exclude, wanted: SPEC_NAME, out: resolve(root, decoded.out) };
  const { paths } = findFiles(decoded.specs, search, io, () => undefined);
  const lost = [spec, ...service].map(({ path }) => relativePath(root, path)).filter((path) => !paths.includes(path));
  const target = answers.release ?? "";
  return [
    ...lost.map((path) => `its \`specs\` do not find \`${path}\`; add it`),
    ...(policy !== undefined && !decoded.targets.includes(target) ? [`its \`targets\` lack \`${target}\`; add it`] : []),
    ...(answers.format === "sloth" && answers.window !== "30d"
      ? [`Sloth's SLOs count over \`prometheus.defaultPeriod\`, which must be \`${answers.window ?? ""}\``]
      : []),
  ];
}

function whatNext({ slo, policy }: Plan, { folder, command }: Surroundings, { ci }: Answers, io: Io): string {
  const inside = relativePath(io.cwd, folder);
  const change = inside === "." ? "" : `  cd ${shellText(inside)}\n`;
  const wiring = ci === "none" || ci === undefined || command === "npx slogen" ? "" : CI_NEEDS[ci];
  return `\nNext:\n${change}  ${command} build\n  ${command} explain ${policy ?? slo}\n${wiring ?? ""}`;
}

const CI_NEEDS: Readonly<Record<string, string>> = {
  github: "\nThe workflow installs what the repository's variable SLOGEN_PACKAGE names: set it to where your slogen comes from.\n",
  gitlab: "\nThe job installs what the CI/CD variable SLOGEN_PACKAGE names: set it to where your slogen comes from.\n",
};

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

function shellText(text: string): string {
  return /^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function complain(message: string, io: Io): ExitCode {
  io.stderr.write(`error: ${message}\n`);
  return 2;
}
