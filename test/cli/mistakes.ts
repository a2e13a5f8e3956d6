import assert from "node:assert/strict";
import { positionAt } from "../../src/diagnostics/source.ts";

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
