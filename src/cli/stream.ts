import type { OutputFile } from "../output/output.ts";

/** All files as one YAML stream, each under a comment with its path; JSON is YAML too. */
export function toStream(files: readonly OutputFile[]): string {
  return files
    .map(({ path, text }) => {
      // A text that opens its first document itself needs no marker before its header.
      const opened = /^(?:#.*\r?\n|\s*\n)*---(?:\s|$)/.test(text);
      return `${opened ? "" : "---\n"}# ${path}\n${text}${text.endsWith("\n") ? "" : "\n"}`;
    })
    .join("");
}
