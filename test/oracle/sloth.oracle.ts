import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { SlothDialectOptions } from "../../src/emitters/prometheus/sloth/emit.ts";
import { printYamlV2, sorted } from "../../src/emitters/prometheus/sloth/yaml-v2.ts";
import { openslo } from "../../src/frontends/openslo/index.ts";
import { sloth } from "../../src/frontends/sloth/index.ts";
import { parseDuration, seconds, type Seconds } from "../../src/units/duration.ts";
import { belowHeader, generate, readSpec, type Generated } from "../support/sloth.ts";
import { dice, randomKey, randomSpec, randomText, type Format } from "./sloth-specs.ts";
import { oracle, vectors } from "./support.ts";

/*
 * The `sloth` dialect against Sloth 0.16 itself: the same bytes below the header, for Sloth's examples and for random specs.
 * SLOTH_SPECS and SLOTH_SEED choose how many specs and which.
 */

const COUNT = Number(process.env["SLOTH_SPECS"] ?? 600);
const SEED = Number(process.env["SLOTH_SEED"] ?? 1);

interface Run {
  readonly flags: readonly string[];
  readonly options: Partial<SlothDialectOptions>;
  readonly period?: Seconds;
}

const CATALOG = `apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 7d
  page:
    quick: { errorBudgetPercent: 8, shortWindow: 5m, longWindow: 1h }
    slow: { errorBudgetPercent: 12.5, shortWindow: 30m, longWindow: 6h }
  ticket:
    quick: { errorBudgetPercent: 20, shortWindow: 2h, longWindow: 1d }
    slow: { errorBudgetPercent: 42, shortWindow: 6h, longWindow: 36h }
`;

test("Sloth's own examples come out byte for byte", () => {
  const root = `${vectors() ?? assert.fail("the public vectors are not beside this checkout")}/sloth`;
  const names = readdirSync(`${root}/input`);
  const equal = names.filter((name) => {
    const { documents } = generate(readFileSync(`${root}/input/${name}`, "utf8"), {
      extraLabels: { cmd: "examplesgen.sh" },
      frontends: [openslo, sloth],
    });
    return documents.join("\n") === belowHeader(readFileSync(`${root}/expected/${name}`, "utf8")).join("\n");
  });
  report(`examples: ${equal.length} of ${names.length} equal`);
  assert.deepEqual(equal, names);
});

/** Why slogen may refuse what Sloth takes, by the code that says so. */
const REFUSALS: Readonly<Record<string, string>> = {
  "slo/reserved-label": "a label such as `sloth_id` cuts the alerts off from their series",
  "sloth/objective-range": "an objective of 100 leaves no budget: burn rates divide by zero",
  "prometheus/sloth-broken-rule": "Prometheus would not load the rule",
};

/** Why Sloth may refuse what slogen takes, by its own words. */
const BEYOND_SLOTH: Readonly<Record<string, string>> = {
  "label value is required": "an empty label is the same as none: a warning",
  "annotation value is required": "an empty annotation does no harm",
};

test(`${COUNT} random specs come out byte for byte`, { timeout: 1_800_000 }, () => {
  const roll = dice(SEED);
  const runs = plannedRuns();
  const perRun = Math.ceil(COUNT / runs.length);
  const tally = { equal: 0, documents: 0, bothRefuse: 0, refused: new Map<string, number>(), beyond: new Map<string, number>() };
  const failures: string[] = [];
  for (const run of runs) {
    const specs = Array.from({ length: perRun }, () => randomSpec(roll, roll.pick<Format>(["native", "native", "kubernetes", "openslo"])));
    const theirs = generateBySloth(specs, run.flags);
    for (const [i, spec] of specs.entries()) {
      const ours = generate(spec, { ...run.options, ...(run.period !== undefined && { period: run.period }), frontends: [openslo, sloth] });
      const failure = compare(ours, theirs[i] ?? { error: "no output" }, tally);
      if (failure !== undefined) failures.push(`${run.flags.join(" ")}\n${failure}\n${indent(spec)}`);
    }
  }
  report(
    `random specs: ${perRun * runs.length} (seed ${SEED}), ${tally.equal} equal with ${tally.documents} documents, ${tally.bothRefuse} refused by both`,
  );
  for (const [code, count] of tally.refused) report(`  Sloth emits, slogen refuses: ${count} ${code} (${REFUSALS[code] ?? "?"})`);
  for (const [text, count] of tally.beyond) report(`  Sloth refuses, slogen emits: ${count} ${text} (${BEYOND_SLOTH[text] ?? "?"})`);
  report(`  different: ${failures.length}`);
  assert.equal(failures.length, 0, failures.slice(0, 3).join("\n\n"));
  assert.ok(tally.equal > perRun * runs.length * 0.6, "too few specs were comparable");
});

