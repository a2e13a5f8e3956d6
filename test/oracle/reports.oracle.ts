import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { inOrder, worstFirst } from "../../src/diagnostics/order.ts";
import { annotations } from "../../src/diagnostics/reporters/github.ts";
import { reportJunit } from "../../src/diagnostics/reporters/junit.ts";
import { reportSarif } from "../../src/diagnostics/reporters/sarif.ts";
import { finding, HOSTILE, spanOf } from "../diagnostics/findings.ts";
import { random, type Random } from "../yaml/random.ts";
import { oracle } from "./support.ts";

const PACKAGES = fileURLToPath(new URL("reports/", import.meta.url));
const TEXT = "a: 1\nb: |\n  x\n  y\nc: 😀z\n";

function randomFinding(next: Random): Diagnostic {
  const words = (): string => Array.from({ length: 1 + next.below(3) }, () => next.pick(HOSTILE)).join(next.pick(["", " ", "\n"]));
  const place = () =>
    spanOf(next.pick(["a.yaml", "ä b/c#d,e:f%.yaml", "<stdin>", "slo/x&y.yaml"]), TEXT, next.pick(["a", "|\n  x\n  y", "z"]));
  const at = next.below(6) === 0 ? undefined : place();
  const severity = next.pick(["error", "warning", "notice"] as const);
  return finding(at, {
    severity,
    code: next.pick(["area/one", "area/two", "other/three"]),
    message: words(),
    ...(next.below(2) === 0 && { why: words() }),
    ...(next.below(2) === 0 && { help: words() }),
    related: next.below(3) === 0 ? [{ at: place(), message: words() }] : [],
    ...(severity !== "error" && at && next.below(4) === 0 && { ignored: { by: "comment" as const, at, reason: words() } }),
  });
}

const inRepository = (path: string): string | undefined => (path.startsWith("<") ? undefined : path);

function sarifOf(findings: readonly Diagnostic[]): string {
  return reportSarif(findings, {
    version: "0.1.0",
    pathOf: inRepository,
    pageOf: (code) => `# ${code}\n\nOne thing is wrong. It matters.\n\nMore.\n`,
    severityOf: () => "warning",
    hash: (text) => String(text.length),
    withSuppressed: true,
  });
}

function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "slogen-reports-"));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

interface Found {
  readonly ruleId: string;
  readonly message: { readonly text?: string; readonly arguments?: readonly string[] };
}

