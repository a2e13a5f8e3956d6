/**
 * Changes to the items of a list, or the entries of a map, as edits of the text around them.
 *
 * Approach: an item of a block list owns the lines from its dash to its last value, an entry of a block map those from its key.
 * Whole lines are replaced, removed or put in between; all other lines keep their bytes. Within brackets there are no such lines,
 * so there the stretch between the brackets is put together anew from the source of what is kept.
 */
import type { Json } from "../yaml/json.ts";
import { toJson } from "../yaml/json.ts";
import type { YamlList, YamlMap, YamlNode } from "../yaml/tree.ts";
import { blockLines, columnOf, flowText, isFlow, isList, itemLines, lineStart, markedList, type Layout } from "./layout.ts";
import { isMarked } from "./marker.ts";

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What a list or map should hold, in order; what is neither kept nor replaced is removed. */
export type Piece =
  | { readonly keep: number }
  | {
      /** The key of an entry; absent in a list. */
      readonly key?: string;
      readonly put: Json;
      readonly marker: string;
      /** Puts the marker to each item of a list rather than to its key, so that the user may add some. */
      readonly marks?: "items";
      /** The element whose place it takes. */
      readonly over?: number;
    };

/** The text with the edits; those at the same place in the order in which they are given. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = "";
  let done = 0;
  for (const { start, end, text: inserted } of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(done, start) + inserted;
    done = end;
  }
  return result + text.slice(done);
}

/** The edits that make `node` hold the pieces; undefined where its text gives no safe place for them. */
export function editCollection(node: YamlList | YamlMap, pieces: readonly Piece[], layout: Layout): readonly Edit[] | undefined {
  const elements = elementsOf(node);
  if (elements === undefined) return undefined;
  const changes = pieces.length !== elements.length || pieces.some((piece, index) => !isAsIs(piece, index, elements, isFlow(node)));
  if (!changes) return [];
  return isFlow(node) ? editFlow(node, elements, pieces, layout) : editBlock(node, elements, pieces, layout);
}

interface Element {
  /** Of the item or the key, and the end of its value. */
  readonly start: number;
  readonly end: number;
  /** Of an entry. */
  readonly key?: string;
  readonly value: YamlNode;
}

/** Undefined if some of it is written elsewhere, through an alias or a merge key. */
function elementsOf(node: YamlList | YamlMap): readonly Element[] | undefined {
  const elements =
    node.kind === "list"
      ? node.items.map((value) => ({ start: value.at.start, end: value.at.end, value }))
      : node.entries.map(({ key, value }) => {
          const isHere = value.at.start >= key.at.end && value.at.end <= node.at.end;
          return { start: key.at.start, end: isHere ? value.at.end : key.at.end, key: key.text, value };
        });
  let last = node.at.start;
  for (const { start, end } of elements) {
    if (start < last || end > node.at.end) return undefined;
    last = end;
  }
  return elements;
}

function isAsIs(piece: Piece, index: number, elements: readonly Element[], isFlowing: boolean): boolean {
  if ("keep" in piece) return piece.keep === index;
  const element = elements[index];
  return piece.over === index && element !== undefined && isSame(piece, element, isFlowing);
}

/** A marker has no place within brackets. */
function isSame(piece: Exclude<Piece, { keep: number }>, { start, key, value }: Element, isFlowing: boolean): boolean {
  const line = /^.*/.exec(value.at.file.text.slice(start))?.[0] ?? "";
  const isOurs = isFlowing || (line.trimEnd().endsWith(piece.marker) && isMarked(line));
  return isOurs && piece.key === key && JSON.stringify(toJson(value, "go-yaml-1.1")) === JSON.stringify(piece.put);
}

function entryLines(key: string, { put, marker, marks }: Exclude<Piece, { keep: number }>, layout: Layout): readonly string[] {
  return marks === "items" && isList(put) ? markedList(key, put, layout, marker) : blockLines({ [key]: put }, layout, marker);
}

interface Region {
  readonly start: number;
  /** After the line break. */
  readonly end: number;
}

