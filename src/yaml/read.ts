import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  parseAllDocuments,
  type Document,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import type { SourceFile, Span } from "../diagnostics/source.ts";
import { DEPTH_LIMIT, yamlCodes } from "./codes.ts";
import { checkCharacters } from "./characters.ts";
import { syntaxDiagnostics } from "./syntax-errors.ts";
import type { YamlEntry, YamlList, YamlMap, YamlNode, YamlScalar } from "./tree.ts";

/** What the aliases of a document may stand for, counted in values as often as each is used. */
const VALUE_LIMIT = 100_000;

/**
 * The documents of a YAML or JSON file that hold anything; documents of comments alone are skipped.
 * A file with an error yields none, after every error in it has been reported.
 */
export function readYaml(file: SourceFile, report: Report): readonly YamlNode[] {
  const errors: Diagnostic[] = [];
  const complain: Report = (diagnostic) => {
    if (diagnostic.severity === "error") errors.push(diagnostic);
    report(diagnostic);
  };
  checkCharacters(file).forEach(complain);
  // UTF-16 and the line ends of old Macs: whatever else there is to say would be about lines that the user never wrote.
  if (/\0|\r(?!\n)/.test(file.text)) return [];
  const documents = parse(file);
  syntaxDiagnostics(file, documents).forEach(complain);
  const nodes = documents.filter((document) => document.errors.length === 0).map((document) => new Reader(file, complain).read(document));
  return errors.length > 0 ? [] : nodes.filter((node) => node !== undefined);
}

/** Every scalar stays text (the failsafe schema): its type is for the format that reads it to decide. */
function parse(file: SourceFile): readonly Document.Parsed[] {
  const documents = parseAllDocuments(file.text, {
    schema: "failsafe",
    resolveKnownTags: false,
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
    logLevel: "silent",
  });
  return "empty" in documents ? [] : documents;
}

interface Anchored {
  readonly node: YamlNode;
  readonly size: number;
  /** Levels of maps and lists within. */
  readonly height: number;
}

/** Turns one parsed document into our tree. */
class Reader {
  private readonly anchors = new Map<string, Anchored | "open">();
  /** Values so far, aliases expanded; and how many of them aliases stand for. */
  private size = 0;
  private expanded = 0;
  /** The lowest level reached within the innermost anchored value. */
  private deepest = 0;
  private stopped = false;

  constructor(
    private readonly file: SourceFile,
    private readonly report: Report,
  ) {}

  read(document: Document.Parsed): YamlNode | undefined {
    const root: unknown = document.contents;
    if (root === null || (isScalar(root) && isMissing(root) && root.tag === undefined)) return undefined;
    return this.node(root, this.span(0, 0), 0);
  }

  /** `absent` is the place of a value that is not there. */
  private node(source: unknown, absent: Span, depth: number): YamlNode {
    const missing: YamlScalar = { kind: "scalar", text: "", style: "missing", at: absent };
    if (this.stopped || source === null || source === undefined) return missing;
    if (isAlias(source)) return this.alias(source.source, this.rangeOf(source), depth) ?? missing;
    if (!isScalar(source) && !isMap(source) && !isSeq(source)) return missing;
    this.size++;
    if (!this.descend(depth, this.rangeOf(source).start)) return missing;
    const { anchor } = source;
    if (anchor === undefined) return this.content(source, absent, depth);
    const before = { size: this.size - 1, deepest: this.deepest };
    this.deepest = depth;
    this.anchors.set(anchor, "open");
    const node = this.content(source, absent, depth);
    this.anchors.set(anchor, { node, size: this.size - before.size, height: this.deepest - depth });
    this.deepest = Math.max(this.deepest, before.deepest);
    return node;
  }

  private content(source: Scalar | YAMLMap | YAMLSeq, absent: Span, depth: number): YamlNode {
    if (isScalar(source)) return this.scalar(source, absent);
    return isMap(source) ? this.map(source, depth) : this.list(source, depth);
  }

  private scalar(source: Scalar, absent: Span): YamlScalar {
    const text = String(source.value);
    const at = this.rangeOf(source);
    const isEscaped = source.type === "QUOTE_DOUBLE" && !/\p{Surrogate}/u.test(this.file.text.slice(at.start, at.end));
    if (isEscaped && /\p{Surrogate}/u.test(text)) this.report(yamlCodes["half-character"](at, {}));
    const tag = source.tag === undefined ? {} : { tag: source.tag };
    if (isMissing(source)) return { kind: "scalar", text: "", style: "missing", ...tag, at: absent };
    return { kind: "scalar", text, style: STYLES[source.type ?? "PLAIN"], ...tag, at };
  }

  private list(source: YAMLSeq, depth: number): YamlList {
    const at = this.rangeOf(source);
    const items = source.items.map((item) => {
      const [start = at.start] = rangeOf(item) ?? [];
      return this.node(item, this.span(start, start), depth + 1);
    });
    return { kind: "list", items, at };
  }

