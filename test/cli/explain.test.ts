import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as fs from "node:fs";
import { join } from "node:path";
import type { ExplainReport } from "../../src/explain/report.ts";
import { folder, type Folder } from "./support.ts";

/** An example without its output. */
function example(t: Parameters<typeof folder>[0], name = "payments-canary"): Folder {
  const root = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
  const files = fs
    .readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => !path.startsWith("generated") && fs.statSync(join(root, path)).isFile());
  return folder(t, Object.fromEntries(files.map((path) => [path, fs.readFileSync(join(root, path), "utf8")])));
}

describe("explain", () => {
  test("prints the page of a policy, and writes nothing", async (t) => {
    const project = example(t);
    const before = project.files(".");
    const { code, out, err } = await project.slogen("explain payments");
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^payments.*: canary of /);
    assert.match(out, /How it decides/);
    assert.deepEqual(project.files("."), before);
  });

  test("prints a page for each controller that carries the policy out", async (t) => {
    const { code, out, err } = await example(t, "checkout-two-controllers").slogen("explain checkout");
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^checkout: canary of shop\/checkout, enforced\n[^]*\n\ncheckout: canary of shop\/checkout by Flagger, enforced\n/);
  });

  test("tells what a gate before a deployment asks, in what the example's own script compares", async (t) => {
    const project = example(t, "checkout-pre-deploy");
    const { code, out, err } = await project.slogen("explain checkout");
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^checkout: gate before a deployment of shop\/checkout, enforced\n/);
    const script = fs.readFileSync(
      new URL("../../examples/checkout-pre-deploy/generated/ci-gate/checkout/gate.sh", import.meta.url),
      "utf8",
    );
    const judged = [...script.matchAll(/judge '([^']+)' \S+ (\S+) (\S+) \\\n +(\S+) .*\n +(\S+) .*\n +block (\S+) /g)];
    assert.equal(judged.length, 2);
    for (const [, id = "", limit = "", errors, long = "", short = "", least] of judged) {
      const page = out.slice(out.indexOf(`${id} (`)).split("\n\n")[0] ?? "";
      const ratio = String(Number((Number(errors) * 100).toPrecision(3)));
      assert.ok(page.includes(`above burn ${limit} over both ${long} and ${short}, that is above ${ratio} % errors`), page);
      assert.ok(page.includes(`with ${String(Number(least) * 100)} % or less left of the budget`), page);
    }
    assert.deepEqual(
      out.split("\n").filter((line) => line.length > 100),
      [],
    );
    assert.match((await project.slogen("explain")).out, /Gates before a deployment\n.*\n +checkout +- +checkout +2\n/);
    assert.match((await project.slogen("explain chekout")).err, /did you mean `checkout`\?\nSLOs: .*\npolicies: checkout\n/);
    const { deployGates } = JSON.parse((await project.slogen("explain checkout --report json")).out) as ExplainReport;
    assert.deepEqual(
      deployGates.map(({ name, slos }) => [name, slos.map(({ remainingBudget }) => remainingBudget)]),
      [["checkout", [0.1, 0.1]]],
    );
    const html = await project.slogen("explain checkout --html page.html");
    assert.equal(html.code, 2);
    assert.match(html.err, /no charts; `--html` draws what it judges by: `checkout-availability`/);
  });

  test("offers the policy that was meant, and lists what there is", async (t) => {
    const { code, out, err } = await example(t).slogen("explain paymints");
    assert.deepEqual([code, out], [2, ""]);
    assert.match(
      err,
      /there is no SLO and no release policy `paymints`; did you mean `payments`\?\nSLOs: payments-availability\npolicies: payments\n/,
    );
  });

  test("offers the environment that was meant", async (t) => {
    const { code, err } = await example(t).slogen("explain payments -e stagin");
    assert.equal(code, 2);
    assert.match(err, /no environment `stagin`; did you mean `staging`\?/);
  });

  test("points to the other command for a diagnostic's code", async (t) => {
    const { code, err } = await example(t).slogen("explain promql/counter-flag-missing");
    assert.equal(code, 2);
    assert.match(err, /`slogen explain-code promql\/counter-flag-missing`/);
  });

  test("reports what is wrong with the specs instead", async (t) => {
    const project = example(t);
    project.write("slo/broken.yaml", "version: prometheus/v1\nservice: x\nslos: [\n");
    const { code, out, err } = await project.slogen("explain payments");
    assert.ok(code > 0 && out === "" && err.includes("error"));
  });

  test("prints an SLO by its id, and by its name where no other has that", async (t) => {
    const project = example(t);
    const byId = await project.slogen("explain payments-availability");
    assert.deepEqual([byId.code, byId.err], [0, ""]);
    assert.match(byId.out, /^payments-availability.*\n99.9 % of all events are good/);
    assert.match(byId.out, /bad requests .* at 2,400 a minute \(the policy payments\)/);
    assert.equal((await project.slogen("explain availability")).out, byId.out);
  });

  test("asks which one is meant where several have a name", async (t) => {
    const { code, out, err } = await example(t, "shop-many-teams").slogen("explain ingress-availability");
    assert.deepEqual([code, out], [2, ""]);
    assert.match(
      err,
      /^error: there are 2 SLOs called `ingress-availability`; name the one that is meant by its id\nthere are: orders-ingress-availability, search-ingress-availability\n/,
    );
  });

  test("prints both an SLO and a policy of one name", async (t) => {
    const project = example(t);
    project.write("slo/payments.yaml", project.read("slo/payments.yaml").replaceAll("name: availability", "name: payments"));
    project.write("policy/payments.yaml", project.read("policy/payments.yaml").replaceAll("payments-availability", "payments-payments"));
    const { code, out, err } = await project.slogen("explain payments");
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^payments-payments[^]*\npayments in staging: canary of /);
  });

  test("lists what there is without a name", async (t) => {
    const { code, out, err } = await example(t).slogen("explain");
    assert.deepEqual([code, err], [0, ""]);
    assert.match(
      out,
      /^SLOs\n.*\n {4}payments-availability {2}99.9 % {3}30d {2}43m12s {2}page, ticket\n\nRelease policies\n.*\n {4}payments /,
    );
  });

  test("takes the traffic of the command line for more than what is declared", async (t) => {
    const { out } = await example(t).slogen("explain availability --traffic 10rps");
    assert.match(out, /25,920 of 25,920,000, at 600 a minute \(--traffic\)/);
    const wrong = await example(t).slogen("explain availability --traffic many");
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /`--traffic` is requests a second or a minute, such as `600rpm`, not `many`/);
  });

  test("gives programs the figures alone", async (t) => {
    const { code, out, err } = await example(t).slogen("explain payments-availability --report json");
    assert.deepEqual([code, err], [0, ""]);
    const { version, slos, policies } = JSON.parse(out) as ExplainReport;
    const [slo] = slos;
    assert.deepEqual([version, slos.length, policies], [1, 1, []]);
    assert.deepEqual(slo?.budget, { share: 0.001, outage: 2592, requests: 103_680 });
    assert.deepEqual(
      slo.alerts.map(({ severity, holds, keepsFiring, outageDetection }) => [
        severity,
        holds,
        keepsFiring,
        Number(outageDetection?.toFixed(6)),
      ]),
      [
        ["page", 0, 300, 51.84],
        ["ticket", 900, 0, 1159.2],
      ],
    );
    assert.equal(slo.unseenErrorRatio, 0.001);
  });

  test("writes a page for browsers whole or not at all, and says where", async (t) => {
    const project = example(t);
    const { code, out, err } = await project.slogen("explain payments-availability --html pages/slo.html");
    assert.deepEqual([code, out, err], [0, "", "pages/slo.html\n"]);
    assert.match(project.read("pages/slo.html"), /^<!doctype html>/i);
    assert.equal((await project.slogen("explain payments-availability --html -")).out, project.read("pages/slo.html"));
    const refused = await project.slogen("explain payments-availability --html pages/other.html", {
      fs: {
        renameSync: () => {
          throw Object.assign(new Error("full"), { code: "ENOSPC", syscall: "rename" });
        },
      },
    });
    assert.deepEqual([refused.code, refused.err], [2, "error: `pages/other.html` cannot be written: the disk is full\n"]);
    assert.deepEqual(Object.keys(project.files("pages")), ["slo.html"]);
    const twice = await project.slogen("explain payments --html a.html --report json");
    assert.equal(twice.code, 2);
  });

  test("takes no page for a report of findings", async (t) => {
    for (const report of ["sarif", "junit"]) {
      const { code, out, err } = await example(t).slogen(`explain payments --report ${report}`);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, /`slogen validate` reports/);
    }
  });

  test("draws with block characters where the locale has them", async (t) => {
    const project = example(t);
    const rows = [
      { env: { LANG: "de_DE.UTF-8" }, want: true },
      { env: { LC_ALL: "C", LANG: "de_DE.UTF-8" }, want: false },
      { env: { LANG: "C.utf8", TERM: "dumb" }, want: false },
      { env: {}, want: false },
    ];
    for (const { env, want } of rows) {
      const { out } = await project.slogen("explain availability", { env });
      assert.equal(out.includes("█"), want, JSON.stringify(env));
      assert.doesNotMatch(out, /\x1b/);
    }
    assert.match((await project.slogen("explain availability --color always")).out, /\x1b\[1mError budget\x1b\[0m/);
  });

  test("says what is wrong with an SLO's declared traffic", async (t) => {
    const project = example(t, "checkout-http");
    const spec = project.read("slo/checkout.yaml");
    project.write("slo/checkout.yaml", spec.replace("  annotations:\n", "  annotations:\n    slogen/traffic: a lot\n"));
    const { code, err } = await project.slogen("explain availability");
    assert.equal(code, 1);
    assert.match(
      err,
      /error\[openslo\/bad-annotation\]: `slogen\/traffic` must be requests a second or a minute, above zero, and is `a lot`/,
    );
  });
});
