import type { SourceFile } from "../../diagnostics/source.ts";
import type { Subject } from "../facts.ts";
import { html, type Markup } from "./markup.ts";
import { policySections } from "./policy-section.ts";
import { sloSection } from "./slo-section.ts";
import { STYLE, STYLE_HASH } from "./style.ts";

/** As it is, to the byte: its hash is that of `STYLE`. */
const STYLE_ELEMENT: Markup = { markup: `<style>${STYLE}</style>` };

/**
 * A page that stands for itself: no script, font, image or link, and a policy that would let none in. The same subject always gives the same
 * bytes.
 */
export function explainHtml(subject: Subject): string {
  const { title, files, body } = contentOf(subject);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src '${{ markup: STYLE_HASH }}'; base-uri 'none'; form-action 'none'"
        />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>
          ${body}
          <footer>
            Drawn by slogen from ${files.map((path, i) => html`${i === 0 ? "" : ", "}<code>${path}</code>`)}: what it says holds as long as
            these do.
          </footer>
        </main>
      </body>
    </html> `.markup;
}

interface PageContent {
  readonly title: string;
  readonly files: readonly string[];
  readonly body: Markup;
}

function contentOf(subject: Subject): PageContent {
  switch (subject.kind) {
    case "slo": {
      const { slo } = subject.slo;
      return { title: `SLO ${slo.id}`, files: pathsOf([slo.at.file]), body: sloSection(subject.slo, "slo", 1) };
    }
    case "policy": {
      const { policies, slos } = subject;
      const files = [...policies.map(({ file }) => file), ...slos.map(({ slo }) => slo.at.file)];
      const body = html`${policySections(policies)}${slos.map((facts, i) => sloSection(facts, `slo-${i + 1}`, 2))}`;
      return { title: `Release policy ${policies[0]?.name ?? ""}`, files: pathsOf(files), body };
    }
  }
}

function pathsOf(files: readonly SourceFile[]): readonly string[] {
  return [...new Set(files.map(({ path }) => path))];
}
