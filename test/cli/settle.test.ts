import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../../src/index.ts";
import { assertRun, codesIn, folder, type Folder } from "./support.ts";

const SETTINGS = "targets: [prometheus]\nprometheus: { inhibition: false, retention: 400d }\n";

/** A spec with a warning, `slo/unaggregated`, in the line of its `error_query`. */
const spec = (line = "        error_query: rate(ledger_failures_total[{{.window}}])"): string => `version: prometheus/v1
service: ledger
slos:
  - name: availability
    objective: 99.9
    sli:
      events:
${line}
        total_query: rate(ledger_requests_total[{{.window}}])
`;
const QUERY = "        error_query: rate(ledger_failures_total[{{.window}}])";
const COMMENT = "# slogen-ignore slo/unaggregated: one process";

function project(t: Parameters<typeof folder>[0], text: string, settings = ""): Folder {
  return folder(t, { "slogen.yaml": SETTINGS + settings, "slo/ledger.yaml": text });
}

const comments: readonly { readonly name: string; readonly given: string }[] = [
  { name: "at the end of the line", given: `${QUERY} ${COMMENT}` },
  { name: "on the line above", given: `        ${COMMENT}\n${QUERY}` },
  { name: "on the line above another comment", given: `        ${COMMENT}\n        # and this\n${QUERY}` },
  { name: "beside the header of a block scalar", given: QUERY.replace("rate", `| ${COMMENT}\n          rate`) },
  { name: "above a block scalar", given: `        ${COMMENT}\n${QUERY.replace("rate", ">-\n          rate")}` },
  { name: "behind the last line of a plain scalar", given: `${QUERY.replace("rate", "\n          rate")} ${COMMENT}` },
  { name: "without a blank", given: `${QUERY} ${COMMENT.replace("# ", "#")}` },
];

for (const { name, given } of comments)
  test(`a comment ${name} silences a warning there`, async (t) => {
    const run = await project(t, spec(given)).slogen("validate", { compile });
    assertRun(run, { code: 0, codes: [] });
  });

const reported: readonly { readonly name: string; readonly given: string }[] = [
  { name: "two lines above", given: spec().replace("      events:", `      ${COMMENT}\n      events:`) },
  { name: "inside a text", given: spec(QUERY.replace("rate", `|\n          ${COMMENT}\n          rate`)) },
  { name: "on another line", given: spec(`${QUERY}\n`).replace("[{{.window}}])\n\n", `[{{.window}}])\n        ${COMMENT}\n`) },
];

for (const { name, given } of reported)
  test(`a comment ${name} silences nothing`, async (t) => {
    const run = await project(t, given).slogen("validate", { compile });
    assert.ok(codesIn(run.err).includes("slo/unaggregated"), run.err);
  });

test("an area's rule is for all of it that are no errors, and a code's own rule wins", async (t) => {
  const off = project(t, spec(), 'rules: { "slo/*": off }\n');
  assertRun(await off.slogen("validate", { compile }), { code: 0, codes: [] });
  const own = project(t, spec(), 'rules: { slo/unaggregated: notice, "slo/*": off }\n');
  assert.match((await own.slogen("validate", { compile })).err, /^notice\[slo\/unaggregated\]/m);
  const error = project(t, spec(QUERY.replace("failures", "requests")), 'rules: { "slo/*": off }\n');
  assert.equal((await error.slogen("validate", { compile })).code, 1, "what is an error by default stays one");
});

test("a warning raised to an error stops the build before anything is written", async (t) => {
  const place = project(t, spec(), "rules: { slo/unaggregated: error }\n");
  const run = await place.slogen("build", { compile });
  assertRun(run, { code: 1, codes: ["slo/unaggregated"] });
  assert.match(run.err, /1 error: nothing was written/);
  assert.deepEqual(place.files("generated"), {});
  assertRun(await place.slogen("validate --set rules.slo/unaggregated=notice", { compile }), { code: 0, codes: ["slo/unaggregated"] });
});

