import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import { parseAllDocuments } from "yaml";
import { deployProject, fileOf, type Written } from "../support/deploy-gates.ts";
import { startPrometheus, type PrometheusOracle, type Series } from "./prometheus.ts";
import { spawnOracle } from "./process.ts";
import { oracle } from "./support.ts";

/** The real script under the shells that it may meet, with the real curl and jq, against a source that answers well or badly. */

const SHELLS: readonly (readonly string[])[] = [["dash"], ["bash", "--posix"], ["busybox", "ash"]];
const LONG = 'slo:sli_error:ratio_rate1h{sloth_id="checkout-availability"}';
const SHORT = 'slo:sli_error:ratio_rate5m{sloth_id="checkout-availability"}';
const BUDGET = 'slo:period_error_budget_remaining:ratio{sloth_id="checkout-availability"}';

interface Asked {
  readonly query: string;
  readonly headers: IncomingMessage["headers"];
  /** The command lines of all processes at that moment. */
  readonly processes: string;
}

type Answer = string | { readonly status: number; readonly body?: string; readonly location?: string } | "silence" | "hang up";

let server: Server;
let address: string;
let answers: (query: string) => Answer;
let asked: Asked[];

before(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      if (request.url !== "/api/v1/query") {
        response.end(vector("0")); // whoever follows a redirect finds a source that is content
        return;
      }
      const query = new URLSearchParams(body).get("query") ?? "";
      asked.push({ query, headers: request.headers, processes: commandLines() });
      const answer = answers(query);
      if (answer === "silence") return;
      if (answer === "hang up") request.socket.destroy();
      else if (typeof answer === "string") response.end(answer);
      else response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location }).end(answer.body ?? "");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

function commandLines(): string {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => tryRead(`/proc/${pid}/cmdline`)).join("\n");
}

