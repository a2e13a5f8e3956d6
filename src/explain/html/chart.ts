import { displayWidth } from "../../diagnostics/width.ts";
import { html, type Content, type Markup } from "./markup.ts";

/**
 * A chart is drawn twice, for a phone and for a wide page, and the style sheet shows one of them: text keeps its size that way, which a
 * picture that is scaled does not.
 */
export interface Chart {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  /** What is to be seen in it, for who does not see it. */
  readonly description: string;
  readonly draw: (width: number) => Drawing;
  readonly caption: Content;
  readonly data: Table;
}

export interface Drawing {
  readonly height: number;
  readonly marks: readonly Markup[];
}

export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Content[])[];
}

/** Wide enough for a page, and a phone of 390 pixels less its margins. */
export const WIDTHS = { wide: 720, narrow: 358 } as const;

export function figureOf(chart: Chart): Markup {
  const renderings = (["wide", "narrow"] as const).map((kind) => {
    const { height, marks } = chart.draw(WIDTHS[kind]);
    const id = `${chart.id}-${kind}`;
    return html`<svg
      class="${kind}"
      viewBox="0 0 ${WIDTHS[kind]} ${px(height)}"
      role="img"
      aria-labelledby="${id}-t"
      aria-describedby="${id}-d"
    >
      <title id="${id}-t">${chart.title}</title>
      <desc id="${id}-d">${chart.description}</desc>
      ${marks}
    </svg>`;
  });
  return html`<figure>
    ${renderings}
    <figcaption>${chart.caption}</figcaption>
    <details>
      <summary>The chart's numbers</summary>
      ${tableOf(chart.data)}
    </details>
  </figure>`;
}

/** A table that scrolls by itself where the page is too narrow for it, by keyboard too. */
export function tableOf({ caption, head, rows }: Table): Markup {
  const line = (row: readonly Content[]): Markup =>
    html`<tr>
      ${row.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}
    </tr> `;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map((each) => html`<th scope="col">${each}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(line)}
      </tbody>
    </table>
  </div>`;
}

/** A coordinate: a hundredth of a pixel is finer than any screen. */
export function px(value: number): number {
  return Math.round(value * 100) / 100;
}

export interface TextPlace {
  readonly anchor?: "start" | "middle" | "end";
  readonly className?: string;
  /** Turned to be read from the bottom up. */
  readonly upright?: boolean;
}

/** `y` is the baseline. */
export function text(x: number, y: number, words: string, { anchor = "start", className = "", upright = false }: TextPlace = {}): Markup {
  const turn = upright ? html` transform="rotate(-90 ${px(x)} ${px(y)})"` : undefined;
  return html`<text class="${className}" x="${px(x)}" y="${px(y)}" text-anchor="${anchor}" ${turn}>${words}</text> `;
}

export function rule(x1: number, y1: number, x2: number, y2: number, className: string): Markup {
  return html`<line class="${className}" x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" /> `;
}

export function box(x: number, y: number, width: number, height: number, className: string, radius = 0): Markup {
  const round = radius === 0 ? undefined : html` rx="${radius}"`;
  return html`<rect class="${className}" x="${px(x)}" y="${px(y)}" width="${px(Math.max(0, width))}" height="${px(height)}" ${round} /> `;
}

export function path(d: string | null, className: string): Markup {
  return html`<path class="${className}" d="${d ?? ""}" /> `;
}

/** The width that a text of 12 pixels takes at most in the usual system fonts. */
export function textWidth(words: string): number {
  return displayWidth(words) * 7;
}

/**
 * Moves labels apart: each comes as near to where it wants to be as the others leave it, between `low` and `high`, in the order of their
 * wishes. They overlap only if there is no room for them all.
 */
export function apart(wanted: readonly number[], gap: number, [low, high]: readonly [number, number]): readonly number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const places: number[] = [];
  let next = low;
  for (const i of order) {
    const place = Math.max(next, wanted[i] ?? 0);
    places[i] = place;
    next = place + gap;
  }
  let last = high;
  for (const i of order.toReversed()) {
    const place = Math.min(last, places[i] ?? 0);
    places[i] = place;
    last = place - gap;
  }
  return places;
}

/** The class of a series: its colour by the alert, its dashes by the pair of windows. */
export function seriesClass(alert: number, pair = 0): string {
  return `s${alert % SERIES} d${pair % SERIES}`;
}

export const SERIES = 4;
