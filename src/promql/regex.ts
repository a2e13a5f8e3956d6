/**
 * What Prometheus needs to know of a matcher's regular expression: does Go's RE2 syntax allow it, and does it match the empty string?
 * https://github.com/google/re2/wiki/Syntax
 */
export type RegexVerdict =
  { readonly ok: true; readonly matchesEmpty: boolean } | { readonly ok: false; readonly why: string; readonly help?: string };

export function readRegex(source: string): RegexVerdict {
  const reader: Reader = { runes: Array.from(source), next: 0, depth: 0 };
  try {
    const piece = readAlternatives(reader);
    if (reader.next < reader.runes.length) refuse("`)` closes nothing", "write `\\\\)` for the character");
    return { ok: true, matchesEmpty: piece.matchesEmpty };
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    return { ok: false, why: refusal.message, ...(refusal.help !== undefined && { help: refusal.help }) };
  }
}

class Refusal extends Error {
  constructor(
    message: string,
    readonly help?: string,
  ) {
    super(message);
  }
}

function refuse(why: string, help?: string): never {
  throw new Refusal(why, help);
}

interface Reader {
  readonly runes: readonly string[];
  next: number;
  depth: number;
}

/** `copies` is the largest product of nested repetition counts, which RE2 limits. */
interface Piece {
  readonly matchesEmpty: boolean;
  readonly copies: number;
}

const ONE_CHARACTER: Piece = { matchesEmpty: false, copies: 1 };
const NOTHING: Piece = { matchesEmpty: true, copies: 1 };

/** Go allows 1000 levels. */
const DEEPEST = 200;
const MOST_COPIES = 1000;

function ahead(reader: Reader, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (reader.runes[reader.next + i] !== text[i]) return false;
  return true;
}

function skip(reader: Reader, text: string): boolean {
  if (!ahead(reader, text)) return false;
  reader.next += text.length;
  return true;
}

/** Takes what the pattern matches from here on; it must be sticky. */
function takeMatch(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  const rest = reader.runes.slice(reader.next, reader.next + 80).join("");
  const match = pattern.exec(rest);
  if (match === null) return undefined;
  reader.next += Array.from(match[0]).length;
  return match;
}

function readAlternatives(reader: Reader): Piece {
  if (++reader.depth > DEEPEST) refuse("it is nested too deeply");
  const alternatives: Piece[] = [];
  do alternatives.push(readSequence(reader));
  while (skip(reader, "|"));
  reader.depth--;
  return {
    matchesEmpty: alternatives.some((piece) => piece.matchesEmpty),
    copies: Math.max(...alternatives.map((piece) => piece.copies)),
  };
}

function readSequence(reader: Reader): Piece {
  const pieces: Piece[] = [];
  let repeated = false;
  while (reader.next < reader.runes.length && !ahead(reader, "|") && !ahead(reader, ")")) {
    const count = readRepetition(reader);
    if (count === undefined) {
      repeated = false;
      pieces.push(...readAtom(reader));
      continue;
    }
    if (repeated) refuse(`\`${count.text}\` repeats a repetition`, "put the inner one in `(?:...)`");
    const last = pieces.pop();
    if (last === undefined) refuse(`\`${count.text}\` has nothing to repeat`, `write \`\\\\${count.text}\` for the character`);
    pieces.push(repeat(last, count));
    repeated = true;
  }
  return {
    matchesEmpty: pieces.every((piece) => piece.matchesEmpty),
    copies: Math.max(1, ...pieces.map((piece) => piece.copies)),
  };
}

interface Repetition {
  readonly text: string;
  readonly least: number;
  readonly most: number;
}

const COUNT = /^\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}/;

function readRepetition(reader: Reader): Repetition | undefined {
  const simple = reader.runes[reader.next] ?? "";
  let count: Repetition;
  if (simple === "*" || simple === "+" || simple === "?") {
    count = { text: simple, least: simple === "+" ? 1 : 0, most: simple === "?" ? 1 : Number.POSITIVE_INFINITY };
    reader.next++;
  } else {
    const match = simple === "{" ? takeMatch(reader, COUNT) : undefined;
    if (match === undefined) return undefined;
    const [text, from, comma, to] = match;
    const least = Number(from);
    count = { text, least, most: to !== undefined ? Number(to) : comma !== undefined ? Number.POSITIVE_INFINITY : least };
    const finite = Number.isFinite(count.most) ? count.most : 0;
    if (least > MOST_COPIES || finite > MOST_COPIES || count.most < least) refuse(`\`${text}\` is no count up to ${MOST_COPIES}`);
  }
  skip(reader, "?");
  return count;
}

function repeat(piece: Piece, { text, least, most }: Repetition): Piece {
  const matchesEmpty = least === 0 || piece.matchesEmpty;
  if (!text.startsWith("{")) return { matchesEmpty, copies: piece.copies };
  if (most === 0) return { matchesEmpty, copies: 1 };
  const copies = Math.max(1, Number.isFinite(most) ? most : least) * piece.copies;
  if (copies > MOST_COPIES && (least >= 2 || most >= 2)) refuse(`\`${text}\` makes more than ${MOST_COPIES} copies in all`);
  return { matchesEmpty, copies };
}

/** One thing that can be repeated; nothing for a change of flags. */
function readAtom(reader: Reader): readonly Piece[] {
  const rune = reader.runes[reader.next] ?? "";
  switch (rune) {
    case "(":
      return readGroup(reader);
    case "[":
      return [readClass(reader)];
    case "\\":
      return readEscapedAtom(reader);
    case "^":
    case "$":
      reader.next++;
      return [NOTHING];
    default:
      reader.next++;
      return [ONE_CHARACTER];
  }
}

