import type { Stretch, Text } from "./ast.ts";
import { failOnVariable, HOLE, placeholderEnd, textWithHoles } from "./placeholders.ts";
import { fail, ParseFailure, shown, type ParseProblem } from "./problem.ts";

export type TokenKind = "name" | "number" | "duration" | "string" | "hole" | "symbol" | "end" | "unreadable";

export interface Token extends Stretch {
  readonly kind: TokenKind;
  /** As written. */
  readonly text: string;
  /** Of a string: unquoted. Of a name with windows in it: the template. */
  readonly value?: Text;
  /** Of `unreadable`, which is always the last token. */
  readonly problem?: ParseProblem;
}

export interface LexOptions {
  /** Whether `{{.window}}` and its like are holes; without, the text is plain PromQL and braces in strings are just text. */
  readonly windows: boolean;
}

const TRIVIA = /(?:[ \t\r\n]+|#[^\r\n]*)+/y;
const BLANKS = /[ \t\r\n]+/y;
const NAME = /[A-Za-z_:][A-Za-z0-9_:]*/y;
const NAME_PART = /[A-Za-z0-9_:]+/y;
const LABEL = /[A-Za-z_][A-Za-z0-9_]*/y;
const DURATION = /(?:\d+(?:ms|[smhdwy]))+(?![A-Za-z0-9_])/y;
/**
 * Decimal, octal and hexadecimal numbers with Go's underscores. Prometheus's scanner takes an `e` in the second place of a
 * hexadecimal number for an exponent, so it cannot stand there.
 */
const NUMBER = new RegExp(
  [
    /0[xX]_?[0-9a-fA-F](?:(?:_[0-9a-dfA-DF]|[0-9a-dfA-DF])(?:_[0-9a-dfA-DF]|[0-9a-fA-F])*)?/,
    /(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?/,
  ]
    .map((form) => `(?:${form.source})`)
    .join("|")
    .replace(/^.*$/, "(?:$&)(?![A-Za-z0-9_.])"),
  "y",
);
const SYMBOL = /==|!=|<=|>=|<\/|>\/|[-+*/%^<>(){}[\],@]/y;
const MATCHER_SYMBOL = /=~|!~|!=|[=,}]/y;
const RANGE_SYMBOL = /[-+*/%^():\],]/y;
const PLAIN_STRING = /"[^"\\\n{$\ufffd\ud800-\udfff]*"|'[^'\\\n{$\ufffd\ud800-\udfff]*'/y;
const VARIABLE = /\$(?:\{\w*\}?|\w*)/y;
const SQL_VARIABLE = /:date_(?:from|to)\b/y;

/** The tokens of a query. A text that cannot be read on ends in an `unreadable` token, so that an earlier mistake is reported first. */
export function lex(source: string, options: LexOptions): readonly Token[] {
  const tokens: Token[] = [];
  try {
    readTokens(source, options, tokens);
  } catch (failure) {
    if (!(failure instanceof ParseFailure)) throw failure;
    tokens.push({ kind: "unreadable", text: "", start: failure.problem.at.start, end: source.length, problem: failure.problem });
  }
  return tokens;
}

/** True if the text's last line is a comment: whatever is put after the text must start on a new line. */
export function endsInComment(source: string): boolean {
  const tokens = lex(source, { windows: true });
  const end = tokens.at(-2)?.end ?? 0;
  return tokens.at(-1)?.kind === "end" && /#[^\r\n]*$/.test(source.slice(end));
}

function readTokens(source: string, options: LexOptions, tokens: Token[]): void {
  let position = 0;
  let inBraces = false;
  let inBrackets = false;
  let sawRange = false;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    return pattern.test(source) ? source.slice(position, pattern.lastIndex) : undefined;
  };
  const push = (kind: TokenKind, text: string, value?: Text): void => {
    tokens.push({ kind, text, start: position, end: position + text.length, ...(value !== undefined && { value }) });
    position += text.length;
  };

  for (;;) {
    // Prometheus reads no comment between `[` and the range.
    position += match(inBrackets && !sawRange ? BLANKS : TRIVIA)?.length ?? 0;
    if (position >= source.length) {
      push("end", "");
      return;
    }
    const character = source[position] ?? "";
    if (character === '"' || character === "'" || character === "`") {
      const [end, value] = readString(source, position, character, options);
      push("string", source.slice(position, end), value);
      continue;
    }
    if (character === "$") failOnVariable({ start: position, end: position + (match(VARIABLE) ?? "$").length }, match(VARIABLE) ?? "$");
    if (options.windows) {
      const variable = match(SQL_VARIABLE);
      if (variable !== undefined) {
        fail(
          "foreign-variable",
          stretch(position, variable),
          `\`${variable}\` is a variable of SQL sources`,
          "write `{{.window}}` as a range",
        );
      }
      const end = placeholderEnd(source, position);
      if (end !== undefined) {
        sawRange = true;
        push("hole", source.slice(position, end));
        continue;
      }
    }
    if (inBraces) {
      const label = match(LABEL);
      const symbol = label === undefined ? match(MATCHER_SYMBOL) : undefined;
      if (label !== undefined) push("name", label);
      else if (symbol !== undefined) push("symbol", symbol);
      else unexpected(source, position, "between braces");
      if (symbol === "}") inBraces = false;
      continue;
    }
    const duration = match(DURATION);
    const quantity = duration ?? match(NUMBER);
    if (quantity !== undefined) {
      push(duration === undefined ? "number" : "duration", quantity);
      sawRange = true;
      continue;
    }
    const symbol = match(inBrackets ? RANGE_SYMBOL : SYMBOL);
    if (symbol !== undefined) {
      push("symbol", symbol);
      if (symbol === "{") inBraces = true;
      else if (symbol === "]") inBrackets = false;
      else if (symbol === "[") [inBrackets, sawRange] = [true, false];
      continue;
    }
    const name = match(NAME);
    if (name === undefined) unexpected(source, position, inBrackets ? "in a range" : undefined);
    const [end, template] = options.windows ? readTemplateName(source, position, name) : [position + name.length];
    push("name", source.slice(position, end), template);
  }
}