test("a comment also silences what a rule has raised", async (t) => {
  const place = project(t, spec(`${QUERY} ${COMMENT}`), "rules: { slo/unaggregated: error }\n");
  assertRun(await place.slogen("build", { compile }), { code: 0, codes: [] });
});

test("an unused comment can stop the build, like everything that is no error", async (t) => {
  const place = project(t, spec(`${QUERY} # slogen-ignore slo/unknown-unit: x`), 'rules: { "ignore/*": error, "slo/*": off }\n');
  const run = await place.slogen("build", { compile });
  assertRun(run, { code: 1, codes: ["ignore/unused"] });
  assert.deepEqual(place.files("generated"), {});
});

test("a partial build looks for no unused comments", async (t) => {
  const place = project(t, spec(`${QUERY} # slogen-ignore flagger/long-query: only for Flagger`), "rules: { slo/unaggregated: off }\n");
  assertRun(await place.slogen("validate", { compile }), { code: 0, codes: ["ignore/unused"] });
  assertRun(await place.slogen("validate -t prometheus", { compile }), { code: 0, codes: [] });
  assertRun(await place.slogen("validate -f slo/ledger.yaml", { compile }), { code: 0, codes: [] });
});

test("a rule for an error, or for nothing, is a mistake in the configuration", async (t) => {
  const place = project(t, spec(), "rules: { promql/syntax: off, slo/unagregated: off, 'slo/*': off }\n");
  const run = await place.slogen("build", { compile });
  assertRun(run, { code: 2, codes: ["config/rule-for-error", "config/unknown-rule"] });
  assert.match(run.err, /did you mean `slo\/unaggregated`\?/);
});

test("comments count in slogen.yaml, and in files that a policy names", async (t) => {
  const place = project(
    t,
    spec(),
    "specs: [slo, 'team/*'] # slogen-ignore cli/unmatched-pattern: the first team comes in May\nrules: { 'slo/*': off }\n",
  );
  assertRun(await place.slogen("validate", { compile }), { code: 0, codes: [] });
  place.write("slogen.yaml", `${SETTINGS}# slogen-ignore\nrules: { 'slo/*': off }\n`);
  assertRun(await place.slogen("validate", { compile }), { code: 2, codes: ["ignore/no-code"] });
});

test("a comment that silences something in one project is not unused in another", async (t) => {
  const settings = (retention: string): string =>
    `specs: [../slo]\n${SETTINGS.replace("400d", retention)}rules: { slo/unaggregated: off }\n`;
  const place = folder(t, {
    "slogen.yaml": "projects: [a, b]\n",
    "a/slogen.yaml": settings("15d"),
    "b/slogen.yaml": settings("400d"),
    "slo/ledger.yaml": spec().replace("availability", "availability # slogen-ignore prometheus/retention: Thanos keeps a year"),
  });
  assertRun(await place.slogen("validate", { compile }), { code: 0, codes: [] });
  place.write("a/slogen.yaml", settings("400d"));
  assertRun(await place.slogen("validate", { compile }), { code: 0, codes: ["ignore/unused"] });
});

test("what is ignored is counted on request and listed in the JSON report, with its reason", async (t) => {
  const place = project(t, spec(`${QUERY} ${COMMENT}`), "");
  assert.match((await place.slogen("validate --verbose", { compile })).err, /^1 finding ignored: 1 by a comment$/m);
  const { out } = await place.slogen("validate --report json", { compile });
  const report = JSON.parse(out) as {
    diagnostics: unknown[];
    ignored: { code: string; ignored: { by: string; reason: string; file: string } }[];
  };
  assert.deepEqual(report.diagnostics, []);
  assert.deepEqual(
    report.ignored.map(({ code, ignored: { by, reason, file } }) => ({ code, by, reason, file })),
    [{ code: "slo/unaggregated", by: "comment", reason: "one process", file: "slo/ledger.yaml" }],
  );
});

test("explain settles findings as build does", async (t) => {
  const place = project(t, spec(), "rules: { slo/unaggregated: error }\n");
  const run = await place.slogen("explain checkout", { compile });
  assert.ok(codesIn(run.err).includes("slo/unaggregated"), run.err);
});
