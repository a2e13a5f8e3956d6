import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { globSync } from "tinyglobby";
import { CODES } from "../src/cli/all-codes.ts";
import type { Source } from "../src/config/config.ts";
import { decodeConfig } from "../src/config/decode.ts";
import { parseSetting } from "../src/config/setting.ts";
import type { Diagnostic, Report } from "../src/diagnostics/diagnostic.ts";
import { compile } from "../src/index.ts";
import { BUILT } from "./support/built-project.ts";
import { commandLine } from "./support/command-line.ts";

/**
 * `templates/explain/<area>/<code>.md` is the page that `slogen explain-code` prints, and a test: its fenced blocks are files.
 *
 *     ```yaml wrong slo.yaml      one of the files that yield just this code
 *     ```yaml right slo.yaml      one of the files that yield nothing
 *     ```yaml wrong slogen.yaml   the configuration beside them
 *     ```console wrong            a command line whose report holds just this code; files of the same side lie in its folder
 *
 * A side without an SLO of its own uses a sound one, so that a page about the configuration or a policy need not show a
 * whole SLO; a command line finds it at `slo/shop.yaml`. Files below `deploy/` are those that policies name; pages about a Canary that
 * show no policy have a sound one for the Deployment `checkout`, which names `deploy/canary.yaml`.
 * Pages about release gates build for Argo Rollouts with one metrics source, those about Datadog for that target without a
 * choice left open, unless they show another configuration. Where that has a source at Datadog, the sound SLO is measured there
 * too. Pages about a push find a built project.
 */
const PAGES = "templates/explain";

interface Block {
  readonly side: "wrong" | "right";
  readonly path: string;
  readonly text: string;
}

for (const code of CODES) {
  const page = `${PAGES}/${code}.md`;
  test(`the page of ${code} is true`, async () => {
    assert.ok(existsSync(page), `${page} is missing`);
    const text = readFileSync(page, "utf8");
    assert.ok(text.startsWith(`# ${code}\n`), "the page starts with its code");
    const blocks = blocksOf(text);
    assert.ok(blocks.some(({ side }) => side === "wrong") && blocks.some(({ side }) => side === "right"), "both sides are shown");
    assert.deepEqual([...new Set(await codesFound(code, blocks, "wrong"))], [code], "the wrong side");
    assert.deepEqual(await codesFound(code, blocks, "right"), [], "the right side");
  });
}

test("no page is left over", () => {
  const pages = globSync(`${PAGES}/**/*.md`).map((path) => path.slice(PAGES.length + 1, -".md".length));
  assert.deepEqual(pages.filter((page) => !CODES.includes(page)).sort(), []);
});

test("no code is declared twice", () => {
  assert.equal(new Set(CODES).size, CODES.length);
});

