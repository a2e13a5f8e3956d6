import { visit, type Document } from "yaml";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { positionAt, type SourceFile, type Span } from "../diagnostics/source.ts";
import { DEPTH_LIMIT, yamlCodes } from "./codes.ts";

/** What we read of the parser's own errors. Its codes are coarse; the messages tell the cases apart. */
interface ParseError {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [number, number];
}

/** The parser's errors in words of ours, in source order, one a line: what follows the first is mostly its echo. */
export function syntaxDiagnostics(file: SourceFile, documents: readonly Document.Parsed[]): readonly Diagnostic[] {
  const seen = new Set<number>();
  const found: Diagnostic[] = [];
  for (const document of documents) {
    const own = found.length;
    const tab = document.errors.find(({ code }) => code === "TAB_AS_INDENT");
    for (const error of document.errors) {
      // Below a tab no line's depth is certain.
      if (tab !== undefined && error.pos[0] > tab.pos[0] && error.code !== tab.code) continue;
      const line = positionAt(file, placeOf(file, error).start).line;
      if (seen.has(line)) continue;
      // One value too many ends the document for the parser, which then takes each line that follows for another.
      if (isTooMuch(error) && document.errors.find(isTooMuch) !== error) continue;
      seen.add(line);
      const diagnostic = translate(file, document, error);
      // Once a line is taken for another level's, so are the ones that follow it.
      if (diagnostic.code === yamlCodes["bad-indentation"].code && isLayout(found.at(-1)) && own < found.length) continue;
      found.push(diagnostic);
      if (diagnostic.at) seen.add(positionAt(file, diagnostic.at.start).line);
      if (diagnostic.code !== yamlCodes["unclosed-quote"].code) continue;
      if (isAtEnd(file, error)) return found;
      // The line that cut the text short was read as something else.
      seen.add(line + 1);
    }
  }
  return found;
}

function isLayout(diagnostic: Diagnostic | undefined): boolean {
  return diagnostic?.code === yamlCodes["bad-indentation"].code || diagnostic?.code === yamlCodes["missing-colon"].code;
}

/** The parser's words for text behind the end of a value. */
function isTooMuch({ code, message }: ParseError): boolean {
  return code === "UNEXPECTED_TOKEN" && /at node end|token in YAML stream|token in YAML document/.test(message);
}

function translate(file: SourceFile, document: Document.Parsed, error: ParseError): Diagnostic {
  const at = placeOf(file, error);
  const { text } = file;
  switch (error.code) {
    case "TAB_AS_INDENT":
      return yamlCodes["tab-indentation"](at, {});
    case "BLOCK_AS_IMPLICIT_KEY":
      return secondKey(file, at);
    case "BAD_INDENT": {
      const bracket = /with a ([\]}])/.exec(error.message)?.[1];
      return bracket === undefined ? badIndent(file, at, error.message) : unclosedBracket(file, document, error, bracket);
    }
    case "MULTILINE_IMPLICIT_KEY":
      if (/^-\s/.test(text.slice(at.start, at.start + 2))) return badIndent(file, at, "a list item stands among the keys of a map");
      return yamlCodes[isInBrackets(document, error) ? "missing-comma" : "missing-colon"](firstLine(file, at), {});
    case "BAD_SCALAR_START":
      return yamlCodes["reserved-character"](at, { character: text.slice(at.start, at.end) });
    case "BAD_DQ_ESCAPE": {
      const end = at.start + (/\s/.test(text[at.start + 1] ?? " ") ? 1 : 2);
      return yamlCodes["bad-escape"]({ file, start: at.start, end }, { escape: text.slice(at.start, end) });
    }
    case "BLOCK_IN_FLOW":
      return yamlCodes["missing-comma"](firstLine(file, at), {});
    case "MISSING_CHAR":
      if (error.message.startsWith("Sequence item without")) return badIndent(file, at, error.message);
      return missingCharacter(file, document, error, at);
    case "RESOURCE_EXHAUSTION":
      return yamlCodes["too-deep"](at, { limit: DEPTH_LIMIT });
    case "UNEXPECTED_TOKEN":
      return unexpectedToken(error, at);
    default:
      return yamlCodes.syntax(at, { what: inLowerCase(error.message) });
  }
}

