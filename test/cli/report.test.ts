import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { schemaCompiler } from "../../scripts/gen-schemas.ts";
import { compile } from "../../src/index.ts";
import { BUILT } from "../support/built-project.ts";
import { API_KEY, APP_KEY, startDatadog } from "../support/datadog-server.ts";
import { folder, PACKAGE_ROOT } from "./support.ts";

const SETTINGS = "prometheus: { inhibition: false, retention: 400d }\n";
const spec = (query: string, remark = ""): string => `version: prometheus/v1
service: ledger
slos:
  - name: availability
    objective: 99.9
    sli:
      events:
        error_query: ${query}${remark}
        total_query: rate(ledger_requests_total[{{.window}}])
`;
const ODD = spec("rate(ledger_failures_total[{{.window}}])");
const IGNORED = spec("rate(ledger_failures_total[{{.window}}])", " # slogen-ignore slo/unaggregated: one process");
const WRONG = spec("rate(ledger_failures_total[{{.window}}]");

const validate = schemaCompiler().compile(
  JSON.parse(readFileSync(join(PACKAGE_ROOT, "schemas/slogen/report.schema.json"), "utf8")) as object,
);

function assertReport(text: string): void {
  assert.ok(validate(JSON.parse(text)), JSON.stringify(validate.errors));
}

test("every JSON report is as its schema says", async (t) => {
  const place = folder(t, { "slogen.yaml": SETTINGS, "slo/ledger.yaml": ODD });
  const reports: string[] = [];
  const slogen = async (line: string): Promise<string> => {
    const { out } = await place.slogen(`${line} --report json`, { compile });
    reports.push(out);
    return out;
  };
  for (const text of [ODD, IGNORED, WRONG]) {
    place.write("slo/ledger.yaml", text);
    for (const line of ["validate", "build", "build --check"]) assertReport(await slogen(line));
  }
  assertReport(await slogen("build --set rules.slo/*=off -f slo/none.yaml"));
  assertReport(await slogen("explain ledger"));
  place.write("slo/ledger.yaml", ODD);
  place.write("generated/prometheus/ledger.yaml", "by hand\n");
  assertReport(await slogen("build --set rules.slo/*=off"));
  assert.ok(reports.some((text) => text.includes('"by": "rule"')) && reports.some((text) => text.includes('"by": "comment"')));
});

test("the JSON report of a push is as its schema says", async (t) => {
  const datadog = await startDatadog();
  t.after(datadog.stop);
  const place = folder(t, { "slogen.yaml": "", ...BUILT });
  const env = { DD_API_KEY: API_KEY, DD_APP_KEY: APP_KEY, DD_API_URL: datadog.url };
  for (const flags of ["--dry-run", "", ""]) {
    const { out } = await place.slogen(`push datadog ${flags} --report json`.replace("  ", " "), { env, fetch });
    assertReport(out);
    assert.match(out, /"objects": \[\n/);
  }
});

const GITHUB = { GITHUB_ACTIONS: "true", GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "shop/slo", GITHUB_SHA: "abc" };

test("on GitHub, annotations name files from the root of the checkout, and the summary holds everything", async (t) => {
  const place = folder(t, { "team/slogen.yaml": SETTINGS, "team/slo/ledger.yaml": ODD, "summary.md": "before\n" });
  const env = { ...GITHUB, GITHUB_WORKSPACE: place.path, GITHUB_STEP_SUMMARY: join(place.path, "summary.md") };
  const { code, out, err } = await place.slogen("validate --report github", { compile, env, cwd: "team" });
  assert.equal(code, 0);
  assert.match(out, /^::warning file=team\/slo\/ledger\.yaml,line=8,endLine=8,col=22,endColumn=\d+,title=slo\/unaggregated::.*\n$/);
  assert.match(err, /^::group::slogen: 1 SLO valid in 0 ms\nwarning\[slo\/unaggregated\]: [^]*\n::endgroup::\n1 SLO valid in 0 ms\n$/);
  const summary = place.read("summary.md");
  assert.match(summary, /^before\n### slogen: 1 SLO valid/);
  assert.ok(summary.includes("[team/slo/ledger.yaml:8](https://github.com/shop/slo/blob/abc/team/slo/ledger.yaml#L8)"), summary);
});

test("the summary of a check shows what a build would change", async (t) => {
  const place = folder(t, { "slogen.yaml": `${SETTINGS}rules: { "slo/*": off }\n`, "slo/ledger.yaml": ODD });
  const env = { ...GITHUB, GITHUB_WORKSPACE: place.path, GITHUB_STEP_SUMMARY: join(place.path, "summary.md") };
  const { code, out } = await place.slogen("build --check --report github", { compile, env });
  assert.equal(code, 1);
  assert.match(out, /^::error title=output\/missing::/);
  assert.match(place.read("summary.md"), /^```diff\n--- \/dev\/null\n\+\+\+ b\/generated\//m);
});

test("a summary that cannot be written does not make the build fail", async (t) => {
  const place = folder(t, { "slogen.yaml": SETTINGS, "slo/ledger.yaml": IGNORED });
  const env = { ...GITHUB, GITHUB_STEP_SUMMARY: place.path };
  const { code, err } = await place.slogen("validate --report github", { compile, env });
  assert.equal(code, 0);
  assert.match(err, /^the job's summary cannot be written: it is a folder$/m);
});

test("machine reports leave standard output to the artifacts", async (t) => {
  const place = folder(t, { "slogen.yaml": SETTINGS, "slo/ledger.yaml": ODD });
  for (const [format, start] of [
    ["github", "::warning"],
    ["sarif", "{\n"],
    ["junit", "<?xml"],
    ["json", "{\n"],
  ] as const) {
    const { out, err } = await place.slogen(`build -o - --report ${format}`, { compile });
    assert.match(out, /^---\n# prometheus\//, format);
    assert.ok(err.includes(start), format);
    const folderBuild = await place.slogen(`validate --report ${format}`, { compile });
    assert.ok(folderBuild.out.startsWith(start), format);
  }
});

test("SARIF has paths from the root of the repository, wherever it is run", async (t) => {
  const place = folder(t, { ".git/HEAD": "", "team/slogen.yaml": SETTINGS, "team/slo/ledger.yaml": IGNORED });
  const results = async (env: Readonly<Record<string, string>>): Promise<readonly object[]> => {
    const { out } = await place.slogen("validate --report sarif", { compile, cwd: "team", env });
    return (JSON.parse(out) as { runs: [{ results: object[] }] }).runs[0].results;
  };
  const local = JSON.stringify(await results({}));
  assert.ok(local.includes('"uri":"team/slo/ledger.yaml"') && local.includes('"kind":"inSource"'), local);
  assert.deepEqual(await results(GITHUB), []);
});

test("JUnit has a suite for each spec, those without findings too", async (t) => {
  const place = folder(t, { "slogen.yaml": SETTINGS, "slo/a.yaml": WRONG, "slo/b.yaml": ODD.replace("ledger", "billing") });
  const { code, out } = await place.slogen("validate --report junit", { compile });
  assert.equal(code, 1);
  assert.match(out, /<testsuites name="slogen" tests="2" failures="1" errors="0" time="0.000">/);
  assert.match(out, /<testsuite name="slo\/a.yaml" tests="1" failures="1"[^]*<testsuite name="slo\/b.yaml" tests="1" failures="0"/);
});
