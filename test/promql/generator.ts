/** Seeded random numbers (mulberry32), so that a failure repeats. */
export class Random {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let x = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }
}

/** Queries of the kind people write. */
export const REAL_QUERIES: readonly string[] = [
  'sum(rate(http_requests_total{job="api",code=~"5.."}[5m])) / sum(rate(http_requests_total{job="api"}[5m]))',
  'sum by (service) (rate(http_request_duration_seconds_bucket{le="0.3", verb!~"WATCH|LIST"}[1h] offset 5m))',
  "1 - (sum(sum_over_time(probe_success[30m])) / sum(count_over_time(probe_success[30m])))",
  "histogram_quantile(0.99, sum by (le, route) (rate(request_seconds_bucket[2m])))",
  "sum(increase(errors_total[1d])) by (team) / on (team) group_left (owner) max by (team, owner) (team_info)",
  "max_over_time(sum(rate(jobs_failed[5m]))[1h:1m] @ end() offset -1d) or vector(0)",
  'avg without (instance, pod) (up) unless on (job) absent(up{job="x"})',
  "topk(5, sum by (path) (rate(nginx_http_requests_total[10m]))) and on () hour() >= 9",
  '{__name__=~"slo:sli_error:ratio_rate.+", sloth_id="a-b"} / 0.001',
  'label_replace(up, "host", "$1", "instance", "(.*):\\\\d+") == 1',
  "clamp_max(sum(rate(a[5m])) / ignoring (code) group_left () sum(rate(b[5m])), 1) ^ 2 % 3",
  "predict_linear(node_filesystem_free_bytes[6h], 4 * 3600) < 0",
  "-sum(x) + -1 ^ 2 - +y{a='b'} @ 1609746000.5 atan2 z",
  "quantile_over_time(0.95, latency_seconds{env=`prod`}[5m]) * 1000 # in ms\n",
  'count_values("version", build_info) by (job) >= 1e-3',
  'sum({"http.server.request.duration", "service.name"="checkout"}) by ("service.name")',
  "sum(rate(x[300])) + scalar(y) * time() - 1h30m",
  'absent_over_time(sli:good:rate5m{sloth_window="5m"}[30m]) and start unless end',
  "(a </ 5) >/ 1 != bool on (x) b",
];

const NAMES = [
  "up",
  "http_requests_total",
  "a:b:c",
  "sum",
  "by",
  "offset",
  "start",
  "x",
  ":y",
  "_z",
  "min",
  "fill",
  "and",
  "Rate",
  "on",
  "inf",
];
const LABELS = ["job", "le", "code", "by", "on", "without", "sum", "group_left", '"a.b"', '""', "a:b", "inf", "'x y'", "bool"];
const VALUES = [
  '"5.."',
  "'x'",
  "`a\\d`",
  '""',
  '"a|b|"',
  '".*"',
  '".+"',
  '"\\\\d+"',
  '"é\\u00e9\\n"',
  '"\\x41\\101"',
  '"\\xff"',
  '"$1"',
  '"{{x}}"',
  "'\\''",
];
const REGEXES = [
  "a{2,3}",
  "(a{50}){30}",
  "(?i)x",
  "(?:a|b)*",
  "[a-z]+",
  "[^]]",
  "[]a]",
  "[[:alpha:]-]",
  "[a-\\d]",
  "x**",
  "x*?",
  "(",
  ")",
  "a|",
  "^$",
  "\\b",
  "\\B",
  "\\pL",
  "\\p{Greek}",
  "\\p{Nope}",
  "(?P<n>x)",
  "(?<n>x)?",
  "(?=x)",
  "\\1",
  "\\012",
  "\\x{1F600}",
  "\\Q(*\\E",
  "\\z",
  "\\Z",
  "{",
  "x{",
  "x{,3}",
  "[z-a]",
  "\\",
  "é*",
  ".{0}",
  "(?i-s:.)",
  "+",
  "(|a)",
  "a{1001}",
  "((a*)+)?",
  "[\\]\\-]",
  "[[:nope:]]",
  "[[:",
  "\\d{2}|\\s",
  "(?)",
  "(?i",
  "(?s-)",
  "a{1}{2}",
  "$*",
  "(?i)*",
];
const DURATIONS = [
  "5m",
  "1h30m",
  "300",
  "1d",
  "4w",
  "1y",
  "500ms",
  "0",
  "0s",
  "1.5",
  "010",
  "0x1F",
  "5m1h",
  "1e2",
  "290y",
  "300y",
  "0.0005",
  "+5m",
  "-5m",
  "1h 5m",
  "5M",
  "",
];
const NUMBERS = [
  "1",
  "0.5",
  ".5",
  "1.",
  "1e3",
  "1e-9",
  "0x1f",
  "0x1e",
  "017",
  "08",
  "1_000",
  "1__0",
  "NaN",
  "inf",
  "+Inf",
  "1e999",
  "5m",
  "0xFFFFFFFFFFFFFFFFFF",
  "1.2.3",
  "1e",
  "00",
];
const AGGREGATORS = [
  "sum",
  "avg",
  "min",
  "max",
  "count",
  "group",
  "stddev",
  "stdvar",
  "topk",
  "bottomk",
  "quantile",
  "count_values",
  "SUM",
  "limitk",
];
const RANGE_FUNCTIONS = [
  "rate",
  "increase",
  "irate",
  "sum_over_time",
  "avg_over_time",
  "count_over_time",
  "max_over_time",
  "delta",
  "changes",
  "mad_over_time",
  "last_over_time",
];
const VECTOR_FUNCTIONS = [
  "abs",
  "ceil",
  "absent",
  "sort",
  "timestamp",
  "round",
  "exp",
  "histogram_avg",
  "day_of_week",
  "scalar",
  "histogramm",
  "label_join",
  "pi",
  "time",
  "vector",
];
const OPERATORS = ["+", "-", "*", "/", "%", "^", "==", "!=", "<", "<=", ">", ">=", "and", "or", "unless", "atan2", "AND", "</", ">/", "="];
const BLANK = [" ", "", "  ", "\n", "\t", " # note\n", "\r\n"];