/** What Microsoft's validator finds, by the schema, the rules of the standard and those of GitHub's upload. */
function validate(log: string, folder: string): readonly Found[] {
  const tool = join(PACKAGES, "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool");
  const [given, result] = [join(folder, "given.sarif"), join(folder, "result.sarif")];
  writeFileSync(given, log);
  const args = ["validate", given, "--rule-kind", "Sarif;Gh", "--level", "Error;Warning", "--output", result, "--log", "ForceOverwrite"];
  spawnSync(tool, args, { env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" } });
  // The tool begins with a byte order mark.
  const { runs } = JSON.parse(readFileSync(result, "utf8").replace("\ufeff", "")) as { readonly runs: readonly { readonly results?: readonly Found[] }[] }; // prettier-ignore
  return runs.flatMap(({ results = [] }) => results);
}

/** It asks for the address of a site: slogen has none. */
const UNANSWERED = "SARIF2005";

test("Microsoft's validator and GitHub's rules have nothing to say against our SARIF", (t) => {
  const folder = scratch(t);
  const next = random(7);
  const findings = Array.from({ length: 300 }, () => randomFinding(next));
  const found = validate(sarifOf(findings), folder).filter(({ ruleId }) => ruleId !== UNANSWERED);
  assert.deepEqual(found, []);
  const broken = sarifOf(findings).replaceAll('"startLine"', '"startline"');
  assert.ok(validate(broken, folder).length > 0, "the validator does look at the schema");
});

test("go-sarif reads our SARIF as we mean it", (t) => {
  const folder = scratch(t);
  const next = random(8);
  const findings = Array.from({ length: 300 }, () => randomFinding(next));
  const path = join(folder, "log.sarif");
  writeFileSync(path, sarifOf(findings));
  interface Log {
    readonly runs: readonly [
      { readonly results: readonly { readonly ruleId: string; readonly level: string; readonly message: { readonly text: string } }[] },
    ];
  }
  const log = JSON.parse(execFileSync(oracle("reports"), ["sarif", path], { maxBuffer: 1 << 28 }).toString()) as Log;
  const placed = [...findings].filter(({ at }) => at !== undefined && inRepository(at.file.path) !== undefined);
  const count = (codes: readonly string[]): unknown => Object.fromEntries([...new Set(codes)].sort().map((code) => [code, codes.filter((each) => each === code).length])); // prettier-ignore
  assert.deepEqual(count(log.runs[0].results.map(({ ruleId }) => ruleId)), count(inOrderSplit(placed).map(({ code }) => code)));
  assert.equal(log.runs[0].results[0]?.level, "error");
});

/** As a report takes them: what was said twice is kept once. */
function inOrderSplit(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...inOrder(findings.filter(({ ignored }) => !ignored)), ...inOrder(findings.filter(({ ignored }) => ignored))];
}

interface Validation {
  readonly valid: boolean;
  readonly errors: readonly { readonly message: string }[];
}
interface Xmllint {
  readonly validateXML: (options: {
    readonly xml: readonly { readonly fileName: string; readonly contents: string }[];
    readonly schema: readonly string[];
  }) => Promise<Validation>;
}

test("our JUnit files hold to Jenkins's schema, and go-junit reads them as we mean them", async (t) => {
  const folder = scratch(t);
  const next = random(9);
  const { validateXML } = createRequire(join(PACKAGES, "package.json"))("xmllint-wasm") as Xmllint;
  const schema = [execFileSync(oracle("reports"), ["xsd"]).toString()];
  for (let round = 0; round < 8; round++) {
    const findings = Array.from({ length: next.below(30) }, () => randomFinding(next));
    const contents = reportJunit(findings, ["a.yaml", "quiet.yaml"], 12.5);
    const { valid, errors } = await validateXML({ xml: [{ fileName: "junit.xml", contents }], schema });
    assert.ok(valid, errors.map(({ message }) => message).join("\n"));

    const path = join(folder, "junit.xml");
    writeFileSync(path, contents);
    interface Suite {
      readonly name: string;
      readonly totals: { readonly tests: number; readonly failed: number; readonly passed: number };
    }
    const suites = JSON.parse(execFileSync(oracle("reports"), ["junit", path]).toString()) as readonly Suite[];
    const errorsIn = (name: string): number =>
      findings.filter(({ severity, at }) => severity === "error" && (at?.file.path ?? "slogen") === name).length;
    for (const { name, totals } of suites)
      assert.deepEqual([totals.failed, totals.passed], [errorsIn(name), errorsIn(name) === 0 ? 1 : 0], name);
    assert.ok(suites.some(({ name }) => name === "quiet.yaml"));
  }
});

test("our workflow commands are those that GitHub's own toolkit writes", () => {
  const next = random(10);
  // Ten of a kind at a time, as many as are shown.
  const rounds = Array.from({ length: 30 }, () => Array.from({ length: 10 }, () => randomFinding(next)));
  const wanted = rounds.flatMap((findings) => worstFirst(findings).map(asToolkitCall));
  const script = `import * as core from "@actions/core"; for (const [kind, text, place] of ${JSON.stringify(wanted)}) core[kind](text, place);`;
  const theirs = execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: PACKAGES }).toString();
  assert.deepEqual(parsed(rounds.map((findings) => annotations(findings, inRepository)).join("")), parsed(theirs));
});

/** The lines and columns of what `spanOf` finds in `TEXT`, by where it starts. */
const PLACES: Readonly<Record<number, object>> = {
  0: { startLine: 1, endLine: 1, startColumn: 1, endColumn: 2 },
  [TEXT.indexOf("|")]: { startLine: 2, endLine: 4 },
  [TEXT.indexOf("z")]: { startLine: 5, endLine: 5, startColumn: 5, endColumn: 6 },
};

function asToolkitCall({ severity, code, message, why, help, at }: Diagnostic): unknown {
  const text = [message, ...(why === undefined ? [] : [`why: ${why}`]), ...(help === undefined ? [] : [`help: ${help}`])].join("\n");
  const file = at && inRepository(at.file.path);
  return [severity, text, { title: code, ...(at && file !== undefined && { file, ...PLACES[at.start] }) }];
}

/** The order of the properties means nothing. */
function parsed(commands: string): unknown {
  return commands
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [, command, properties = "", message] = /^::(\w+) ?(.*?)::(.*)$/.exec(line) ?? [];
      return { command, properties: properties.split(",").sort(), message };
    });
}