const NAMED_GROUP = /^\(\?P?<[A-Za-z0-9_]+>/;
const FLAGS = /^\(\?[imsU]*(?:-[imsU]+)?([:)])/;

function readGroup(reader: Reader): readonly Piece[] {
  if (ahead(reader, "(?")) {
    const flags = takeMatch(reader, FLAGS);
    if (flags?.[1] === ")") return [];
    if (flags === undefined && takeMatch(reader, NAMED_GROUP) === undefined) {
      const look = /^\(\?<?[=!]/.test(reader.runes.slice(reader.next, reader.next + 4).join(""));
      refuse("`(?` opens no group of RE2's", look ? "RE2 cannot look ahead or behind: use a second matcher with `!~`" : undefined);
    }
  } else {
    reader.next++;
  }
  const inner = readAlternatives(reader);
  if (!skip(reader, ")")) refuse("`(` is not closed");
  return [inner];
}

const EMPTY_WIDTH: Readonly<Record<string, Piece>> = { A: NOTHING, z: NOTHING, B: NOTHING, b: { matchesEmpty: false, copies: 1 } };

function readEscapedAtom(reader: Reader): readonly Piece[] {
  const letter = reader.runes[reader.next + 1] ?? "";
  const width = EMPTY_WIDTH[letter];
  if (width !== undefined) {
    reader.next += 2;
    return [width];
  }
  if (letter === "Q") {
    reader.next += 2;
    const literal: Piece[] = [];
    while (reader.next < reader.runes.length && !skip(reader, "\\E")) {
      literal.push(ONE_CHARACTER);
      reader.next++;
    }
    return literal;
  }
  if (!readCharacterGroup(reader)) readEscape(reader);
  return [ONE_CHARACTER];
}

const SCRIPTS = "Arabic Armenian Bengali Common Cyrillic Devanagari Georgian Greek Han Hangul Hebrew Hiragana Katakana Latin Tamil Thai";
const CATEGORIES = "C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs";
const CHARACTER_GROUPS = new Set(["Any", ...CATEGORIES.split(" "), ...SCRIPTS.split(" ")]);

/** `\d` and the like, and `\p{Greek}`. */
function readCharacterGroup(reader: Reader): boolean {
  if (takeMatch(reader, /^\\[dDsSwW]/) !== undefined) return true;
  const match = takeMatch(reader, /^\\[pP](?:\{\^?(\w*)\}|([A-Za-z]))/);
  if (match === undefined) {
    if (ahead(reader, "\\p") || ahead(reader, "\\P")) refuse("`\\p` needs a character group, such as `\\p{L}`");
    return false;
  }
  if (!CHARACTER_GROUPS.has(match[1] ?? match[2] ?? "")) refuse(`slogen knows no character group \`${match[0]}\``);
  return true;
}

/** The character that an escape stands for. */
function readEscape(reader: Reader): number {
  const octal = takeMatch(reader, /^\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/);
  if (octal?.[1] !== undefined) return Number.parseInt(octal[1], 8);
  const hex = takeMatch(reader, /^\\x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]+)\})/);
  if (hex !== undefined) {
    const value = Number.parseInt(hex[1] ?? hex[2] ?? "", 16);
    if (value > 0x10ffff) refuse(`\`${hex[0]}\` is no Unicode character`);
    return value;
  }
  const letter = takeMatch(reader, /^\\([afnrtv])/)?.[1];
  if (letter !== undefined) return "\x07\f\n\r\t\v".charCodeAt("afnrtv".indexOf(letter));
  const itself = takeMatch(reader, /^\\([^A-Za-z0-9\u0080-\u{10ffff}])/u)?.[1];
  if (itself !== undefined) return itself.charCodeAt(0);
  const rune = reader.runes[reader.next + 1];
  if (rune === undefined) refuse("it ends in a backslash");
  return refuse(`\`\\${rune}\` is no escape of RE2's`, /\d/.test(rune) ? "RE2 has no references to groups" : undefined);
}

const POSIX = /^\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]/;

function readClass(reader: Reader): Piece {
  reader.next++;
  skip(reader, "^");
  for (let first = true; first || !ahead(reader, "]"); first = false) {
    if (reader.next >= reader.runes.length) refuse("`[` is not closed");
    if (ahead(reader, "[:") && takeMatch(reader, POSIX) !== undefined) continue;
    // RE2 looks for the end of a named class anywhere behind.
    if (ahead(reader, "[:") && /:\]/.test(reader.runes.slice(reader.next + 2).join(""))) refuse("`[:` opens no character class of RE2's");
    if (readCharacterGroup(reader)) continue;
    const low = readClassCharacter(reader);
    if (!ahead(reader, "-") || reader.runes[reader.next + 1] === "]" || reader.next + 1 >= reader.runes.length) continue;
    reader.next++;
    if (readClassCharacter(reader) < low) refuse("a range runs backwards");
  }
  reader.next++;
  return ONE_CHARACTER;
}

function readClassCharacter(reader: Reader): number {
  if (ahead(reader, "\\")) return readEscape(reader);
  const rune = reader.runes[reader.next++];
  if (rune === undefined) refuse("`[` is not closed");
  return rune.codePointAt(0) ?? 0;
}