const REGEX_PIECES =
  "a b - . * + ? ^ $ | ( ) [ ] { } {2} {0} {,3} {2,} {1,2} {500} {3,2} *? (?: (?i) (?i: (?P<n> (?= \\\\ \\d \\W \\b \\B \\A \\z \\Q \\E \\x41 \\x{e9} \\1 \\07 \\n \\- \\_ \\p{L} \\pN \\PL é 😀 [: :] [:digit:] [:^space:] [a-z] [^a] 0 ,";
const STRING_PIECES =
  "a ' é 😀 { $ \\a \\n \\\\ \\\" \\' \\x41 \\x4 \\xff \\u00e9 \\ud800 \\U0001F600 \\U00110000 \\101 \\777 \\8 \\0 \ufffd \\";
const NUMBER_PIECES = "0 1 9 7 . _ e E + - x 0x a f F 00 12 5m s inf NaN 1e";
const DURATION_PIECES = "0 1 5 30 y w d h m s ms ms . + - e 1h 5m 300y _ :";

/** Texts shaped like queries: most are PromQL, many break one of its rules. `wild` is the share of choices that tend to. */
export class QueryGenerator {
  constructor(
    readonly random: Random,
    private readonly wild: number,
  ) {}

  query(): string {
    return this.vector(1 + this.random.below(4));
  }

  private from(items: readonly string[], tame: number): string {
    return this.random.pick(this.random.chance(this.wild) ? items : items.slice(0, tame));
  }

  private blank(): string {
    return this.random.chance(0.1) ? this.random.pick(BLANK) : " ";
  }

  private labels(): string {
    return `(${this.random.some(3, () => this.from(LABELS, 3)).join(", ")}${this.random.chance(this.wild / 5) ? "," : ""})`;
  }

  private matcher(): string {
    const op = this.random.pick(["=", "!=", "=~", "!~"]);
    if (op.includes("~") && this.random.chance(0.4)) return `${this.from(LABELS, 3)}${op}${JSON.stringify(this.from(REGEXES, 6))}`;
    if (this.random.chance(this.wild / 5)) return `"${this.random.pick(NAMES)}"`;
    return `${this.from(LABELS, 3)}${op}${this.from(VALUES, 3)}`;
  }

  private modifiers(): string {
    const { random } = this;
    const offset = (): string => `${this.blank()}offset ${random.chance(0.2) ? "-" : ""}${this.from(DURATIONS, 5)}`;
    const at = (): string =>
      ` @ ${random.pick(["start()", "end()", "1609746000", "-5.5", "5m", ...(random.chance(this.wild) ? ["inf", "", "1e30"] : [])])}`;
    return random.pick([() => "", () => "", () => "", offset, at, () => at() + offset(), () => offset() + at()])();
  }

  private selector(range = ""): string {
    const { random } = this;
    const matchers = random.chance(0.6) ? `{${random.some(3, () => this.matcher()).join(",")}${random.chance(0.1) ? "," : ""}}` : "";
    const name = random.chance(0.9) ? this.from(NAMES, 3) : "";
    return `${name}${matchers}${range}${this.modifiers()}`;
  }

  private matrix(depth: number): string {
    if (this.random.chance(0.75)) return this.selector(`[${this.from(DURATIONS, 5)}]`);
    const step = this.random.chance(0.5) ? this.from(DURATIONS, 5) : "";
    return `${this.operand(depth - 1)}[${this.from(DURATIONS, 5)}:${step}]${this.modifiers()}`;
  }

  private scalar(depth: number): string {
    const { random } = this;
    if (depth <= 0 || random.chance(0.7)) return this.from(NUMBERS, 6);
    return random.pick([
      () => `scalar(${this.vector(depth - 1)})`,
      () => "time()",
      () => `${this.scalar(depth - 1)} * ${this.scalar(0)}`,
      () => `-${this.scalar(depth - 1)}`,
    ])();
  }

