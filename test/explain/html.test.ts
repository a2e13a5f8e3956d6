import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { explainHtml } from "../../src/explain/html/page.ts";
import { STYLE, STYLE_HASH } from "../../src/explain/html/style.ts";
import { SUBJECTS } from "../support/explained.ts";

const PAGES = Object.entries(SUBJECTS).map(([name, subject]) => [name, explainHtml(subject())] as const);
const pageOf = (name: string): string => PAGES.find(([each]) => each === name)?.[1] ?? assert.fail(`no page ${name}`);
const all = (page: string, pattern: RegExp): readonly string[] => [...page.matchAll(pattern)].map((match) => match[1] ?? "");

test("the page's policy names the hash of its style, and lets nothing else in", () => {
  const hash = `sha256-${createHash("sha256").update(STYLE).digest("base64")}`;
  assert.equal(STYLE_HASH, hash, `STYLE_HASH must be "${hash}"`);
  for (const [name, page] of PAGES) {
    assert.ok(page.includes(`content="default-src 'none'; style-src '${hash}'; base-uri 'none'; form-action 'none'"`), name);
    assert.equal(page.split("<style>")[1]?.split("</style>")[0], STYLE, name);
  }
});

test("nothing in a page runs, or points out of it", () => {
  for (const [name, page] of PAGES) {
    assert.doesNotMatch(page, /<(script|link|img|iframe|object|embed|base|use|image|a|form)\b/i, name);
    assert.doesNotMatch(page, /<[^>]*\s(on\w+|href|src|style|srcdoc|xlink:\w+)=/i, name);
    assert.doesNotMatch(page, /url\(|@import|https?:/i, name);
  }
});

test("a hostile name is text, and turns no text around", () => {
  const page = pageOf("hostile");
  assert.ok(page.includes("&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;it&#39; ${x} {{y}} \ufffdwide"));
  assert.doesNotMatch(page, /\u202e|<script|NaN|undefined|\[object/);
  assert.equal(page.split("</title>").length - 1, 1 + page.split("<svg").length - 1);
});

test("no page holds a number that is none", () => {
  for (const [name, page] of PAGES) assert.doesNotMatch(page.replace(/<style>[^]*<\/style>/, ""), /NaN|Infinity|undefined|\[object/, name);
});

test("the same subject gives the same bytes", () => {
  for (const [name, page] of PAGES) assert.equal(explainHtml(SUBJECTS[name]?.() ?? assert.fail()), page, name);
});

test("headings go down by one level at a time, from one h1", () => {
  for (const [name, page] of PAGES) {
    const levels = all(page, /<h([1-6])>/g).map(Number);
    assert.equal(levels[0], 1, name);
    assert.equal(levels.filter((level) => level === 1).length, 1, name);
    for (const [i, level] of levels.entries()) assert.ok(level <= (levels[i - 1] ?? 0) + 1, `${name}: h${level}`);
  }
});

test("each id is there once, and whatever names one finds it", () => {
  for (const [name, page] of PAGES) {
    const ids = all(page, /\sid="([^"]*)"/g);
    assert.equal(new Set(ids).size, ids.length, name);
    for (const id of all(page, /aria-(?:labelledby|describedby)="([^"]*)"/g)) assert.ok(ids.includes(id), `${name}: ${id}`);
  }
});

/** Where one drawing has its tick of a name, from the grid line before the text. */
function tick(svg: string, name: string, axis: "x" | "y"): number {
  const before = svg.split(`>${name}</text>`)[0]?.split("<line").at(-1) ?? assert.fail(`no tick ${name}`);
  return Number(new RegExp(` ${axis}1="([^"]+)"`).exec(before)?.[1] ?? assert.fail(`no line at ${name}`));
}

test("errors of 2 % lie at 43.2 minutes on the line of the page, to the pixel, and at 2.16 minutes of 40 %", () => {
  for (const kind of ["wide", "narrow"]) {
    const svg = pageOf("payments").split(`id="slo-detection-${kind}-t"`)[1]?.split("</svg>")[0] ?? assert.fail();
    // The scales are read from the ticks, not from the code.
    const xOf = logScale([0.01, tick(svg, "1 %", "x")], [1, tick(svg, "100 %", "x")]);
    const yOf = logScale([60, tick(svg, "1 min", "y")], [3600, tick(svg, "1 h", "y")]);
    const d = /<path class="detects s0 d0" d="M([^"]+)"/.exec(svg)?.[1] ?? assert.fail("no line of the page");
    const points = d.split("L").map((pair) => pair.split(",").map(Number));
    for (const [ratio, seconds] of [
      [0.02, 2592],
      [0.4, 129.6],
      // Below the quick pair's limit of 1.44 % the slow one is the one to fire: 6 h of 0.6 %.
      [0.01, 12_960],
    ] as const) {
      const x = xOf(ratio);
      const i = points.findIndex(([at = 0]) => at >= x);
      const [[x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = []] = [points[i - 1], points[i]];
      const y = y1 + ((y2 - y1) * (x - x1)) / (x2 - x1);
      assert.ok(Math.abs(y - yOf(seconds)) < 1, `${kind}, ${ratio}: ${y}, not ${yOf(seconds)}`);
    }
  }
});

function logScale([a, pixelA]: readonly [number, number], [b, pixelB]: readonly [number, number]): (value: number) => number {
  return (value) => pixelA + ((pixelB - pixelA) * Math.log(value / a)) / Math.log(b / a);
}

test("the alert table says what the workbook's does", () => {
  // https://sre.google/workbook/alerting-on-slos/#recommended_parameters_for_an_slo_based_a: 2 % in 1 h, 5 % in 6 h, 10 % in 3 d.
  const rows = (pageOf("payments").split("<tbody>")[1]?.split("</tbody>")[0] ?? "").split("</tr>").slice(0, -1);
  assert.deepEqual(
    rows.map((row) =>
      all(row, /<t[hd][^>]*>([^<]*)</g)
        .slice(0, 6)
        .join(" | "),
    ),
    [
      "page | 1 h and 5 min | 14.4 | 1.44 % | 51.8 s | 2 %",
      "page | 6 h and 30 min | 6 | 0.6 % | 2.16 min | 5 %",
      "ticket | 1 d and 2 h | 3 | 0.3 % | 4.32 min | 10 %",
      "ticket | 3 d and 6 h | 1 | 0.1 % | 4.32 min | 10 %",
    ],
  );
});

test("a policy that only observes would roll back, and one that enforces can", () => {
  const [, staging = "", prodEu = ""] = pageOf("payments-policy").split("<h2>");
  assert.match(staging, /In staging, by Argo Rollouts[^]*Would be rolled back for burning too fast: from 1\.5 min on/);
  assert.match(prodEu, /In prod-eu, by Argo Rollouts[^]*Can be rolled back for burning too fast: from 1\.5 min on/);
});

test("a policy's weights, and how long each may be held, are those of its plan", () => {
  const page = pageOf("payments-policy");
  for (const words of [
    "5 %: ends after 10 min; if held, rolled back after 40 min",
    "50 %: ends after 35 min; if held, rolled back after 1 h 5 min",
  ])
    assert.ok(page.includes(words), words);
  const flagger = pageOf("api-service-policy");
  assert.match(flagger, /Ends after 20 min; each failed tick holds it for another, the 20th rolls back/);
  assert.match(flagger, /10 % until 5 min, 30 % until 10 min and 50 % until 20 min, then all traffic after 20 min/);
});

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(a: string, b: string): number {
  const luminance = (color: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((i) => {
      const part = parseInt(color.slice(i, i + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((one, other) => one - other);
  return (high + 0.05) / (low + 0.05);
}

test("text stands out by 4.5 to 1 and lines by 3 to 1, on light, dark and printed paper", () => {
  const schemes = STYLE.split(":root {")
    .slice(1)
    .map(
      (block) =>
        new Map([...(block.split("}")[0]?.matchAll(/--(\w+): (#[0-9a-f]{6});/g) ?? [])].map(([, name = "", color = ""]) => [name, color])),
    );
  assert.equal(schemes.length, 3);
  for (const [i, scheme] of schemes.entries()) {
    const color = (name: string): string => scheme.get(name) ?? assert.fail(name);
    for (const [names, grounds, least] of [
      [["ink", "soft"], ["paper", "raised", "unseen"], 4.5],
      [["t0", "t1", "t2", "t3"], ["paper", "raised"], 4.5],
      [["s0", "s1", "s2", "s3"], ["paper"], 3],
    ] as const)
      for (const name of names)
        for (const ground of grounds) {
          const found = contrast(color(name), color(ground));
          assert.ok(found >= least, `${i}: ${name} on ${ground} is ${found}`);
        }
  }
});