test("20,000 random maps are printed as yaml.v2 prints them", () => {
  const roll = dice(SEED);
  const maps = Array.from({ length: 20_000 }, () =>
    Object.fromEntries(Array.from({ length: roll.below(6) + 1 }, () => [randomKey(roll), randomText(roll)])),
  );
  const { stdout } = spawnSync(oracle("yaml-v2"), { input: JSON.stringify(maps), encoding: "utf8", maxBuffer: 1 << 30 });
  const printed = JSON.parse(stdout) as readonly string[];
  for (const [i, map] of maps.entries()) assert.equal(printYamlV2(sorted(new Map(Object.entries(map)))), printed[i]);
  report(`maps: ${maps.length} equal`);
});

function plannedRuns(): readonly Run[] {
  const { catalogs } = readSpec(CATALOG);
  const period = (text: string): Seconds => parseDuration(text) ?? seconds(0);
  const base: readonly Run[] = [
    { flags: [], options: {} },
    { flags: ["--default-slo-period", "28d"], options: {}, period: period("28d") },
    { flags: ["--default-slo-period", "7d", "--slo-period-windows-path", "CATALOG"], options: { catalogs }, period: period("7d") },
    { flags: ["-l", "cmd=oracle", "-l", "k8s.pod=a b"], options: { extraLabels: { cmd: "oracle", "k8s.pod": "a b" } } },
    { flags: ["--disable-alerts"], options: { disableAlerts: true } },
    { flags: ["--disable-recordings"], options: { disableRecordings: true } },
  ];
  // The plain run stands for half of the specs; the others vary one flag each.
  return [...base, ...Array.from({ length: 4 }, () => base[0] ?? assert.fail())];
}

type Theirs = { readonly documents: readonly string[] } | { readonly error: string };

/** A folder at a time; where Sloth stops at a file, that folder's files one by one. */
function generateBySloth(specs: readonly string[], flags: readonly string[]): readonly Theirs[] {
  const folder = mkdtempSync(join(tmpdir(), "slogen-sloth-"));
  try {
    mkdirSync(join(folder, "windows"));
    writeFileSync(join(folder, "windows", "7d.yaml"), CATALOG);
    const args = ["--no-log", ...flags.map((flag) => (flag === "CATALOG" ? join(folder, "windows") : flag))];
    const batches = Array.from({ length: Math.ceil(specs.length / 5) }, (_, i) => specs.slice(i * 5, i * 5 + 5));
    return batches.flatMap((batch, b) => {
      const [input, output] = [join(folder, `in${b}`), join(folder, `out${b}`)];
      mkdirSync(input);
      mkdirSync(output);
      for (const [i, spec] of batch.entries()) writeFileSync(join(input, `${i}.yml`), spec);
      const whole = spawnSync(oracle("sloth"), ["generate", "-i", input, "-o", output, ...args], { encoding: "utf8" });
      return batch.map((_, i): Theirs => {
        if (whole.status === 0) return { documents: belowHeader(readFileSync(join(output, `${i}.yml`), "utf8")) };
        const one = spawnSync(oracle("sloth"), ["generate", "-i", join(input, `${i}.yml`), ...args], {
          encoding: "utf8",
          maxBuffer: 1 << 28,
        });
        return one.status === 0 ? { documents: belowHeader(one.stdout) } : { error: one.stderr.trim().split("\n").at(-1) ?? "" };
      });
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Tally {
  equal: number;
  documents: number;
  bothRefuse: number;
  readonly refused: Map<string, number>;
  readonly beyond: Map<string, number>;
}

/** What is wrong with a pair of outcomes, if anything is. */
function compare(ours: Generated, theirs: Theirs, tally: Tally): string | undefined {
  const errors = ours.diagnostics.filter(({ severity }) => severity === "error");
  if ("error" in theirs) {
    if (ours.refused) tally.bothRefuse++;
    else {
      const reason = Object.keys(BEYOND_SLOTH).find((text) => theirs.error.includes(text));
      if (reason === undefined) return `only Sloth refuses: ${theirs.error}`;
      count(tally.beyond, reason);
    }
    return undefined;
  }
  if (ours.refused) {
    const code = errors.map((error) => error.code).find((each) => each in REFUSALS);
    if (code === undefined) return `only slogen refuses: ${errors.map(({ code: each, message }) => `${each}: ${message}`).join("; ")}`;
    count(tally.refused, code);
    return undefined;
  }
  if (ours.documents.join("\n") !== theirs.documents.join("\n")) return difference(ours.documents, theirs.documents);
  tally.equal++;
  tally.documents += ours.documents.length;
  return undefined;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function difference(ours: readonly string[], theirs: readonly string[]): string {
  const [a, b] = [ours, theirs].map((documents) => documents.join("\n").split("\n")) as [string[], string[]];
  const at = a.findIndex((line, i) => line !== b[i]);
  return `slogen: ${JSON.stringify(a.slice(at, at + 2))}\nSloth:  ${JSON.stringify(b.slice(at, at + 2))}`;
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}