  private operand(depth: number): string {
    return this.random.chance(0.5) ? `(${this.vector(depth)})` : this.vector(depth);
  }

  private vector(depth: number): string {
    const { random } = this;
    if (depth <= 0) return this.selector();
    if (random.chance(this.wild / 10)) return random.pick([() => this.scalar(1), () => this.matrix(1), () => this.from(VALUES, 3)])();
    return random.pick([
      () => this.selector(),
      () => `${this.from(RANGE_FUNCTIONS, 9)}(${this.matrix(depth - 1)})`,
      () => `${this.from(RANGE_FUNCTIONS, 9)}(${this.matrix(depth - 1)})`,
      () => `${this.from(VECTOR_FUNCTIONS, 7)}(${this.vector(depth - 1)})`,
      () => this.aggregation(depth),
      () => this.aggregation(depth),
      () => this.binary(depth),
      () => this.binary(depth),
      () => `(${this.blank()}${this.vector(depth - 1)})`,
      () => `${random.pick(["-", "+"])}${this.vector(depth - 1)}`,
      () => `histogram_quantile(${this.scalar(1)}, ${this.vector(depth - 1)})`,
      () =>
        `label_replace(${this.vector(depth - 1)}, ${random
          .some(4, () => this.from(VALUES, 3))
          .concat(['"a"', '"b"', '"c"', '"d"'])
          .slice(0, 4)
          .join(", ")})`,
    ])();
  }

  private aggregation(depth: number): string {
    const { random } = this;
    const op = this.from(AGGREGATORS, 8);
    const parameter = ["topk", "bottomk", "quantile", "limitk"].includes(op)
      ? `${this.scalar(1)}, `
      : op === "count_values"
        ? `${this.from(VALUES, 3)}, `
        : "";
    const body = `(${random.chance(this.wild / 10) ? "" : parameter}${this.vector(depth - 1)})`;
    const grouping = `${random.pick(["by", "without", "BY"])}${this.blank()}${this.labels()}`;
    return random.pick([`${op}${body}`, `${op} ${grouping}${this.blank()}${body}`, `${op}${body} ${grouping}`]);
  }

  private binary(depth: number): string {
    const { random } = this;
    const op = this.from(OPERATORS, 16);
    const bool = random.chance(/^[<>=!]/.test(op) ? 0.4 : this.wild / 5) ? " bool" : "";
    const group = random.chance(0.3) ? ` ${random.pick(["group_left", "group_right"])}${random.chance(0.7) ? this.labels() : ""}` : "";
    const matching = random.chance(0.3) ? ` ${random.pick(["on", "ignoring", "ON"])} ${this.labels()}${group}` : "";
    const side = (): string => (random.chance(0.25) ? this.scalar(depth - 1) : this.vector(depth - 1));
    return `${side()}${this.blank()}${op}${bool}${matching} ${side()}`;
  }

  /** A selector around one strange regular expression, string, number or duration. */
  literal(): string {
    const { random } = this;
    const spell = (alphabet: string, most: number): string => random.some(most, () => random.pick(alphabet.split(" "))).join("");
    const regex = spell(REGEX_PIECES, 8);
    return random.pick([
      () => `x{a=~${JSON.stringify(regex)}}`,
      () => `{a${random.pick(["=~", "!~"])}${JSON.stringify(regex)}}`,
      () => `{a${random.pick(["=~", "!~"])}\`${regex}\`}`,
      () => `x{a="${spell(STRING_PIECES, 5)}"}`,
      () => spell(NUMBER_PIECES, 6),
      () => `x[${spell(DURATION_PIECES, 5)}]`,
      () => `x offset ${spell(DURATION_PIECES, 5)}`,
      () => `x @ ${spell(NUMBER_PIECES, 4)}`,
    ])();
  }

  /** The text with a few tokens or characters removed, repeated, swapped or put in from elsewhere. */
  mutate(text: string): string {
    const { random } = this;
    let pieces = random.chance(0.7) ? (text.match(/\w+|\s+|[^\w\s]/g) ?? []) : Array.from(text);
    for (let edits = 1 + random.below(3); edits > 0; edits--) {
      const at = random.below(pieces.length + 1);
      const piece = random.pick([
        () => [],
        () => [random.pick(pieces.length > 0 ? pieces : [" "])],
        () => [
          random.pick([
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
            "-",
            "by",
            "offset",
            "@",
            "bool",
            "on",
            '"',
            "5m",
            ":",
            "1",
            "_",
            ".",
            "#",
            "!",
            "=",
            "~",
            "é",
            "\\",
            "\n",
            "^",
            " ",
          ]),
        ],
        () => [this.random.pick([this.selector(), this.scalar(1)])],
      ])();
      pieces = [...pieces.slice(0, at), ...piece, ...pieces.slice(at + (random.chance(0.6) ? 1 : 0))];
    }
    return pieces.join("");
  }
}