/** `key: some: text` and a line indented too deep below `key: value` give the same error; only the first has its colon on the line. */
function secondKey(file: SourceFile, at: Span): Diagnostic {
  const rest = lineFrom(file, at.start);
  const colon = /:(?=[ \t]|$)/.exec(rest);
  if (colon) {
    const start = at.start + colon.index;
    return yamlCodes["unquoted-colon"]({ file, start, end: start + 1 }, {});
  }
  const next = /\n[ \t]*(?=[^\s#])/g;
  next.lastIndex = at.start;
  const start = next.exec(file.text) === null ? at.start : next.lastIndex;
  return yamlCodes["bad-indentation"](
    { file, start, end: start + Math.max(1, lineFrom(file, start).trimEnd().length) },
    { what: "this line is indented below a key that already has a value" },
  );
}

function badIndent(file: SourceFile, at: Span, message: string): Diagnostic {
  const blanks = /^[ \t]*/.exec(lineFrom(file, at.start))?.[0].length ?? 0;
  const start = at.start + blanks;
  const place = { file, start, end: start + Math.max(1, lineFrom(file, start).trimEnd().length) };
  const isItem = message.startsWith("All sequence items") || /^-(?:\s|$)/.test(lineFrom(file, start));
  const what = isItem
    ? "this item does not start where the other items of its list do"
    : /^All mapping items|^Sequence item without/.test(message)
      ? "this line does not start where the other keys of its map do"
      : inLowerCase(message);
  return yamlCodes["bad-indentation"](place, { what });
}

function missingCharacter(file: SourceFile, document: Document.Parsed, error: ParseError, at: Span): Diagnostic {
  const { message } = error;
  const quote = /Missing closing (["'])/.exec(message)?.[1];
  if (quote !== undefined)
    return yamlCodes["unclosed-quote"](openingOf(quote, file, document, error) ?? at, { quote, isCut: !isAtEnd(file, error) });
  const bracket = /must end with a ([\]}])/.exec(message)?.[1];
  if (bracket !== undefined) return unclosedBracket(file, document, error, bracket);
  if (message.startsWith("Missing ,")) return yamlCodes["missing-comma"](at, {});
  if (message.startsWith("Implicit map keys")) return yamlCodes["missing-colon"](at, {});
  if (message.startsWith("Comments must"))
    return yamlCodes.syntax(at, {
      what: "a comment must be separated by a blank from what stands before it",
      help: "write a blank before the `#`",
    });
  if (message.startsWith("Block scalars with"))
    return yamlCodes["bad-indentation"](at, {
      what: "the text under `|` or `>` begins with a blank line that is indented deeper than the text",
    });
  if (message.startsWith("Block collection cannot start"))
    return yamlCodes.syntax(at, { what: "a map or list cannot start on the line of `---`", help: "put a line break after `---`" });
  return yamlCodes.syntax(at, { what: inLowerCase(message) });
}

function isAtEnd(file: SourceFile, error: ParseError): boolean {
  return error.pos[0] >= file.text.trimEnd().length;
}

function unclosedBracket(file: SourceFile, document: Document.Parsed, error: ParseError, bracket: string): Diagnostic {
  const opening = openingOf(bracket === "]" ? "[" : "{", file, document, error);
  const related = opening === undefined ? [] : [{ at: opening, message: "opened here" }];
  return yamlCodes["unclosed-bracket"](placeOf(file, error), { bracket }, { related });
}

/** The quote or bracket that opens the innermost value that ends at the error. */
function openingOf(mark: string, file: SourceFile, document: Document.Parsed, error: ParseError): Span | undefined {
  let start: number | undefined;
  visit(document, {
    Node(_, { range }) {
      if (range?.[1] === error.pos[0] && file.text.startsWith(mark, range[0])) start = range[0];
    },
  });
  return start === undefined ? undefined : { file, start, end: start + 1 };
}

/** Between brackets two entries without a comma look like one key over two lines, which the parser complains of first. */
function isInBrackets(document: Document.Parsed, { message, pos }: ParseError): boolean {
  return message.includes("flow sequence") || document.errors.some((other) => other.code === "BLOCK_IN_FLOW" && other.pos[0] === pos[0]);
}

function unexpectedToken(error: ParseError, at: Span): Diagnostic {
  const { message } = error;
  if (isTooMuch(error)) return yamlCodes["text-after-value"](at, {});
  if (message.startsWith("Unexpected block-seq-ind"))
    return yamlCodes.syntax(at, {
      what: "a list cannot start on the line of its key",
      help: "put the first `- ` on the next line, or the value in quotes if it is a text",
    });
  if (/^Not a YAML token|^Block scalar header/.test(message))
    return yamlCodes.syntax(at, {
      what: "no text can follow `|` or `>` on its line",
      help: "put the text on the next line, indented, or the whole value in quotes if the `|` or `>` belongs to it",
    });
  if (message.startsWith("Unexpected ,") || message.startsWith("Unexpected empty item"))
    return yamlCodes.syntax(at, { what: "an entry is missing before this comma", help: "remove one of the commas" });
  return yamlCodes.syntax(at, { what: inLowerCase(message) });
}

/** Where the error lies; at the end of the file, the last thing that the user wrote. */
function placeOf(file: SourceFile, error: ParseError): Span {
  const written = file.text.trimEnd().length;
  const start = Math.min(error.pos[0], Math.max(0, written - 1));
  return { file, start, end: Math.max(start + 1, Math.min(error.pos[1], written)) };
}

function firstLine(file: SourceFile, at: Span): Span {
  const length = lineFrom(file, at.start).trimEnd().length;
  return { ...at, end: Math.min(at.end, at.start + Math.max(1, length)) };
}

function lineFrom(file: SourceFile, start: number): string {
  const end = file.text.indexOf("\n", start);
  return file.text.slice(start, end === -1 ? file.text.length : end);
}

function inLowerCase(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