function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(/^```(\w+) (wrong|right)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(([, language, side, path, text = ""]) => ({
    side: side as Block["side"],
    path: path ?? (language === "console" ? "console" : "slo.yaml"),
    text,
  }));
}

async function codesFound(code: string, blocks: readonly Block[], side: Block["side"]): Promise<readonly string[]> {
  const own = blocks.filter((block) => block.side === side);
  const console = own.find(({ path }) => path === "console");
  if (console !== undefined) {
    const files = Object.fromEntries(own.filter((block) => block !== console).map(({ path, text }) => [path, text]));
    const built = code.startsWith("push/") ? BUILT : {};
    return commandLine(console.text, { "slo/shop.yaml": SOUND, ...built, ...files });
  }
  const found: Diagnostic[] = [];
  const report: Report = (diagnostic) => found.push(diagnostic);
  // Without it every SLO yields the same notice, the subject of two pages alone.
  const settled = code.startsWith("prometheus/retention") ? [] : [parseSetting("prometheus.retention=400d", report)];
  const settings = settled.flatMap((setting) => setting ?? []);
  const configText = own.find(({ path }) => path === "slogen.yaml");
  const text = configText?.text ?? USUAL.find(([areas]) => areas.test(code))?.[1];
  const config = decodeConfig(text === undefined ? undefined : { path: "slogen.yaml", text }, report, settings);
  if (config !== undefined) {
    const files = own.filter((block) => block !== configText);
    const isPolicy = (text: string): boolean => /^kind: (RolloutPolicy|GateProfile|IndicatorBinding)$/m.test(text);
    const isWhole = files.some(({ path, text }) => roleOf(path) === "spec" && (!isPolicy(text) || /^(kind: SLO|slos:)$/m.test(text)));
    const isOnDatadog = code.startsWith("datadog/") || text?.includes("type: datadog") === true;
    const isBound = files.some((file) => /^kind: IndicatorBinding$/m.test(file.text));
    const sound = { path: "sound.yaml", text: isOnDatadog && !isBound ? `${SOUND}---\n${SOUND_ON_DATADOG}` : SOUND };
    const specs = isWhole ? [] : [sound];
    const isGated = !code.startsWith("canary/") || files.some((file) => /^kind: RolloutPolicy$/m.test(file.text));
    const policies = isGated ? [] : [{ path: "policy.yaml", text: SOUND_POLICY }];
    const sources = [...specs, ...policies, ...files].map(({ path, text }): Source => ({ path, text, role: roleOf(path) }));
    found.push(...compile({ sources, config }).diagnostics);
  }
  // A notice tells what was decided and asks for nothing, so it may stand beside what another page is about.
  const asked = found.filter((each) => each.severity !== "notice" || each.code === code).map((each) => each.code);
  const isFlaggerWithDatadog = code.startsWith("flagger/") && text?.includes("type: datadog") === true;
  const ever = isFlaggerWithDatadog ? FLAGGER_WITH_DATADOG.filter((each) => each !== code) : [];
  const mattering = asked.filter((each) => !ever.includes(each));
  return mattering.includes(code) ? mattering.filter((each) => each !== BESIDE[code]) : mattering;
}

function roleOf(path: string): Source["role"] {
  if (path.endsWith(".hbs")) return "template";
  return path.startsWith("deploy/") ? "workload" : "spec";
}

/**
 * What always stands beside a code: only a query that was let through unread can be missing its tree later, a conflict of analyses
 * needs one that is shared, a policy that names Services judges series which outlive a release, and so does one of Flagger on Datadog.
 */
const BESIDE: Readonly<Record<string, string>> = {
  "policy/hook-on-datadog": "gate/not-revision-unique",
  "policy/unread-query": "promql/metricsql",
  "rollout/argument-conflict": "rollout/shared-analysis",
  "rollout/metric-name": "rollout/shared-analysis",
  "rollout/other-service": "gate/not-revision-unique",
};

/** What no policy that asks Datadog from Flagger can mend: no hook reaches Datadog, and the canary's tags outlive a release. */
const FLAGGER_WITH_DATADOG: readonly string[] = ["flagger/no-rollback-hook", "gate/not-revision-unique"];

/** The configuration of areas whose pages do not show one. */
const USUAL: readonly (readonly [areas: RegExp, config: string])[] = [
  [
    /^(policy|gate|argo-rollouts|rollout|slogen|kubestead)\//,
    `targets: [argo-rollouts, flagger]
sources:
  prometheus: { type: prometheus, address: http://prometheus.monitoring:9090 }
`,
  ],
  [
    /^(canary|flagger)\//,
    `targets: [flagger]
sources:
  prometheus: { type: prometheus, address: http://prometheus.monitoring:9090 }
`,
  ],
  [
    /^(datadog|datadogql)\//,
    `targets: [datadog]
datadog: { longWindows: clamp, notify: { page: [], ticket: [] } }
`,
  ],
];

const SOUND = `version: prometheus/v1
service: shop
slos:
  - name: availability
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(http_requests_total{job="shop",code=~"5.."}[{{.window}}]))
        total_query: sum(rate(http_requests_total{job="shop"}[{{.window}}]))
    alerting:
      name: ShopErrorBudgetBurn
`;

const SOUND_ON_DATADOG = `apiVersion: slogen/v1alpha1
kind: IndicatorBinding
metadata: { name: availability-on-datadog }
spec:
  slo: shop-availability
  datadog:
    bad: sum:trace.http.request.errors{env:prod,service:shop}.as_count()
    total: sum:trace.http.request.hits{env:prod,service:shop}.as_count()
`;

const SOUND_POLICY = `apiVersion: slogen/v1alpha1
kind: RolloutPolicy
metadata: { name: checkout }
spec:
  slos: [{ ref: shop-availability }]
  workload: { deployment: checkout, file: deploy/canary.yaml }
  steps: [{ weight: 10, bake: 10m }, { weight: 50, bake: 10m }]
  traffic: 6000rpm
`;
