/**
 * One word of a POSIX shell: between single quotes nothing has a meaning but the quote itself.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02
 */
export function shellWord(text: string): string {
  if (text.includes("\0")) throw new RangeError("no shell can hold a NUL in a word");
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Text for a comment: whatever would end the line, or move a terminal's cursor, becomes a space. */
export function commentText(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, " ");
}

/** A quoted value of a curl configuration file: https://curl.se/docs/manpage.html#-K */
export function curlValue(text: string): string {
  return `"${commentText(text).replace(/["\\]/g, "\\$&")}"`;
}
