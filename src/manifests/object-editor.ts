/**
 * Changes to one object of a file, as edits of the file's text.
 *
 * Approach: each list or map that changes is planned as pieces (kept, put, left out), which give both the new text and the new
 * value. The text is read again at the end; unless it means exactly the planned value, and every other object of the file what it
 * meant before, nothing is written.
 */
import type { SourceFile } from "../diagnostics/source.ts";
import { toJson, type Json, type JsonObject } from "../yaml/json.ts";
import { entryOf, valueOf, type YamlNode } from "../yaml/tree.ts";
import { readObjects, textAt, type KubernetesObject } from "./documents.ts";
import { applyEdits, editCollection, type Piece } from "./edit.ts";
import { isFlow, isList, isMap, layoutOf } from "./layout.ts";
import { marker } from "./marker.ts";

export interface EditorOptions {
  /** The map or list by whose layout new lines are written. */
  readonly near: readonly string[];
  /** Told why the file gives no safe place for a change: the first time, and then no more. */
  readonly refuse: (what: string) => void;
}

/** Items that slogen adds to a list in which the user has some too. */
export interface OwnItems {
  /** The list, in the map that is being edited. */
  readonly key: string;
  /** The entry by which two items are the same one. */
  readonly name: string;
  readonly wanted: readonly JsonObject[];
  /** Where a list that is not there yet is marked: at its items, if the user may add some, else at its key. */
  readonly marks?: "items";
  /** Whether an earlier build put it there. */
  readonly isOurs: (item: YamlNode) => boolean;
  /** Told of an item of the user's that has a wanted one's name and another content. */
  readonly conflict: (item: YamlNode, name: string) => void;
}

export class ObjectEditor {
  private source: SourceFile;
  /** What `source` holds, as far as it is changed. */
  private objects: readonly KubernetesObject[];
  private readonly position: number;
  private readonly expected: Json[];
  private failed = false;

  /** `object`, and all that its file holds besides; objects of other files may be among them. */
  constructor(
    private readonly object: KubernetesObject,
    all: readonly KubernetesObject[],
    private readonly options: EditorOptions,
  ) {
    this.source = object.file;
    this.objects = [...new Set([object, ...all])]
      .filter(({ file }) => file === object.file)
      .sort((one, other) => one.root.at.start - other.root.at.start);
    this.position = this.objects.indexOf(object);
    this.expected = this.objects.map(({ root }) => toJson(root, "go-yaml-1.1"));
  }

  /** The object as it is by now. */
  get root(): YamlNode {
    return this.objects[this.position]?.root ?? this.object.root;
  }

  /** The file's text with all changes; undefined if one of them had no safe place, or failed. */
  finish(): string | undefined {
    if (this.failed) return undefined;
    const edited = this.objects.map(({ root }) => toJson(root, "go-yaml-1.1"));
    const differs = (_: Json, index: number): boolean => JSON.stringify(edited[index]) !== JSON.stringify(this.expected[index]);
    const wrong = this.expected.findIndex(differs);
    if (wrong < 0 && edited.length === this.expected.length) return this.source.text;
    const isOwn = wrong < 0 || wrong === this.position;
    this.refuse(isOwn ? "the result would not mean what it should" : "another object of the file would change too, as through an alias");
    return undefined;
  }

  /** Makes the list or map at `path` hold the pieces, in the text and in what it is expected to mean. */
  change(path: readonly string[], pieces: readonly Piece[]): void {
    if (this.failed) return;
    const { root } = this;
    const node = valueOf(root, ...path);
    if (node === undefined || node.kind === "scalar" || !isWrittenOut(root, path)) {
      this.refuse(`\`${path.at(-1) ?? ""}\` comes from an alias or a merge key`);
      return;
    }
    const near = valueOf(root, ...this.options.near) ?? root;
    const edits = editCollection(node, pieces, layoutOf(near, root));
    if (edits === undefined) {
      this.refuse(
        isFlow(node)
          ? `comments, anchors or tags stand between the brackets of \`${path.at(-1) ?? ""}\``
          : `\`${path.at(-1) ?? ""}\` is not written with one item or key at the start of each line`,
      );
      return;
    }
    if (edits.length === 0) return;
    this.source = { path: this.source.path, text: applyEdits(this.source.text, edits) };
    const objects = readObjects(this.source, () => undefined);
    if (objects === undefined) {
      this.refuse("the result could not be read");
      return;
    }
    this.objects = objects;
    const expected = this.expected[this.position];
    if (expected !== undefined) this.expected[this.position] = withPieces(expected, path, pieces);
  }

