/**
 * The colours of series are Okabe and Ito's (https://jfly.uni-koeln.de/color/), darker or lighter until lines stand out by 3 to 1 and text by
 * 4.5 to 1. No series is told by its colour alone: each has its name beside it, and dashes of its own.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --raised: #f5f6f8; --ink: #1b1f24; --soft: #57606a; --line: #d8dde3; --grid: #e9ecef; --band: #c9d1d9; --unseen: #eceff2;
  --s0: #d55e00; --s1: #0072b2; --s2: #009e73; --s3: #b8628f;
  --t0: #a84a00; --t1: #0062a0; --t2: #00694d; --t3: #96467a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181d; --raised: #1d2228; --ink: #e8ebee; --soft: #a6afb8; --line: #353c44; --grid: #262c33; --band: #444d57; --unseen: #1d2228;
    --s0: #e69f00; --s1: #56b4e9; --s2: #2bbd94; --s3: #d995b8;
    --t0: #e69f00; --t1: #56b4e9; --t2: #2bbd94; --t3: #d995b8;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 752px; margin: 0 auto; padding: 40px 16px 56px; }
h1, h2, h3, h4 { line-height: 1.25; overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; margin: 0 0 .35em; letter-spacing: -.01em; }
h2 { font-size: 1.3rem; margin: 2.4em 0 .5em; }
h3 { font-size: 1.05rem; margin: 2em 0 .4em; }
p { margin: 0 0 .8em; max-width: 66ch; overflow-wrap: anywhere; }
.kicker { color: var(--soft); font-size: .85rem; margin: 0 0 .3em; }
.promise { font-size: 1.15rem; }
.soft, figcaption, footer { color: var(--soft); font-size: .9rem; }
code { font: .9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; background: var(--raised); padding: .1em .3em; border-radius: 3px; overflow-wrap: anywhere; }
ul { padding-left: 1.2em; max-width: 66ch; }
li { margin: .45em 0; overflow-wrap: anywhere; }
.part { border-top: 1px solid var(--line); margin-top: 3em; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(158px, 1fr)); gap: 10px; margin: 1em 0 0; }
.tiles div { background: var(--raised); border-radius: 8px; padding: 14px 16px; }
.tiles dt { font-size: .85rem; color: var(--soft); }
.tiles dd { margin: 0; font-size: 1.45rem; font-weight: 600; line-height: 1.3; overflow-wrap: anywhere; }
.tiles dd.small { font-size: .9rem; font-weight: 400; line-height: 1.45; }
.scroll { overflow-x: auto; margin: .8em 0; }
.scroll:focus-visible { outline: 2px solid var(--t1); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: 0 0 .4em; }
th, td { text-align: right; padding: .45em .7em .45em 0; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
thead th { color: var(--soft); font-weight: 500; vertical-align: bottom; white-space: normal; min-width: 4.6em; line-height: 1.3; }
th:first-child { text-align: left; }
tbody th { font-weight: 600; min-width: 4.2em; max-width: 11em; white-space: normal; overflow-wrap: break-word; }
tr > :first-child { position: sticky; left: 0; background: var(--paper); }
th:last-child, td:last-child { padding-right: 0; }
figure { margin: 1.2em 0 0; }
figcaption { margin-top: .6em; max-width: 66ch; }
details { margin-top: .6em; font-size: .9rem; }
summary { cursor: pointer; color: var(--soft); }
svg { display: block; width: 100%; height: auto; overflow: visible; font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
svg.narrow { max-width: 460px; }
@media (min-width: 740px) { svg.narrow { display: none; } }
@media (max-width: 739.98px) { svg.wide { display: none; } }
text { fill: var(--ink); paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
.tick, .note { fill: var(--soft); font-variant-numeric: tabular-nums; }
.strong, .name { font-weight: 600; }
.axis { stroke: var(--soft); }
.grid { stroke: var(--grid); }
.track { stroke: var(--line); }
.panel { fill: none; stroke: var(--line); }
.errors { fill: var(--soft); }
.limit { stroke: var(--ink); stroke-dasharray: 4 3; }
.unseen { fill: var(--unseen); }
.later { fill: none; stroke: var(--soft); stroke-dasharray: 3 3; }
.weight { fill: var(--raised); }
.weights { fill: none; stroke: var(--t1); stroke-width: 2.5; }
.look { stroke: var(--soft); }
.first { fill: none; stroke: var(--band); stroke-width: 11; stroke-linejoin: round; stroke-linecap: round; opacity: .75; }
path.gone { fill: none; stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 1.5 4; stroke-linecap: round; }
text.gone { fill: var(--soft); }
path.detects, path.long { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
path.short { fill: none; stroke-width: 1.5; stroke-linejoin: round; }
text.short { font-weight: 400; }
path.s0 { stroke: var(--s0); } path.s1 { stroke: var(--s1); } path.s2 { stroke: var(--s2); } path.s3 { stroke: var(--s3); }
path.d1 { stroke-dasharray: 9 4; } path.d2 { stroke-dasharray: 2 3; } path.d3 { stroke-dasharray: 9 3 2 3; }
text.s0 { fill: var(--t0); } text.s1 { fill: var(--t1); } text.s2 { fill: var(--t2); } text.s3 { fill: var(--t3); }
.bar.s0, .fires.s0, .dot.s0 { fill: var(--s0); } .bar.s1, .fires.s1, .dot.s1 { fill: var(--s1); }
.bar.s2, .fires.s2, .dot.s2 { fill: var(--s2); } .bar.s3, .fires.s3, .dot.s3 { fill: var(--s3); }
.fires { opacity: .17; }
.dot { stroke: var(--paper); stroke-width: 2; }
footer { border-top: 1px solid var(--line); margin-top: 3.5em; padding-top: 1em; }
@media print {
  :root {
    color-scheme: light;
    --paper: #ffffff; --raised: #f5f6f8; --ink: #1b1f24; --soft: #57606a; --line: #d8dde3; --grid: #e9ecef; --band: #c9d1d9; --unseen: #eceff2;
    --s0: #d55e00; --s1: #0072b2; --s2: #009e73; --s3: #b8628f;
    --t0: #a84a00; --t1: #0062a0; --t2: #00694d; --t3: #96467a;
  }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  @page { margin: 14mm; }
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  svg.wide { display: block; }
  svg.narrow, details { display: none; }
  .scroll { overflow: visible; }
  table { font-size: 8pt; }
  th, td { padding-right: .5em; }
  thead { display: table-header-group; }
  h2, h3 { break-after: avoid; }
  figure, .scroll, tr, .tiles, li { break-inside: avoid; }
}
`;

/** Of `STYLE`, so that the page's policy lets no other style in; the test tells what it must be. */
export const STYLE_HASH = "sha256-rlQaSbUPOEGYcCRsIpjfKi/8PqG3j7yJEMvdMAup7/M=";
