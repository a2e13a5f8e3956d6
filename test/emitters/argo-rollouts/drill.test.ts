import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, describe, test } from "node:test";
import { drillFiles } from "../../../src/emitters/argo-rollouts/drill.ts";
import type { ReleasePolicy } from "../../../src/model/policy.ts";
import { renderer } from "../../../src/text/render.ts";
import { seconds } from "../../../src/units/duration.ts";
import { policyOf, SETTINGS } from "../../support/policies.ts";

function drill(policy: ReleasePolicy): { readonly page: string; readonly script: string } {
  const render = renderer([], ({ message }) => assert.fail(message));
  const text = (name: string): string =>
    drillFiles(policy, ".", render).find(({ path }) => path === `./${name}`)?.text ?? assert.fail(name);
  return { page: text("drill.md"), script: text("drill.sh") };
}

/** What `kubectl` shows of the Rollout at one moment. */
interface Moment {
  readonly phase: string;
  readonly hash: string;
  readonly stable?: string;
  /** The Rollout's annotation; it changes before the status does. */
  readonly revision?: number;
  /** Failed metrics of this revision's runs. */
  readonly failed?: readonly string[];
}

const OLD: Moment = { phase: "Healthy", hash: "old" };
const UNDER_WAY: Moment = { phase: "Progressing", hash: "broken" };
const ABORTED: Moment = { phase: "Degraded", hash: "broken", failed: ["shop-api-fail"] };
const MENDING: Moment = { phase: "Progressing", hash: "mended" };
const MENDED: Moment = { phase: "Healthy", hash: "mended", stable: "mended" };

/** A cluster that goes on by one moment at each `sleep`, so that a loop sees each of them once; a `QUICK` one after each look at runs too. */
const CLUSTER = `#!/usr/bin/env bash
cd "$(dirname "$0")"
case "$(basename "$0") $*" in
  sleep*) echo $(($(cat now) + 1)) >now ;;
  *" set image "*) echo "$*" >>images ;;
  *" abort "*) echo abort >>images ;;
  *revision\\ *)
    cat "failed.$(cat now)"
    if [ -n "\${QUICK:-}" ]; then echo $(($(cat now) + 1)) >now; fi ;;
  *.status.phase*) cat "phase.$(cat now)" ;;
  *.status.currentPodHash*) cat "hash.$(cat now)" ;;
  *.status.stableRS*) cat "stable.$(cat now)" ;;
  *annotations*revision*) cat "revision.$(cat now)" ;;
  *.status.message*) echo "what Argo says" ;;
esac
`;

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function play(script: string, moments: readonly Moment[], env: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "slogen-drill-"));
  folders.push(folder);
  const put = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text);
  };
  for (const command of ["kubectl", "sleep"]) {
    put(command, CLUSTER);
    chmodSync(join(folder, command), 0o755);
  }
  put("now", "0");
  put("images", "");
  const revisions = [...new Set(moments.map(({ hash }) => hash))];
  const last = moments.at(-1) ?? OLD;
  [...moments, ...Array<Moment>(3).fill(last)].forEach(
    ({ phase, hash, stable = "old", failed = [], revision = revisions.indexOf(hash) + 1 }, index) => {
      put(`phase.${index}`, phase);
      put(`hash.${index}`, hash);
      put(`stable.${index}`, stable);
      put(`revision.${index}`, String(revision));
      put(`failed.${index}`, [`revision ${revision} shop-api`, ...failed.map((name) => `metric ${name}`), ""].join("\n"));
    },
  );
  put("drill.sh", script);
  const path = `${folder}${delimiter}${process.env["PATH"] ?? ""}`;
  const images = { CONTAINER: "api", BROKEN_IMAGE: "api:broken", HEALTHY_IMAGE: "api:mended" };
  const { status, stdout, stderr } = spawnSync("bash", [join(folder, "drill.sh")], {
    env: { ...images, PATH: path, NAMESPACE: "shop", ...env },
    encoding: "utf8",
  });
  return { status, said: `${stdout}${stderr}`, done: readFileSync(join(folder, "images"), "utf8") };
}

const hasBash = spawnSync("bash", ["-c", "exit 0"]).status === 0;