function editBlock(
  node: YamlList | YamlMap,
  elements: readonly Element[],
  pieces: readonly Piece[],
  layout: Layout,
): readonly Edit[] | undefined {
  const { text } = node.at.file;
  const column = columnOf(node);
  const regions: Region[] = [];
  for (const element of elements) {
    const region = regionOf(text, element, regions.at(-1)?.end ?? 0, node.kind === "list" ? column : undefined);
    if (region === undefined) return undefined;
    regions.push(region);
  }
  const pad = " ".repeat(column);
  const edits: Edit[] = [];
  const used = new Set<number>();
  let end = lineStart(text, node.at.start);
  for (const piece of pieces) {
    const index = "keep" in piece ? piece.keep : piece.over;
    const region = index === undefined ? undefined : regions[index];
    const element = index === undefined ? undefined : elements[index];
    if (index !== undefined) used.add(index);
    if (!("keep" in piece)) {
      const lines = piece.key === undefined ? itemLines(piece.put, layout, piece.marker) : entryLines(piece.key, piece, layout);
      if (region === undefined)
        edits.push(
          wholeLines(
            text,
            { start: end, end },
            lines.map((line) => pad + line),
            layout,
          ),
        );
      else if (element !== undefined && !isSame(piece, element, false)) {
        const kept = commentsIn(text.slice(region.start, region.end));
        edits.push(
          wholeLines(
            text,
            region,
            [...kept, ...lines].map((line) => pad + line),
            layout,
          ),
        );
      }
    }
    if (region !== undefined) end = region.end;
    // What is deeper than the keys of a map belongs to the entry above it.
    if (region !== undefined && node.kind === "map") end = afterDeeperComments(text, end, column);
  }
  regions.forEach((region, index) => {
    if (used.has(index)) return;
    const kept = commentsIn(text.slice(region.start, region.end)).map((line) => pad + line);
    edits.push(kept.length === 0 ? { ...region, text: "" } : wholeLines(text, region, kept, layout));
  });
  return edits;
}

/** The lines of an element; undefined if something else begins or ends on them. */
function regionOf(text: string, { start, end }: Element, after: number, dashColumn: number | undefined): Region | undefined {
  let first = lineStart(text, start);
  if (dashColumn !== undefined) {
    // The dash may stand on a line before its value, and a tag or an anchor between the two.
    while (first > after && !/^ *-(?: |\r?\n)/.test(text.slice(first, first + dashColumn + 3))) first = lineStart(text, first - 1);
    if (!/^\ufeff?$/.test(text.slice(first, first + dashColumn).trim()) || text[first + dashColumn] !== "-") return undefined;
  } else if (text.slice(first, start).trim() !== "") return undefined;
  if (first < after) return undefined;
  const rest = /^[^\n]*\n?/.exec(text.slice(end))?.[0] ?? "";
  return /^\s*(?:#|$)/.test(rest) ? { start: first, end: end + rest.length } : undefined;
}

function wholeLines(text: string, { start, end }: Region, lines: readonly string[], { eol }: Layout): Edit {
  const isOpen = start > 0 && text[start - 1] !== "\n";
  const endsFile = end === text.length && !text.endsWith("\n");
  return { start, end, text: (isOpen ? eol : "") + lines.join(eol) + (endsFile ? "" : eol) };
}

/** The whole-line comments after `offset` that stand deeper than `column`. */
function afterDeeperComments(text: string, offset: number, column: number): number {
  const match = new RegExp(`^(?:[ ]{${column + 1},}#[^\\n]*\\n)+`).exec(text.slice(offset));
  return offset + (match?.[0].length ?? 0);
}

/** The comments of a stretch that is about to go, but for our own. */
function commentsIn(stretch: string): readonly string[] {
  return stretch.split(/\r?\n/).flatMap((line) => {
    const comment = commentOf(line);
    return comment === undefined || isMarked(comment) ? [] : [comment];
  });
}

/** A `#` after a blank and outside quotes. */
function commentOf(line: string): string | undefined {
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (quote !== "") quote = char === quote ? "" : quote;
    else if (/["']/.test(char) && /(?:^|[\s[{,])$/.test(line.slice(0, i))) quote = char;
    else if (char === "#" && /(?:^|\s)$/.test(line.slice(0, i))) return line.slice(i).trimEnd();
  }
  return undefined;
}

function editFlow(
  node: YamlList | YamlMap,
  elements: readonly Element[],
  pieces: readonly Piece[],
  layout: Layout,
): readonly Edit[] | undefined {
  const { text } = node.at.file;
  const [first, last] = [elements[0], elements.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const head = text.slice(node.at.start + 1, first.start);
  const tail = text.slice(last.end, node.at.end - 1);
  const gaps = elements.slice(1).map((element, index) => text.slice(elements[index]?.end, element.start));
  // A comment, an anchor or a tag between two elements has no place of its own that would outlast a change.
  if (![head, tail, ...gaps].every((gap) => /^\s*,?\s*$/.test(gap))) return undefined;
  const pad = head.includes("\n") ? head.slice(head.lastIndexOf("\n") + 1) : undefined;
  const between = pad === undefined ? ", " : `,${layout.eol}${pad}`;
  let inner = head;
  let before: number | undefined;
  pieces.forEach((piece, position) => {
    const index = "keep" in piece ? piece.keep : piece.over;
    if (position > 0) inner += (index !== undefined && index - 1 === before ? gaps[index - 1] : undefined) ?? between;
    before = index;
    const element = index === undefined ? undefined : elements[index];
    if (element !== undefined && ("keep" in piece || isSame(piece, element, true))) inner += text.slice(element.start, element.end);
    else if (!("keep" in piece))
      inner += (piece.key === undefined ? "" : `${JSON.stringify(piece.key)}: `) + flowText(piece.put, pad, layout);
  });
  return [{ start: node.at.start + 1, end: node.at.end - 1, text: inner + tail }];
}