function tryRead(path: string): string {
  try {
    return readFileSync(path, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

interface Sample {
  readonly at?: number;
  readonly metric?: Readonly<Record<string, string>>;
}

function vector(value: string, { at = Date.now() / 1000, metric = {} }: Sample = {}): string {
  return data("vector", [{ metric, value: [at, value] }]);
}

function data(resultType: string, result: unknown, more: object = {}): string {
  return JSON.stringify({ status: "success", data: { resultType, result }, ...more });
}

/** Answers by query; `budget` 1 is untouched. */
function source({ long = "0.001", short = "0.001", budget = "0.5" }: { long?: string; short?: string; budget?: string }) {
  return (query: string): Answer => vector(query === LONG ? long : query === SHORT ? short : query === BUDGET ? budget : "NaN");
}

interface Run {
  readonly code: number | null;
  readonly text: string;
  readonly files: Readonly<Record<string, string>>;
}

interface Started {
  readonly env?: Readonly<Record<string, string>>;
  readonly shell?: readonly string[];
  readonly written?: Written;
  readonly answers?: (query: string) => Answer;
  readonly path?: string;
}

const FOLDERS: string[] = [];
after(() => {
  for (const folder of FOLDERS) rmSync(folder, { recursive: true });
});

async function run(started: Started = {}): Promise<Run> {
  const { env = {}, shell = ["dash"], written, path = process.env["PATH"] ?? "" } = started;
  answers = started.answers ?? source({});
  asked = [];
  const folder = mkdtempSync(join(tmpdir(), "ci-gate-"));
  FOLDERS.push(folder);
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin/sleep"), "#!/bin/sh\n", { mode: 0o755 });
  const script = join(folder, "gate.sh");
  writeFileSync(script, scriptOf(written));
  const [command = "sh", ...rest] = shell;
  const child = spawn(command, [...rest, script], {
    env: { PATH: `${join(folder, "bin")}:${path}`, HOME: folder, PROMETHEUS_URL: address, ...env },
    cwd: folder,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, text, files: Object.fromEntries(["output", "summary"].map((name) => [name, tryRead(join(folder, name))])) };
}

const SCRIPTS = new Map<string, string>();

function scriptOf(written: Written = {}): string {
  const key = JSON.stringify(written);
  const text = SCRIPTS.get(key) ?? fileOf(deployProject(written), "/gate.sh");
  SCRIPTS.set(key, text);
  return text;
}

for (const shell of SHELLS) {
  const name = shell.join(" ");
  test(`${name}: a service within its objective may be deployed`, async () => {
    const { code, text } = await run({ shell, answers: source({ long: "0.0031", short: "0.004", budget: "0.412" }) });
    assert.equal(
      text,
      "checkout-availability  burn 3.1 over 1h, 4 over 5m (limit 14.4)  budget left 41.2 %  ok\ngo: the SLOs of checkout allow a deploy\n",
    );
    assert.equal(code, 0);
    assert.deepEqual(
      asked.map(({ query }) => query),
      [LONG, SHORT, BUDGET],
    );
  });

  test(`${name}: both windows must burn, and the limit itself does not`, async () => {
    const rows = [
      { given: { long: "0.0144", short: "0.0144" }, want: 0 },
      { given: { long: "0.014400000000000001", short: "0.0144" }, want: 0 },
      { given: { long: "0.02", short: "0.0144" }, want: 0 },
      { given: { long: "0.0144", short: "1" }, want: 0 },
      { given: { long: "0.014400000000000002", short: "0.014400000000000002" }, want: 1 },
      { given: { long: "1", short: "1" }, want: 1 },
      { given: { long: "1.5e-02", short: "0.02" }, want: 1 },
      { given: { budget: "0.0000001" }, want: 0 },
      { given: { budget: "0" }, want: 1 },
      { given: { budget: "-0.3" }, want: 1 },
      { given: { budget: "1" }, want: 0 },
    ];
    for (const { given, want } of rows) {
      const { code, text } = await run({ shell, answers: source(given) });
      assert.equal(code, want, `${JSON.stringify(given)}\n${text}`);
    }
  });

  test(`${name}: no sound answer keeps the gate closed`, async (context) => {
    for (const [what, answer, told] of UNSOUND) await closed(context, { shell, what, told, answers: () => answer, env: {} });
  });
}

const now = (): number => Date.now() / 1000;

/** What a source may answer, and what the log says of it. */
const UNSOUND: readonly (readonly [string, Answer, string])[] = [
  ["HTTP 500", { status: 500, body: "boom" }, "HTTP status 500: boom"],
  ["HTTP 401", { status: 401 }, "HTTP status 401: is PROMETHEUS_TOKEN set, and right?"],
  ["HTTP 404 with a vector", { status: 404, body: vector("0") }, "HTTP status 404"],
  ["HTTP 204", { status: 204 }, "HTTP status 204"],
  ["a redirect to a login page", { status: 302, location: "/login" }, "HTTP status 302"],
  ["a connection that ends", "hang up", "no answer: curl: (52)"],
  ["a login page", "<html><body>Sign in</body></html>", "no JSON"],
  ["nothing", "", "not one JSON document"],
  ["half an answer", vector("0").slice(0, 60), "no JSON"],
  ["two answers", `${vector("0")}${vector("0")}`, "not one JSON document"],
  ["a list", "[]", "no JSON object"],
  ["null", "null", "no JSON object"],
  ["false", "false", "no JSON object"],
  ["an error", JSON.stringify({ status: "error", error: "query timed out" }), "reports an error: query timed out"],
  ["no data", JSON.stringify({ status: "success" }), "the answer is a null"],
  ["data that are text", JSON.stringify({ status: "success", data: "vector" }), "another shape"],
  ["an empty vector", data("vector", []), "no series"],
  [
    "two series",
    data("vector", [
      { metric: { cluster: "eu" }, value: [now(), "0"] },
      { metric: {}, value: [now(), "0"] },
    ]),
    "2 series",
  ],
  ["a scalar", data("scalar", [now(), "0"]), "the answer is a scalar"],
  ["a matrix", data("matrix", [{ metric: {}, values: [[now(), "0"]] }]), "the answer is a matrix"],
  ["NaN", vector("NaN"), "the value is NaN"],
  ["+Inf", vector("+Inf"), "the value is +Inf"],
  ["-Inf", vector("-Inf"), "the value is -Inf"],
  ["text", vector("few"), "the value is few"],
  ["text around a number", vector("0 or so"), "the value is 0 or so"],
  ["a number in hexadecimal", vector("0x0"), "the value is 0x0"],
  ["nothing as a value", vector(""), "the value is"],
  ["a number as a number", data("vector", [{ metric: {}, value: [now(), 0] }]), "no time and value"],
  ["a histogram", data("vector", [{ metric: {}, histogram: [now(), { count: "0", sum: "0" }] }]), "no time and value"],
  ["an old answer", vector("0", { at: now() - 3600 }), "of another time"],
  ["an answer from the future", vector("0", { at: now() + 3600 }), "of another time"],
  [
    "a partial answer",
    data("vector", [{ metric: {}, value: [now(), "0"] }], { warnings: ["store eu-2 is down"] }),
    "not whole: store eu-2 is down",
  ],
  ["a ratio below 0", vector("-0.5"), "below 0"],
  ["more budget than there is", vector("1.5"), "more of the budget left than there is"],
];

interface Closed extends Started {
  readonly what: string;
  readonly told: string;
}

async function closed(context: TestContext, { what, told, ...started }: Closed): Promise<void> {
  await context.test(what, async () => {
    const { code, text } = await run(started);
    assert.equal(code, 2, text);
    assert.ok(text.includes(told), text);
    assert.match(text, /UNSOUND\nCLOSED: /);
  });
}

test("one unsound answer among sound ones closes the gate, and an SLO that forbids is told before", async () => {
  for (const query of [LONG, SHORT, BUDGET]) {
    const { code } = await run({ answers: (each) => (each === query ? vector("NaN") : source({})(each)) });
    assert.equal(code, 2, query);
  }
});

test("nobody there, and a name that nobody has", async () => {
  for (const url of ["http://127.0.0.1:1", "http://prometheus.invalid:9090"]) {
    const { code, text } = await run({ env: { PROMETHEUS_URL: url } });
    assert.equal(code, 2, text);
    assert.match(text, /no answer: curl: \(\d+\)/);
  }
});

test("an address that is none", async () => {
  for (const url of ["prometheus:9090", "file:///etc/passwd", "http://", "http://a b", "http://a\nurl = http://b"]) {
    const { code, text } = await run({ env: { PROMETHEUS_URL: url } });
    assert.equal(code, 2, text);
    assert.ok(text.includes("PROMETHEUS_URL must be an http or https address"), text);
  }
});

test("a source that never answers is left within the gate's own time", async () => {
  const started = Date.now();
  const config =
    'targets: [prometheus, ci-gate]\nci-gate: { timeout: 3s }\nsources: { metrics: { address: "http://a:9090", timeout: 1s } }';
  const { code, text } = await run({ answers: () => "silence", written: { config } });
  assert.equal(code, 2, text);
  assert.ok(Date.now() - started < 6000, String(Date.now() - started));
});

test("what passes is asked again: an outage of a moment does not close the gate", async () => {
  let left = 2;
  const { code } = await run({ answers: (query) => (left-- > 0 ? { status: 503 } : source({})(query)) });
  assert.equal(code, 0);
  assert.equal(asked.length, 5);
});

test("hints about a query do not make an answer partial", async () => {
  const hints = { warnings: ['PromQL info: metric might not be a counter: "hits"'], infos: ["PromQL info: another"] };
  const { code, text } = await run({ answers: () => data("vector", [{ metric: {}, value: [now(), "0.001"] }], hints) });
  assert.equal(code, 0, text);
});

test("without curl or jq the gate says so and stays closed", async (context) => {
  for (const missing of ["curl", "jq"]) {
    const folder = mkdtempSync(join(tmpdir(), "ci-gate-path-"));
    context.after(() => {
      rmSync(folder, { recursive: true });
    });
    for (const tool of ["curl", "jq", "date", "tr", "sed", "cut", "wc", "id"]) {
      if (tool !== missing) symlinkSync(execFileSync("which", [tool], { encoding: "utf8" }).trim(), join(folder, tool));
    }
    const { code, text } = await run({ path: folder, shell: ["/bin/dash"] });
    assert.equal(code, 2, text);
    assert.ok(text.includes(`missing here: ${missing}`), text);
  }
});

test("a gate that observes stops nothing, and warns", async () => {
  const written = { policy: "workload: { name: checkout }" };
  for (const bad of [source({ long: "1", short: "1" }), (): Answer => data("vector", [])]) {
    const { code, text } = await run({ written, answers: bad });
    assert.equal(code, 0, text);
    assert.match(text, /this gate only observes, so the deploy goes on/);
  }
});

test("a hotfix goes past a closed gate with its reason, and leaves a trace", async () => {
  const env = {
    SLOGEN_HOTFIX: "INC-123: refunds fail | <b>\n::set-output name=x::y",
    GITHUB_ACTIONS: "true",
    GITHUB_ACTOR: "ada",
    GITHUB_OUTPUT: "output",
    GITHUB_STEP_SUMMARY: "summary",
  };
  const { code, text, files } = await run({ env, answers: source({ long: "1", short: "1", budget: "-2" }) });
  assert.equal(code, 0, text);
  assert.deepEqual(text.split("\n"), [
    "checkout-availability  burn 1000 over 1h, 1000 over 5m (limit 14.4)  budget left -200 %  BLOCKED",
    "::warning title=SLO gate checkout::BYPASSED by ada: INC-123: refunds fail | <b> ::set-output name=x::y (BLOCKED: 1 of 1 SLOs of checkout forbid a deploy now)",
    "",
  ]);
  assert.equal(files["output"], "verdict=bypassed\n");
  assert.match(files["summary"] ?? "", /^### SLO gate checkout\n\nBYPASSED by ada: INC-123: refunds fail \\\| \\<b\\> /);
  assert.match(files["summary"] ?? "", /\| checkout-availability \| BLOCKED \| burn 1000 over 1h/);
});

test("a hotfix goes past a source that is down", async () => {
  const { code, text } = await run({
    env: { SLOGEN_HOTFIX: "INC-7: the metrics are down too", SLOGEN_HOTFIX_BY: "grace", PROMETHEUS_URL: "http://127.0.0.1:1" },
  });
  assert.equal(code, 0, text);
  assert.match(text, /BYPASSED by grace: INC-7/);
});

test("a word is no reason", async () => {
  for (const reason of ["true", "yes", "       ", "\n\n\n\n\n\n\n\n\n", "1 2 3 4", "$(hotfix-reason)", "${HOTFIX_REASON}", "undefined"]) {
    const { code, text } = await run({ env: { SLOGEN_HOTFIX: reason }, answers: source({ long: "1", short: "1" }) });
    assert.equal(code, 1, text);
  }
});

test("a hotfix that was not needed is no bypass", async () => {
  const { code, text } = await run({ env: { SLOGEN_HOTFIX: "INC-123: just in case" } });
  assert.equal(code, 0);
  assert.doesNotMatch(text, /BYPASSED/);
});

test("on GitHub a closed gate is an annotation, an output and a row of the summary", async () => {
  const env = { GITHUB_ACTIONS: "true", GITHUB_OUTPUT: "output", GITHUB_STEP_SUMMARY: "summary" };
  const { code, text, files } = await run({ env, answers: () => data("vector", [], { warnings: [] }) });
  assert.equal(code, 2);
  assert.match(text, /^::error title=SLO gate checkout::CLOSED: /m);
  assert.equal(files["output"], "verdict=unsound\n");
  assert.match(files["summary"] ?? "", /\| checkout-availability \| UNSOUND \| no sound answer over 1h: no series/);
});

test("what a source writes into an error cannot command the pipeline", async () => {
  const body = JSON.stringify({ status: "error", error: "bad\n::add-mask::a\u001b[2J\r::stop-commands::x" });
  const { text } = await run({ env: { GITHUB_ACTIONS: "true" }, answers: () => body });
  assert.deepEqual(
    text.split("\n").filter((line) => line.startsWith("::") && !line.startsWith("::error title=SLO gate")),
    [],
  );
  assert.ok(!text.includes("\u001b"), "no control character");
});

test("secrets and headers reach the source, and no command line", async () => {
  const config = `targets: [prometheus, ci-gate]
sources:
  metrics:
    address: http://prometheus:9090
    headers: { X-Scope-OrgID: 'pay"ments\\, $(id) \`id\`' }
    authentication: { bearer: { secret: metrics-reader, key: token } }`;
  const token = 'se"cr\\et-$HOME';
  const { code } = await run({
    written: { config },
    env: { PROMETHEUS_TOKEN: `${token}\n`, PROMETHEUS_URL: address.replace("//", "//user:passw0rd@") },
  });
  assert.equal(code, 0);
  for (const { headers, processes } of asked) {
    assert.equal(headers.authorization, `Bearer ${token}`);
    assert.equal(headers["x-scope-orgid"], 'pay"ments\\, $(id) `id`');
    assert.ok(processes.includes("curl"), "curl runs at that moment");
    assert.ok(!processes.includes('se"cr') && !processes.includes("passw0rd"), "no secret on a command line");
  }
  const basic = await run({ env: { PROMETHEUS_CREDENTIALS: "YTpi" } });
  assert.equal(basic.code, 0);
  assert.equal(asked[0]?.headers.authorization, "Basic YTpi");
});

test("a user's own settings of curl change nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ci-gate-home-"));
  FOLDERS.push(folder);
  writeFileSync(join(folder, ".curlrc"), "location\nurl = http://127.0.0.1:1\n");
  const { code, text } = await run({ env: { HOME: folder }, answers: () => ({ status: 302, location: "/login" }) });
  assert.equal(code, 2, text);
  assert.match(text, /HTTP status 302/);
});

let prometheus: PrometheusOracle | undefined;
after(() => prometheus?.end());

/** A service of a hundred requests a second, of which `share` fail since `since` seconds ago. */
function counters(at: number, share: number, since: number): readonly Series[] {
  const samples = (fails: boolean) =>
    Array.from({ length: 2 * 120 + 1 }, (_, i) => {
      const time = at - 7200 + i * 30;
      const failing = Math.max(0, time - (at - since)) * 100 * share;
      return [time, fails ? failing : (time - (at - 7200)) * 100 - failing] as const;
    });
  return [
    { labels: { __name__: "hits_total", code: "200", cluster: "eu" }, samples: samples(false) },
    { labels: { __name__: "hits_total", code: "500", cluster: "eu" }, samples: samples(true) },
  ];
}

const INLINE =
  "targets: [ci-gate]\nsources: { metrics: { address: http://a:9090 } }\nenvironments: { prod: { matchers: { cluster: eu } } }";

test("a real Prometheus and the SLI's own queries", async () => {
  prometheus ??= await startPrometheus();
  const at = Math.floor(Date.now() / 1000);
  const rows = [
    { share: 0.001, since: 3600, want: 0, figures: "burn 1 over 1h, 1 over 5m" },
    { share: 0.02, since: 3600, want: 1, figures: "burn 20 over 1h, 20 over 5m" },
    // A trouble of ten minutes: the hour has not burnt enough.
    { share: 0.02, since: 600, want: 0, figures: "burn 3.33 over 1h, 20 over 5m" },
  ];
  for (const { share, since, want, figures } of rows) {
    await prometheus.loadScenario("inline", counters(at, share, since));
    const { code, text } = await run({
      written: { config: INLINE },
      env: { PROMETHEUS_URL: `${prometheus.addressOf("inline")}/at/${at}` },
      answers: () => "",
    });
    assert.equal(code, want, text);
    assert.ok(text.includes(figures), text);
  }
  await prometheus.loadScenario("inline", []);
  const { code, text } = await run({ written: { config: INLINE }, env: { PROMETHEUS_URL: `${prometheus.addressOf("inline")}/at/${at}` } });
  assert.equal(code, 2, text);
});

test("a real Prometheus and what the project's own rules record", async () => {
  prometheus ??= await startPrometheus();
  const at = Math.floor(Date.now() / 1000);
  const { files } = deployProject();
  const rules = files
    .filter(({ path }) => path.startsWith("prometheus/"))
    .flatMap(({ text }) => parseAllDocuments(text).map((document) => document.toJS() as RuleFile))
    .flatMap(({ groups }) => groups.flatMap((group) => group.rules));
  const record = async (names: readonly string[], known: readonly Series[]): Promise<readonly Series[]> => {
    let all = known;
    for (const name of names) {
      await prometheus?.loadScenario("recorded", all);
      const rule = rules.find((each) => each.record === name) ?? assert.fail(name);
      const found = (await prometheus?.query("recorded", at, rule.expr)) ?? [];
      all = [
        ...all,
        ...found.map(({ labels, value }) => ({
          labels: { ...labels, ...rule.labels, __name__: name },
          samples: Array.from({ length: 21 }, (_, i) => [at - 600 + 30 * i, Number(value)] as const),
        })),
      ];
    }
    return all;
  };
  for (const { share, want } of [
    { share: 0.005, want: 0 },
    { share: 0.02, want: 1 },
  ]) {
    const names = [
      "slo:sli_events_bad:rate5m",
      "slo:sli_events_total:rate5m",
      "slo:sli_error:ratio_rate5m",
      "slo:sli_error:ratio_rate1h",
      "slo:sli_error:ratio_rate30d",
      "slo:period_burn_rate:ratio",
      "slo:period_error_budget_remaining:ratio",
    ];
    await prometheus.loadScenario("recorded", await record(names, counters(at, share, 7200)));
    const { code, text } = await run({ env: { PROMETHEUS_URL: `${prometheus.addressOf("recorded")}/at/${at}` } });
    // Without the month's past the period is this moment alone, so the budget is spent wherever the objective is missed.
    assert.match(text, new RegExp(`burn ${share * 1000} over 1h, ${share * 1000} over 5m \\(limit 14.4\\)  budget left -\\d+ %  BLOCKED`));
    assert.equal(code, 1, `${want}: ${text}`);
  }
});

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly { readonly record?: string; readonly expr: string; readonly labels?: Readonly<Record<string, string>> }[];
  }[];
}

