import assert from "node:assert/strict";
import { test } from "node:test";
import { positionAt } from "../../src/diagnostics/source.ts";
import { compile } from "../../src/index.ts";
import { unmark } from "../frontends/marks.ts";
import { folder, type Folder, type RunOptions } from "./support.ts";

export type Edit = readonly [from: string, to: string];

/** A good file with parts of it replaced, each of which is there once. */
export function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((before, [from, to]) => {
    assert.equal(before.split(from).length, 2, `\`${from}\` is there once`);
    return before.replace(from, () => to);
  }, text);
}

export interface Finding {
  readonly code?: string;
  readonly place: string;
  readonly underlined: string;
}

export function findingAt(file: { readonly path: string; readonly text: string }, start: number, end: number): Finding {
  const { line, column } = positionAt(file, start);
  return { place: `${file.path}:${line}:${column}`, underlined: file.text.slice(start, end).replaceAll("\t", "    ") };
}

/** What a report in a terminal says, block by block; each block has a place, a line with carets below it, and a help. */
export function findingsIn(report: string): readonly Finding[] {
  const blocks = report.split(/^(?=(?:error|warning|notice)\[)/m).filter((block) => /^\w+\[/.test(block));
  return blocks.map((block) => {
    const [, code] = /^\w+\[([^\]]+)\]: \S/.exec(block) ?? [];
    const [, place] = /^ +--> (.+)$/m.exec(block) ?? [];
    const [, source = "", blanks = "", carets] = /^ *\d+ \| ?(.*)\n +\| ( *)(\^+)/m.exec(block) ?? [];
    assert.ok(code !== undefined && place !== undefined && carets !== undefined, block);
    assert.match(block, /^ +(?:\||=).* help: \S/m, block);
    return { code, place, underlined: source.slice(blanks.length, blanks.length + carets.length) };
  });
}

export interface MistakeRow {
  readonly mistake: string;
  /** Laid over the good files; what the report underlines stands between `«` and `»`. */
  readonly files: Readonly<Record<string, string>>;
  /** In the order of the marks: by file, then by place. */
  readonly codes: readonly string[];
  /** 1 unless said otherwise; 0 where nothing worse than a warning was found. */
  readonly exit?: 0 | 2;
  /** `build` unless said otherwise. */
  readonly line?: string;
}

/** What no report shows, though it is underlined. */
const SECRET = "config/literal-credential";

/** Tests that the good files build without a finding, and that every row's mistakes, and nothing else, are reported at their places. */
export function everyMistakeIsReported(
  good: Readonly<Record<string, string>>,
  rows: readonly MistakeRow[],
  about: (report: string) => readonly Finding[] = findingsIn,
): void {
  const real: RunOptions = { compile };

  async function goodProject(t: Parameters<typeof folder>[0]): Promise<Folder> {
    const project = folder(t, good);
    const run = await project.slogen("build", real);
    assert.equal(run.code, 0, run.err);
    return project;
  }

  void test("the project that the rows change is good", async (t) => {
    const { slogen } = await goodProject(t);
    const run = await slogen("build --check", real);
    assert.deepEqual([run.code, about(run.err)], [0, []]);
  });

  void test("every mistake is reported where it was made, with a help, and costs no file", async (t) => {
    for (const { mistake, files, codes, exit = 1, line = "build" } of rows) {
      await t.test(mistake, async (t) => {
        const { slogen, write, files: read } = await goodProject(t);
        const before = read("generated");
        const wanted: Finding[] = [];
        for (const [path, marked] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
          const { text, marks } = unmark(marked);
          write(path, text);
          wanted.push(...marks.map(({ start, end }) => findingAt({ path, text }, start, end)));
        }
        const run = await slogen(line, real);
        assert.deepEqual(
          about(run.err),
          wanted.map(({ underlined, ...finding }, i) => ({
            code: codes[i],
            ...finding,
            underlined: codes[i] === SECRET ? underlined.replace(/[^\s"']/g, "*") : underlined,
          })),
          run.err,
        );
        assert.equal(run.code, exit);
        if (exit === 0) return;
        assert.match(run.err, /: nothing was written\n$/);
        assert.equal(run.out, "");
        assert.deepEqual(read("generated"), before);
      });
    }
  });
}
