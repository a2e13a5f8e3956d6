import { basename, dirname, join, resolve } from "node:path";
import { DEFAULT_CONFIG, type Config } from "../../config/config.ts";
import { decodeConfig } from "../../config/decode.ts";
import { SCHEMA_KINDS, type SchemaKind } from "../../schema/kinds.ts";
import { nearest } from "../../units/identifier.ts";
import { CONFIG_NAMES, nearestConfig } from "../discover.ts";
import type { ExitCode } from "../exit-code.ts";
import { formattingFor } from "../format.ts";
import { reasonOf, type Io } from "../io.ts";
import { relativePath } from "../paths.ts";
import { readText } from "../read-text.ts";
import { modeline, SCHEMA_FOLDER, schemaText } from "../schemas.ts";

/** What the command line asks of `schema`. */
export interface SchemaRequest {
  readonly kind: string | undefined;
  /** `-o`: a file, or `-` for standard output. */
  readonly out: string | undefined;
  /** `--write`: a folder, or true for the project's own. */
  readonly write: string | true | undefined;
}

/** Lists the kinds of schemas, prints one, or writes those that a project's editors need. */
export async function schema(request: SchemaRequest, io: Io): Promise<ExitCode> {
  const { kind, out, write } = request;
  if (kind !== undefined && !isKind(kind)) {
    const slip = nearest(kind, KINDS);
    const offer = slip === undefined ? `there are ${KINDS.join(", ")}` : `did you mean \`${slip}\`?`;
    return complain(`there is no schema \`${kind}\`; ${offer}`, io);
  }
  if (write !== undefined) return writeFor(kind, write, io);
  if (kind === undefined) {
    if (out !== undefined) return complain("`-o` wants one schema: `slogen schema openslo-v1 -o openslo-v1.json`", io);
    io.stdout.write(list());
    return 0;
  }
  const text = schemaText(kind, io);
  if (out === undefined || out === "-") io.stdout.write(text);
  else return writeFile(resolve(io.cwd, out), text, io) ? 0 : 2;
  return 0;
}

const KINDS = Object.keys(SCHEMA_KINDS).filter(isKind);

function isKind(text: string): text is SchemaKind {
  return Object.hasOwn(SCHEMA_KINDS, text);
}

function list(): string {
  const width = Math.max(...KINDS.map((kind) => kind.length));
  return KINDS.map((kind) => `${kind.padEnd(width)}  ${SCHEMA_KINDS[kind]}\n`).join("");
}

/** `spec` knows every kind of document, so that two schemas are all that a project needs. Any other that lies there is kept up to date. */
async function writeFor(kind: SchemaKind | undefined, write: string | true, io: Io): Promise<ExitCode> {
  const { root, config } = nearestProject(io);
  const folder = write === true ? join(root, SCHEMA_FOLDER) : resolve(io.cwd, write);
  const fileOf = (each: SchemaKind): string => join(folder, `${each}.json`);
  const wanted: readonly SchemaKind[] = kind === undefined ? ["spec", "config"] : [kind];
  const kinds = [...wanted, ...KINDS.filter((each) => !wanted.includes(each) && io.fs.existsSync(fileOf(each)))];

  const { style, finish } = await formattingFor({ config, out: folder }, io, () => undefined);
  for (const each of kinds) {
    const { text } = await finish({ path: `${each}.json`, text: schemaText(each, io, style), sources: [] });
    if (!writeFile(fileOf(each), text, io)) return 2;
    io.stderr.write(`wrote ${relativePath(io.cwd, fileOf(each))}\n`);
  }
  io.stdout.write(howToUse(wanted, relativePath(root, folder), config));
  return 0;
}

/** What is wrong with a configuration is for a build to tell: its author may be here for the schema that finds it. */
function nearestProject(io: Io): { readonly root: string; readonly config: Config } {
  const ignore = (): void => undefined;
  const path = nearestConfig(io, ignore);
  if (path === undefined) return { root: io.cwd, config: DEFAULT_CONFIG };
  const text = readText(path, io, ignore);
  const config = text === undefined ? undefined : decodeConfig({ path: basename(path), text }, ignore);
  return { root: dirname(path), config: config ?? DEFAULT_CONFIG };
}

function howToUse(kinds: readonly SchemaKind[], folder: string, { specs, catalogs }: Config): string {
  const files = [...specs, ...catalogs].map(({ text }) => (/[*?[{]|\.\w+$/.test(text) ? text : `${text.replace(/\/$/, "")}/**/*.yaml`));
  const settings = kinds.map((kind) => {
    const patterns = kind === "config" ? CONFIG_NAMES : kind === "report" ? ["slogen-report.json"] : files;
    return `  ${JSON.stringify(fromRoot(`${folder}/${kind}.json`))}: [${patterns.map((pattern) => JSON.stringify(pattern)).join(", ")}]`;
  });
  return `At the top of a file, with the path from that file:

${modeline(`../${folder}/${kinds[0] ?? "spec"}.json`)}

Or for all files, in \`.vscode/settings.json\` (with the extension \`redhat.vscode-yaml\`):

"yaml.schemas": {
${settings.join(",\n")}
}
`;
}

const fromRoot = (path: string): string => (/^\.\.?\//.test(path) ? path : `./${path}`);

function writeFile(path: string, text: string, io: Io): boolean {
  try {
    io.fs.mkdirSync(dirname(path), { recursive: true });
    io.fs.writeFileSync(path, text);
    return true;
  } catch (error) {
    complain(`\`${relativePath(io.cwd, path)}\` cannot be written: ${reasonOf(error)}`, io);
    return false;
  }
}

function complain(message: string, io: Io): ExitCode {
  io.stderr.write(`error: ${message}\n`);
  return 2;
}
