/** HTML that is meant to be HTML. A plain string never is. */
export interface Markup {
  readonly markup: string;
}

export type Content = string | number | Markup | readonly Markup[] | undefined;

/**
 * A template whose values are escaped unless they are markup themselves: in text and in attributes between double quotes alike. Lines are
 * indented for who reads the code (prettier does it), not for the page.
 */
export function html(literals: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return {
    markup: literals.map((literal, i) => literal.replace(/\s*\n\s*/g, "\n") + (i < values.length ? markupOf(values[i]) : "")).join(""),
  };
}

function markupOf(content: Content): string {
  if (content === undefined) return "";
  if (typeof content === "number") return String(content);
  if (typeof content === "string") return escape(content);
  return "markup" in content ? content.markup : content.map(({ markup }) => markup).join("");
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Control characters are no characters of HTML, and those that turn the direction of text could make a name look like another. */
const UNSEEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function escape(text: string): string {
  return text.replace(UNSEEN, "\ufffd").replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** Text in which what stands between backticks is code. */
export function prose(text: string): Markup {
  const parts = text.split(/`([^`]+)`/);
  return { markup: parts.map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : html`${part}`).markup).join("") };
}