/** A series name goes on through windows: `http_errors:rate{{.window}}`. */
function readTemplateName(source: string, start: number, head: string): [end: number, template?: Text] {
  let position = start + head.length;
  let close = placeholderEnd(source, position);
  if (close === undefined) return [position];
  const parts: (string | typeof HOLE)[] = [head];
  while (close !== undefined) {
    parts.push(HOLE);
    position = close;
    NAME_PART.lastIndex = position;
    if (NAME_PART.test(source)) {
      parts.push(source.slice(position, NAME_PART.lastIndex));
      position = NAME_PART.lastIndex;
    }
    close = placeholderEnd(source, position);
  }
  return [position, { kind: "template", parts }];
}

function readString(source: string, start: number, quote: string, options: LexOptions): [end: number, value: Text] {
  PLAIN_STRING.lastIndex = start;
  if (PLAIN_STRING.test(source)) return [PLAIN_STRING.lastIndex, source.slice(start + 1, PLAIN_STRING.lastIndex - 1)];
  const close = closingQuote(source, start, quote);
  const decode = (from: number, to: number): string => (quote === "`" ? source.slice(from, to) : unescape(source, from, to, quote));
  const value = options.windows ? textWithHoles(source, start + 1, close, decode) : decode(start + 1, close);
  return [close + 1, value];
}

function closingQuote(source: string, start: number, quote: string): number {
  for (let i = start + 1; i < source.length; i++) {
    const character = source[i] ?? "";
    if (character === quote) return i;
    if (character === "\\" && quote !== "`") i++;
    else if (character === "\n" && quote !== "`") break;
    else if (character === "\ufffd" || isLoneSurrogate(source, i)) {
      fail("syntax", { start: i, end: i + 1 }, "this character is not valid Unicode");
    }
  }
  fail("syntax", { start, end: start + 1 }, `this string has no closing \`${quote === "`" ? "backquote" : quote}\``);
}

function isLoneSurrogate(source: string, index: number): boolean {
  const unit = source.charCodeAt(index);
  if (unit < 0xd800 || unit > 0xdfff) return false;
  const [before, after] = [source.charCodeAt(index - 1), source.charCodeAt(index + 1)];
  return unit < 0xdc00 ? !(after >= 0xdc00 && after <= 0xdfff) : !(before >= 0xd800 && before <= 0xdbff);
}

const ESCAPE = /\\(?:([abfnrtv\\"'])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/y;
const LETTERS: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** Go's escapes: https://go.dev/ref/spec#Rune_literals, where a quote may only escape itself. */
function unescape(source: string, start: number, end: number, quote: string): string {
  let text = "";
  let from = start;
  for (let at = source.indexOf("\\", start); at !== -1 && at < end; at = source.indexOf("\\", from)) {
    ESCAPE.lastIndex = at;
    const match = ESCAPE.exec(source);
    const [written = "", letter, byte, short, long, octal] = match ?? [];
    if (match === null || at + written.length > end || ((letter === '"' || letter === "'") && letter !== quote)) {
      const shown = source.slice(at, Math.min(at + 2, end));
      const stretch = { start: at, end: at + shown.length };
      fail("syntax", stretch, `\`${shown}\` is no escape sequence`, `write \`\\${shown}\` for a backslash, or put the text in backquotes`);
    }
    text +=
      source.slice(from, at) + (letter === undefined ? character(byte, short ?? long, octal, at, written) : (LETTERS[letter] ?? letter));
    from = at + written.length;
  }
  return text + source.slice(from, end);
}

function character(byte: string | undefined, unicode: string | undefined, octal: string | undefined, at: number, written: string): string {
  const value = octal === undefined ? Number.parseInt(byte ?? unicode ?? "", 16) : Number.parseInt(octal, 8);
  if (unicode === undefined && value >= 0x80) {
    fail(
      "syntax",
      stretch(at, written),
      `\`${written}\` is a byte that is no character by itself`,
      "write the character, or `\\u` and four digits",
    );
  }
  if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) {
    fail("syntax", stretch(at, written), `\`${written}\` is no Unicode character`);
  }
  return String.fromCodePoint(value);
}

function stretch(start: number, written: string): Stretch {
  return { start, end: start + written.length };
}

const WRONG_NUMBER = /[0-9.][A-Za-z0-9_.]*/y;

function unexpected(source: string, position: number, where?: string): never {
  WRONG_NUMBER.lastIndex = position;
  const number = WRONG_NUMBER.exec(source)?.[0];
  if (number !== undefined && /\d/.test(number)) {
    fail(
      "syntax",
      stretch(position, number),
      `\`${shown(number)}\` is neither a number nor a duration`,
      "write a duration such as `5m` or `1h30m`",
    );
  }
  const found = String.fromCodePoint(source.codePointAt(position) ?? 0);
  const place = where === undefined ? "" : ` ${where}`;
  const help = found === "=" ? "write `==` to compare" : found === "!" ? "write `!=` to compare" : undefined;
  fail("syntax", stretch(position, found), `unexpected \`${found}\`${place}`, help);
}
