import { readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";
import { CODES } from "../src/cli/all-codes.ts";

/** The page `docs/codes.md`: every code that a build can report, by area, with the first sentence of its page. */
export function codeIndex(): Promise<string> {
  const areas = [...new Set(CODES.map(areaOf))].sort();
  const lines = areas.flatMap((area) => [
    `## ${area}`,
    "",
    "| code | what is wrong |",
    "| --- | --- |",
    ...[...CODES]
      .sort()
      .filter((code) => areaOf(code) === area)
      .map((code) => `| [\`${code}\`](../templates/explain/${code}.md) | ${firstSentence(code)} |`),
    "",
  ]);
  const intro = "`slogen explain-code CODE` prints a code's page: what is wrong, why it matters, and the same thing put right.";
  return format(`# Every diagnostic\n\n${intro}\n\n${lines.join("\n")}`, { parser: "markdown", printWidth: 140 });
}

function areaOf(code: string): string {
  return code.slice(0, code.indexOf("/"));
}

function firstSentence(code: string): string {
  const page = readFileSync(new URL(`../templates/explain/${code}.md`, import.meta.url), "utf8");
  const paragraph = page.split("\n\n")[1] ?? "";
  const text = paragraph.replaceAll("\n", " ").trim();
  return (/^.*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text).replaceAll("|", "\\|");
}

if (process.argv[1]?.endsWith("code-index.ts") === true) writeFileSync(new URL("../docs/codes.md", import.meta.url), await codeIndex());