/** Policies that make each part of the script and of the files around it. */
const KINDS: readonly Written[] = [
  {},
  { policy: "workload: { name: checkout }\n  preDeploy: { remainingBudget: 0.1 }" },
  { config: INLINE },
  {
    config:
      'targets: [prometheus, ci-gate]\nsources: { m: { address: "https://o\'neil:9090/prometheus", insecure: true, headers: { X-A: "it\'s" }, authentication: { basic: { secret: s, key: k } } } }',
  },
];

test("shellcheck has nothing to say of any script", () => {
  for (const written of KINDS) {
    const { status, stdout } = spawnSync("shellcheck", ["-s", "sh", "-"], {
      input: fileOf(deployProject(written), "/gate.sh"),
      encoding: "utf8",
    });
    assert.equal(status, 0, stdout);
  }
});

test("actionlint has nothing to say of any workflow", () => {
  const folder = mkdtempSync(join(tmpdir(), "ci-gate-repository-"));
  FOLDERS.push(folder);
  mkdirSync(join(folder, ".git"));
  mkdirSync(join(folder, ".github/workflows"), { recursive: true });
  for (const [i, written] of KINDS.entries()) {
    const result = deployProject(written);
    for (const { path, text } of result.files) {
      mkdirSync(join(folder, "generated", path, ".."), { recursive: true });
      writeFileSync(join(folder, "generated", path), text);
    }
    const workflow = join(folder, `.github/workflows/deploy-${i}.yaml`);
    writeFileSync(workflow, fileOf(result, "/github-job.yaml"));
    const { status, stdout, stderr } = spawnSync(oracle("actionlint"), [workflow], { cwd: folder, encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
  }
  // That it reads the generated action: an output that this has not is found.
  const wrong = join(folder, ".github/workflows/wrong.yaml");
  writeFileSync(wrong, fileOf(deployProject(), "/github-job.yaml").replace("outputs.verdict", "outputs.opinion"));
  assert.match(spawnSync(oracle("actionlint"), [wrong], { cwd: folder, encoding: "utf8" }).stdout, /property "opinion" is not defined/);
});

test("Kubernetes's own types know every field of the hook", async () => {
  const argo = spawnOracle("argo");
  try {
    for (const written of KINDS) {
      const manifests = fileOf(deployProject(written), "/presync-job.yaml");
      const { problems } = await argo.ask<{ readonly problems: readonly object[] | null }>("validate", { documents: manifests });
      assert.deepEqual(problems ?? [], []);
    }
    const typo = fileOf(deployProject(), "/presync-job.yaml").replace("backoffLimit", "backofLimit");
    const { problems } = await argo.ask<{ readonly problems: readonly object[] | null }>("validate", { documents: typo });
    assert.equal(problems?.length, 1, "an unknown field is found");
  } finally {
    await argo.end();
  }
});