  private map(source: YAMLMap, depth: number): YamlMap {
    const at = this.rangeOf(source);
    const entries: YamlEntry[] = [];
    const merges: { readonly index: number; readonly key: YamlScalar; readonly value: YamlNode }[] = [];
    const written = new Map<string, YamlScalar>();
    for (const pair of source.items) {
      const key = this.key(pair.key, at, depth + 1);
      const value = this.node(pair.value, this.span(key?.at.end ?? at.start, key?.at.end ?? at.start), depth + 1);
      if (key === undefined) continue;
      if (key.text === "<<" && (key.style === "plain" || key.tag === "tag:yaml.org,2002:merge")) {
        merges.push({ index: entries.length, key, value });
        continue;
      }
      const first = written.get(key.text);
      if (first) {
        const related = [{ at: first.at, message: "first given here" }];
        this.report(yamlCodes["duplicate-key"](key.at, { key: key.text }, { related }));
        continue;
      }
      written.set(key.text, key);
      entries.push({ key, value });
    }
    return { kind: "map", entries: merges.length === 0 ? entries : this.merged(entries, merges), at };
  }

  private key(source: unknown, map: Span, depth: number): YamlScalar | undefined {
    const [start = map.start, end = start] = rangeOf(source) ?? [];
    const at = this.span(start, end);
    const node = this.node(source, at, depth);
    if (node.kind === "scalar" && node.style !== "missing") return { ...node, at };
    if (this.stopped) return undefined;
    const found = node.kind === "map" ? "a map" : node.kind === "list" ? "a list" : "nothing";
    const place = found === "nothing" ? this.indicatorAt(start) : at;
    this.report(yamlCodes["not-a-map-key"](place, { found }));
    return undefined;
  }

  /** The colon that a missing key stands before, or else the `?` or bracket that it stands behind. */
  private indicatorAt(offset: number): Span {
    const { text } = this.file;
    const next = text.slice(offset).search(/\S/);
    const before = text.slice(0, offset).trimEnd().length - 1;
    const start = next !== -1 && text[offset + next] === ":" ? offset + next : Math.max(0, before);
    return this.span(start, start + 1);
  }

  /** Each `<<` gives way to the entries of its maps; a key written out wins, then the earlier map. https://yaml.org/type/merge.html */
  private merged(
    entries: readonly YamlEntry[],
    merges: readonly { readonly index: number; readonly key: YamlScalar; readonly value: YamlNode }[],
  ): readonly YamlEntry[] {
    const taken = new Map(entries.map((entry, index) => [entry.key.text, index]));
    const result: YamlEntry[] = [];
    let next = 0;
    for (const { index, key, value } of merges) {
      result.push(...entries.slice(next, index));
      next = index;
      const maps = value.kind === "list" ? value.items : [value];
      for (const map of maps) {
        if (map.kind !== "map") {
          if (!this.stopped) this.report(yamlCodes["bad-merge"](key.at, {}));
          continue;
        }
        for (const entry of map.entries) {
          const writtenAt = taken.get(entry.key.text);
          if (writtenAt === undefined) {
            taken.set(entry.key.text, Infinity);
            result.push(entry);
          } else if (writtenAt < index) {
            this.report(yamlCodes["late-merge"](key.at, { key: entry.key.text }));
          }
        }
      }
    }
    return [...result, ...entries.slice(next)];
  }

  private alias(name: string, at: Span, depth: number): YamlNode | undefined {
    const anchored = this.anchors.get(name);
    if (anchored === "open" || anchored === undefined) {
      this.report(yamlCodes[anchored === "open" ? "alias-to-itself" : "unknown-alias"](at, { name }));
      return undefined;
    }
    this.size += anchored.size;
    this.expanded += anchored.size;
    if (this.expanded > VALUE_LIMIT) this.stop(yamlCodes["alias-limit"](at, { limit: VALUE_LIMIT }));
    return this.descend(depth + anchored.height, at.start) ? anchored.node : undefined;
  }

  private descend(depth: number, offset: number): boolean {
    this.deepest = Math.max(this.deepest, depth);
    if (depth > DEPTH_LIMIT) this.stop(yamlCodes["too-deep"](this.span(offset, offset + 1), { limit: DEPTH_LIMIT }));
    return depth <= DEPTH_LIMIT;
  }

  private stop(diagnostic: Diagnostic): void {
    if (!this.stopped) this.report(diagnostic);
    this.stopped = true;
  }

  /** As written, without the comments, blank lines and line breaks that follow. */
  private rangeOf(source: unknown): Span {
    const [start = 0] = rangeOf(source) ?? [];
    let end = Math.min(Math.max(start, endOf(source)), this.file.text.length);
    while (end > start && " \t\r\n".includes(this.file.text.charAt(end - 1))) end--;
    return this.span(start, end);
  }

  private span(start: number, end: number): Span {
    return { file: this.file, start, end };
  }
}

const STYLES: Readonly<Record<Scalar.Type, YamlScalar["style"]>> = {
  PLAIN: "plain",
  QUOTE_SINGLE: "single",
  QUOTE_DOUBLE: "double",
  BLOCK_LITERAL: "literal",
  BLOCK_FOLDED: "folded",
};

/** A plain scalar of no characters is a value left out. */
function isMissing(scalar: Scalar): boolean {
  return scalar.type === "PLAIN" && scalar.value === "";
}

function rangeOf(source: unknown): readonly [number, number, number] | undefined {
  return isNode(source) ? (source.range ?? undefined) : undefined;
}

/** A block map or list ends where its last value does. */
function endOf(source: unknown): number {
  if ((isMap(source) || isSeq(source)) && source.flow !== true) {
    const last: unknown = source.items.at(-1);
    if (!isPair(last)) return last === undefined ? (source.range?.[1] ?? 0) : endOf(last);
    return Math.max(endOf(last.key), isScalar(last.value) && isMissing(last.value) ? 0 : endOf(last.value));
  }
  return rangeOf(source)?.[1] ?? 0;
}