describe("the drill's script", { skip: !hasBash && "there is no bash here" }, () => {
  const gated = policyOf();
  const shop = { ...gated, workload: { ...gated.workload, name: "shop-api" } };
  const named = { ...shop, gates: shop.gates.map((gate) => ({ ...gate, slo: { ...gate.slo, id: "shop-api" } })) };
  const { script } = drill(named);

  const table: readonly [name: string, moments: readonly Moment[], status: number, said: RegExp, env?: Record<string, string>][] = [
    ["passes if the gate aborts and the mended image goes through", [OLD, UNDER_WAY, ABORTED, MENDING, MENDED], 0, /PASSED/],
    [
      "waits for a controller that is slow to see the new image",
      [OLD, OLD, OLD, UNDER_WAY, ABORTED, ABORTED, MENDING, MENDED],
      0,
      /PASSED/,
    ],
    ["fails if something else aborts", [OLD, UNDER_WAY, { ...ABORTED, failed: ["theirs"] }], 1, /not by the gate: what Argo says/],
    ["fails if a measurement's error aborts", [OLD, UNDER_WAY, { ...ABORTED, failed: [] }], 1, /not by the gate/],
    [
      "takes no metric whose name is longer for the gate's",
      [OLD, UNDER_WAY, { ...ABORTED, failed: ["x-shop-api-fail"] }],
      1,
      /not by the gate/,
    ],
    ["fails if the broken image goes through", [OLD, UNDER_WAY, { phase: "Healthy", hash: "broken", stable: "broken" }], 1, /was promoted/],
    ["fails if no verdict comes", [OLD, UNDER_WAY], 1, /no verdict after 0 s/, { LATEST_FAIL: "0" }],
    ["fails if it does not begin with a healthy Rollout", [{ ...OLD, phase: "Paused" }], 1, /is Paused: start from a healthy one/],
    [
      "fails if the mended image is not through in time",
      [OLD, UNDER_WAY, ABORTED, MENDING],
      1,
      /not through after 0 s/,
      { LATEST_PASS: "0" },
    ],
  ];
  for (const [name, moments, status, said, env] of table)
    test(name, () => {
      const played = play(script, moments, env);
      assert.match(played.said, said);
      assert.equal(played.status, status, played.said);
      // A broken image never stays on its way when the script has ended.
      if (played.done.includes("broken") && status !== 0) assert.match(played.done, /abort/);
    });

  test("fails at once without an image", () => {
    const { status, said } = play(script, [OLD], { HEALTHY_IMAGE: "" });
    assert.equal(status, 1);
    assert.match(said, /HEALTHY_IMAGE: a healthy image/);
  });

  test("takes no stale phase for that of the new revision", () => {
    const { status, said } = play(script, [OLD, { ...OLD, revision: 2 }, UNDER_WAY, ABORTED, MENDING, MENDED]);
    assert.equal(status, 0, said);
  });

  test("knows the culprit of an abort that comes between two of its looks", () => {
    const { status, said } = play(script, [OLD, UNDER_WAY, ABORTED, ABORTED, ABORTED, MENDING, MENDED], { QUICK: "1" });
    assert.equal(status, 0, said);
  });

  test("ends the broken release itself where the gate only observes", () => {
    const observed = drill({ ...named, enforcement: "observe" }).script;
    const found = { ...UNDER_WAY, failed: ["shop-api-extreme"] };
    const { status, said, done } = play(observed, [OLD, UNDER_WAY, found, MENDING, MENDED]);
    assert.equal(status, 0, said);
    assert.match(done, /broken[\s\S]*abort[\s\S]*mended/);
    assert.equal(play(observed, [OLD, UNDER_WAY, { ...UNDER_WAY, phase: "Healthy", stable: "broken" }]).status, 1);
  });
});

describe("the drill of a switch", () => {
  const number = (script: string, name: string): number => Number(new RegExp(`${name}=.*?(\\d+)`).exec(script)?.[1]);
  const switching = (prePromotion?: number): ReleasePolicy =>
    policyOf({
      delivery: {
        kind: "blueGreen",
        ...(prePromotion !== undefined && { prePromotion: seconds(prePromotion) }),
        postPromotion: seconds(900),
        at: SETTINGS.fail.at,
      },
    });

  test("leaves a healthy release the time before the switch and after it", () => {
    const { script, page } = drill(switching(600));
    assert.ok(number(script, "LATEST_PASS") >= 600 + 900 + 2 * SETTINGS.promote.maxWait);
    assert.match(page, /through in 25 minutes at the earliest/);
  });

  test("knows that a broken preview is held back, and given up in the end", () => {
    const { script, page } = drill(switching(600));
    assert.match(script, /FAIL_METRICS='\^\([a-z-]+-promote\|/);
    assert.ok(number(script, "LATEST_FAIL") > 600 + SETTINGS.promote.maxWait);
    assert.equal(number(script, "EARLIEST_FAIL"), 600 + SETTINGS.promote.maxWait);
    assert.match(page, /-promote`: burn rate above 2 .* for 30 minutes: before the switch/);
  });

  test("looks at the fail checks alone if nothing is asked before the switch", () => {
    const { script, page } = drill(switching());
    assert.doesNotMatch(script, /-promote/);
    assert.match(page, /sooner than 60 seconds after the switch|sooner than 1 minute after the switch/);
    assert.doesNotMatch(page, /canary|step sends/);
  });
});
