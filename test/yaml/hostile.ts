import type { Json } from "../../src/yaml/json.ts";
import type { Random } from "./random.ts";

/** Texts that some reader, printer or template engine has been known to spoil. */
export const HOSTILE = [
  ..."on off yes no y n Y N true false True null Null NULL ~ nan NaN .nan .inf -.inf Infinity = << * & ! | > % @ ` # - ? : , [ ] { }".split(
    " ",
  ),
  ..."0 -0 010 0o17 0x1F 0b11 1_000 1.10 1e3 1e400 .5 +1 1. 12:30 12:30:00 190:20:30.15 2024-01-01 2024-01-01T00:00:00Z 5m 30d 1h30m 1e".split(
    " ",
  ),
  "",
  " ",
  "\n",
  "\n\n",
  "\t",
  " a",
  "a ",
  "a\n",
  "a\n\n",
  "\na",
  "a\n b",
  " a\nb",
  "a \nb",
  "a\n\tb",
  "a\tb",
  "a\tb\nc\n",
  "\ta\nb",
  "a\n\n\n  b\n# c\n--- d\n...\n",
  "a\r\nb",
  "a\rb",
  "it's",
  'say "hi"',
  `both ' and "`,
  "back\\slash",
  "back\\slash's",
  "\\n",
  "\0",
  "\x07",
  "\x1b[31m",
  "\x7f",
  "\x85",
  "\xa0",
  "a\xa0\nb",
  "\u2028",
  "a\u2029b",
  "\ufeff",
  "\ufffe",
  "\u200b",
  "\u202eabc",
  "日本語",
  "日本語\n日本語\n",
  "👩‍👩‍👧",
  "👍🏽 ok",
  "🇩🇪🇫🇷",
  "1️⃣ ©️ ©",
  "ｆｕｌｌ",
  "é",
  "e\u0301",
  "- a",
  "-a",
  "a: b",
  "a:b",
  "a:",
  ":a",
  "a #b",
  "a#b",
  "# a",
  "? a",
  "?a",
  "! a",
  "---",
  "--- a",
  "...",
  "%YAML 1.1",
  "{{ $labels.job }}",
  "{{.window}}",
  "up {{ args.x }}",
  "{{#is_alert}}x{{/is_alert}}",
  "[a, b]",
  "{a: b}",
  "a, b",
  "a]",
  "&a b",
  "*a",
  "x".repeat(100),
  "word ".repeat(40) + "end",
  "word ".repeat(300) + "end",
  'sum(rate(http_requests_total{job="x",code=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))',
  "(\n  sum(rate(x[5m]))\n)\n/\n(\n  y\n)\n",
  "slo:sli_error:ratio_rate5m",
  "__proto__",
  "constructor",
  "prettier-ignore",
  "<!-- x -->",
  "  two  blanks  ",
  "two  blanks",
] as const;

export function hostileText(next: Random): string {
  if (next.below(3) > 0) return next.pick(HOSTILE);
  return Array.from({ length: 1 + next.below(5) }, () => next.pick(HOSTILE)).join(next.pick(["", " ", "\n", "\n  ", ": ", " #"]));
}

export function hostileValue(next: Random, depth = 0): Json {
  const kind = next.below(depth > 3 ? 6 : 10);
  if (kind < 4) return hostileText(next);
  if (kind === 4) return next.pick([null, true, false]);
  if (kind === 5) return next.pick([0, -1, 1.5, 0.1, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 123_456_789, 99.9, -0.001]);
  const length = next.below(4);
  if (kind < 8) return Array.from({ length }, () => hostileValue(next, depth + 1));
  return hostileMap(next, depth, length);
}

export function hostileMap(next: Random, depth = 0, length = 1 + next.below(5)): Json {
  return Object.fromEntries(
    Array.from({ length }, () => [
      next.below(2) === 0 ? next.pick(["a", "b", "c", "spec"]) : hostileText(next).slice(0, 200),
      hostileValue(next, depth + 1),
    ]),
  );
}