  /** Sets an entry of the map at `path`: in its place, or at the end. */
  setEntry(path: readonly string[], key: string, value: Json): void {
    this.putEntry(path, { key, put: value, marker: marker() });
  }

  removeEntry(path: readonly string[], key: string): void {
    const map = valueOf(this.root, ...path);
    if (map?.kind === "map")
      this.change(
        path,
        map.entries.flatMap((entry, index) => (entry.key.text === key ? [] : [{ keep: index }])),
      );
  }

  /** The user's items stay, in their order; ours stay where they are, or go to the end of the list. A list of nothing goes. */
  mergeItems(path: readonly string[], { key, name, wanted, marks, isOurs, conflict }: OwnItems): void {
    const owner = valueOf(this.root, ...path);
    const list = valueOf(owner, key);
    if (owner?.kind !== "map") return;
    if (list?.kind !== "list" || list.items.length === 0) {
      if (wanted.length > 0) this.putEntry(path, { key, put: wanted, marker: marker(), ...(marks && { marks }) });
      return;
    }
    const left = new Map(wanted.map((item) => [item[name], item]));
    const pieces: Piece[] = [];
    list.items.forEach((item, position) => {
      const itemName = textAt(item, name);
      const ours = left.get(itemName ?? "");
      if (!isOurs(item)) {
        if (ours !== undefined && JSON.stringify(toJson(item, "go-yaml-1.1")) !== JSON.stringify(ours)) {
          conflict(item, itemName ?? "");
          this.failed = true;
        }
        pieces.push({ keep: position });
      } else if (ours !== undefined) pieces.push({ put: ours, marker: marker(), over: position });
      left.delete(itemName ?? "");
    });
    pieces.push(...[...left.values()].map((item) => ({ put: item, marker: marker() })));
    if (pieces.length > 0) this.change([...path, key], pieces);
    else this.removeEntry(path, key);
  }

  private putEntry(path: readonly string[], piece: Exclude<Piece, { keep: number }>): void {
    const map = valueOf(this.root, ...path);
    if (map?.kind !== "map") return;
    const position = map.entries.findIndex(({ key }) => key.text === piece.key);
    const pieces: Piece[] = map.entries.map((_, index) => (index === position ? { ...piece, over: index } : { keep: index }));
    this.change(path, position < 0 ? [...pieces, piece] : pieces);
  }

  private refuse(what: string): void {
    if (this.failed) return;
    this.failed = true;
    this.options.refuse(what);
  }
}

/** Whether every key on the way stands in the map that holds it, and its value after it. */
function isWrittenOut(root: YamlNode, path: readonly string[]): boolean {
  let node = root;
  for (const step of path) {
    const entry = entryOf(node, step);
    if (entry === undefined || entry.key.at.start < node.at.start || entry.key.at.end > node.at.end) return false;
    if (entry.value.at.start < entry.key.at.end || entry.value.at.end > node.at.end) return false;
    node = entry.value;
  }
  return true;
}

function withPieces(value: Json, path: readonly string[], pieces: readonly Piece[]): Json {
  const [step, ...rest] = path;
  if (step !== undefined) {
    if (!isMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, key === step ? withPieces(each, rest, pieces) : each]));
  }
  if (isList(value)) return pieces.map((piece) => ("keep" in piece ? (value[piece.keep] ?? null) : piece.put));
  if (!isMap(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    pieces.flatMap((piece) => ("keep" in piece ? [entries[piece.keep] ?? ["", null]] : [[piece.key ?? "", piece.put]])),
  );
}
