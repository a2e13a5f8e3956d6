import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../diagnostics/source.ts";
import { yamlCodes } from "./codes.ts";

/**
 * What YAML does not take as characters (YAML 1.2.2, 5.1), what ends a line for some readers only (a lone `\r`, U+0085, U+2028, U+2029),
 * a byte order mark where two files were joined, and the traces of a file that is not UTF-8.
 */
const SUSPECT = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffd-\uffff]|\r(?!\n)|(?<!^)\ufeff|\p{Surrogate}/gu;

/** One finding a line: a file in another encoding has them everywhere. */
export function checkCharacters(file: SourceFile): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  let lineEnd = -1;
  for (const match of file.text.matchAll(SUSPECT)) {
    if (match.index < lineEnd) continue;
    const newline = file.text.indexOf("\n", match.index);
    lineEnd = newline === -1 ? file.text.length : newline;
    const at = { file, start: match.index, end: match.index + match[0].length };
    const code = match[0].codePointAt(0) ?? 0;
    if (code === 0) return [...found, yamlCodes["not-utf-8"](at, { found: "it holds zero bytes, as UTF-16 does" })];
    if (code === 0xfffd) found.push(yamlCodes["not-utf-8"](at, { found: "here stands the sign for a byte that could not be read" }));
    else if (code >= 0xd800 && code <= 0xdfff) found.push(yamlCodes["half-character"](at, {}));
    else found.push(yamlCodes["control-character"](at, { character: escape(code) }));
  }
  return found;
}

function escape(code: number): string {
  if (code === 0x0d) return "\\r";
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
}
