/** What a terminal can show. */
export interface Terminal {
  readonly unicode: boolean;
  readonly color: boolean;
}

export type Tone = "strong" | "page" | "ticket" | "dim";

/** https://en.wikipedia.org/wiki/ANSI_escape_code#Select_Graphic_Rendition_parameters */
const SGR: Readonly<Record<Tone, string>> = { strong: "1", page: "31", ticket: "33", dim: "2" };

export function paint({ color }: Terminal, tone: Tone | undefined, text: string): string {
  return color && tone !== undefined && text !== "" ? `\x1b[${SGR[tone]}m${text}\x1b[0m` : text;
}

/** The tone of an alert's severity; other words than slogen's own have none. */
export function toneOf(severity: string): Tone | undefined {
  return severity === "page" || severity === "ticket" ? severity : undefined;
}
