import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import type { Span } from "../../src/diagnostics/source.ts";

/** The first place of some text in a file. */
export function spanOf(path: string, text: string, part: string): Span {
  const start = text.indexOf(part);
  return { file: { path, text }, start, end: start + part.length };
}

export function finding(at: Span | undefined, more: Partial<Diagnostic> = {}): Diagnostic {
  return {
    code: "area/name",
    severity: "error",
    unreadable: false,
    message: "something is wrong",
    related: [],
    ...(at && { at }),
    ...more,
  };
}

/** What reports must carry unharmed: what CI systems, XML, Markdown and terminals read as their own. */
export const HOSTILE = [
  "100 % :: of,it\r\nnext\tline",
  "::error file=x::injected",
  "  ::set-output name=a::b",
  "##[error]injected",
  "`a|b` <b>&amp; ]]> \"'",
  "\u0000\u0007\u001b[31m \ud800 \ufffe \u2028 😀",
  "| --- | [x](http://y) *z* _w_ #1 @me",
  "``` fence",
];
