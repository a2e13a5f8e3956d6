import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Io } from "../../src/cli/io.ts";
import { BURN, built, changed, CHECKOUT, METRIC, SLO, without } from "../push/objects.ts";
import { API_KEY, APP_KEY, startDatadog, type DatadogServer, type DatadogState } from "../support/datadog-server.ts";
import { assertRun, folder, type Folder, type Run, type RunOptions } from "./support.ts";

interface Stage extends Folder {
  readonly datadog: DatadogServer;
  /** How long the command has slept, in milliseconds. */
  readonly pauses: number[];
  /** `slogen push datadog <flags>`. */
  readonly push: (flags?: string, options?: RunOptions) => Promise<Run>;
  readonly build: (files: Readonly<Record<string, string>>) => void;
  /** The requests since the last push that were no GET. */
  readonly writes: () => readonly string[];
}

async function stage(t: TestContext, state: DatadogState = {}, files = built()): Promise<Stage> {
  const datadog = await startDatadog(state);
  t.after(datadog.stop);
  const place = folder(t, { "slogen.yaml": "", ...files });
  const pauses: number[] = [];
  const outputs: string[] = [];
  t.after(() => {
    for (const output of outputs) assert.ok(!output.includes(API_KEY) && !output.includes(APP_KEY), "no key is ever written");
  });
  return {
    ...place,
    datadog,
    pauses,
    build: (next) => {
      place.remove("generated");
      for (const [path, text] of Object.entries(next)) place.write(path, text);
    },
    writes: () => datadog.requests.filter((request) => !request.startsWith("GET ")),
    push: async (flags = "", options = {}) => {
      datadog.forget();
      const run = await place.slogen(`push datadog ${flags}`.trim(), {
        fetch,
        sleep: (time) => {
          pauses.push(time);
          return Promise.resolve();
        },
        ...options,
        env: { DD_API_KEY: API_KEY, DD_APP_KEY: APP_KEY, DD_API_URL: datadog.url, ...options.env },
      });
      outputs.push(run.out, run.err);
      return run;
    },
  };
}

/** `create checkout-availability` for each line that is no change. */
const actions = (run: Run): readonly string[] =>
  [...run.out.matchAll(/^(\w+) +(?:SLO|monitor) +(\S+)/gm)].map(([, action = "", id = ""]) => `${action} ${id}`);

const idOf = (objects: ReadonlyMap<string, object>, tag: string): string => {
  const found = [...objects].filter(([, object]) => (object as { tags: string[] }).tags.includes(`slogen_id:${tag}`));
  assert.equal(found.length, 1, `one object has the id ${tag}`);
  return found[0]?.[0] ?? "";
};

const ALL = CHECKOUT.map(({ id }) => id);

test("the first push creates SLOs and then monitors on their ids; the second finds nothing to do and only reads", async (t) => {
  const { push, datadog, writes } = await stage(t);
  const first = await push();
  assertRun(first, { code: 0, codes: [] });
  assert.deepEqual(
    actions(first),
    ALL.map((id) => `created ${id}`),
  );
  assert.match(first.err, /^6 objects: 6 created in /m);
  assert.deepEqual(writes(), [...Array<string>(2).fill("POST /api/v1/slo"), ...Array<string>(4).fill("POST /api/v1/monitor")]);
  const slo = idOf(datadog.slos, "checkout-availability");
  const monitor = datadog.monitors.get(idOf(datadog.monitors, "checkout-availability.page-1h"));
  assert.equal(monitor?.["query"], `burn_rate("${slo}").over("30d").long_window("1h").short_window("5m") > 14.4`);
  assert.match(first.out, new RegExp(`checkout-availability +https://app\\.datadoghq\\.eu/slo\\?slo_id=${slo}`));

  const second = await push();
  assertRun(second, { code: 0, codes: [] });
  assert.deepEqual([second.out, second.err.replace(/\d+ ms/, "n ms")], ["", "6 objects: 6 unchanged in n ms\n"]);
  assert.deepEqual(writes(), []);
});

test("what the example builds is taken by Datadog, and found unchanged the next time", async (t) => {
  const { push, datadog, writes } = await stage(t);
  const built = fileURLToPath(new URL("../../examples/payments-datadog/generated", import.meta.url));
  assertRun(await push(`-o ${built}`), { code: 0, codes: [] });
  assert.ok(datadog.slos.size > 0 && datadog.monitors.size > 0);
  assertRun(await push(`-o ${built} --prune`), { code: 0, codes: [] });
  assert.deepEqual(writes(), []);
});

test("a dry run tells what would change, field by field, and only reads", async (t) => {
  const { push, datadog, writes, build } = await stage(t);
  const empty = await push("--dry-run");
  assertRun(empty, { code: 0, codes: [] });
  assert.equal(actions(empty)[0], "create checkout-availability");
  assert.match(empty.err, /6 objects: 6 to create .*dry run: nothing was changed/);
  assert.deepEqual([writes(), datadog.slos.size], [[], 0]);

  await push();
  build(built(changed("checkout-availability", { ...SLO("availability", 99.5), tags: [...tagsOf("availability"), "team:new"] })));
  const planned = await push("--dry-run");
  assert.deepEqual(writes(), []);
  assert.match(
    planned.out,
    /^update +SLO +checkout-availability .*\n +thresholds\[30d\]\.target: 99\.9 -> 99\.5\n +target_threshold: 99\.9 -> 99\.5\n +tags: \+ "team:new"\n/m,
  );
});

test("of a long text only the lines that differ are shown, as a person reads them and no terminal obeys them", async (t) => {
  const { push, datadog, build } = await stage(t);
  const story = (limit: string, more = ""): string =>
    `It burns at {{value}}.\n\nThe limit is "${limit}".\n${more}\n@pagerduty-checkout${" ".repeat(60)}.`;
  const id = "checkout-availability.page-1h";
  build(built(changed(id, { message: story("14.4") })));
  await push();
  build(built(changed(id, { message: story("6", "Since May.\n") })));
  const planned = await push("--dry-run");
  assert.match(planned.out, /\n {10}message:\n {12}- The limit is "14\.4"\.\n {12}\+ The limit is "6"\.\n {12}\+ Since May\.\n$/);
  datadog.edit("monitor", idOf(datadog.monitors, id), (each) => ({ ...each, message: `\u001b[2J${"x".repeat(100)}` }));
  assert.match((await push("--dry-run")).out, /- \u241b\[2Jxxx/);
});

const tagsOf = (name: string): readonly string[] => (SLO(name) as { tags: string[] }).tags;

test("a changed target is one request", async (t) => {
  const { push, datadog, writes, build } = await stage(t);
  await push();
  build(built(changed("checkout-availability", SLO("availability", 99.5))));
  assertRun(await push(), { code: 0, codes: [] });
  const id = idOf(datadog.slos, "checkout-availability");
  assert.deepEqual(writes(), [`PUT /api/v1/slo/${id}`]);
  assert.equal(datadog.slos.get(id)?.["target_threshold"], 99.5);
  await push();
  assert.deepEqual(writes(), []);
});

test("an object that was edited or deleted at Datadog is brought back", async (t) => {
  const { push, datadog, writes } = await stage(t);
  await push();
  const monitor = idOf(datadog.monitors, "checkout-availability.page-1h");
  datadog.edit("monitor", monitor, (each) => ({
    ...each,
    message: "hush",
    options: { ...(each["options"] as object), renotify_interval: 30 },
  }));
  datadog.remove("monitor", idOf(datadog.monitors, "checkout-availability.page-6h"));
  assertRun(await push(), { code: 0, codes: [] });
  assert.deepEqual(writes(), [`PUT /api/v1/monitor/${monitor}`, "POST /api/v1/monitor"]);
  await push();
  assert.deepEqual(writes(), []);
});

test("a field that the build no longer writes goes away, though an update keeps what it does not name", async (t) => {
  const { push, datadog, writes, build } = await stage(t);
  await push();
  build(built(changed("checkout-availability.page-1h", { priority: undefined })));
  assertRun(await push(), { code: 0, codes: [] });
  assert.equal(datadog.monitors.get(idOf(datadog.monitors, "checkout-availability.page-1h"))?.["priority"], null);
  await push();
  assert.deepEqual(writes(), []);
});

test("an SLO that was deleted at Datadog is made anew, and its monitors learn its new id", async (t) => {
  const { push, datadog } = await stage(t);
  await push();
  datadog.remove("slo", idOf(datadog.slos, "checkout-latency"));
  const planned = await push("--dry-run");
  assert.match(planned.out, /query:\n +- burn_rate\([^\n]*\n +\+ burn_rate\("__SLO_ID__checkout-latency__/);
  assertRun(await push(), { code: 0, codes: [] });
  const slo = idOf(datadog.slos, "checkout-latency");
  assert.match(String(datadog.monitors.get(idOf(datadog.monitors, "checkout-latency.page-1h"))?.["query"]), new RegExp(slo));
});

test("pages of a large organisation are all read, and the rest of it is left alone", async (t) => {
  const others = Array.from({ length: 2345 }, (_, index) => ({ ...SLO(`x-${index}`), tags: ["team:other"] }));
  const { push, datadog, writes } = await stage(t, { slos: others });
  await push();
  assert.equal(datadog.slos.size, 2347);
  assert.deepEqual(
    datadog.requests.filter((each) => each.startsWith("GET /api/v1/slo")),
    [
      "GET /api/v1/slo?limit=1000&offset=0",
      "GET /api/v1/slo?limit=1000&offset=1000",
      "GET /api/v1/slo?limit=1000&offset=2000",
      "GET /api/v1/slo?limit=1000&offset=2345",
    ],
  );
  await push();
  assert.deepEqual(writes(), []);
});

test("what is wrong with the files is told in one go, and nothing is sent", async (t) => {
  const placeholder = BURN("availability", "1h", "5m", 14.4) as { query: string };
  const rows: readonly (readonly [files: Readonly<Record<string, string>>, code: number, codes: readonly string[]])[] = [
    [{}, 2, ["push/no-manifest"]],
    [built(CHECKOUT, { version: 7 }), 1, ["push/bad-manifest"]],
    [built(CHECKOUT, { site: "datadog.com" }), 1, ["push/unknown-site"]],
    [{ ...built(), "generated/datadog/checkout/latency.slo.json": "{" }, 1, ["push/bad-object"]],
    [built(changed("checkout-latency", { thresholds: [] })), 1, ["push/bad-object"]],
    [built(changed("checkout-latency", { tags: ["slogen_id:other", "slogen_owner:payments"] })), 1, ["push/untagged"]],
    [built(changed("checkout-latency", { tags: ["slogen_id:checkout-latency"] })), 1, ["push/untagged"]],
    [built(CHECKOUT.slice(0, 1), { owner: undefined }), 1, ["push/untagged"]],
    [built(changed("checkout-latency.page-1h", { ...placeholder, tags: tagsOfMonitor("latency") })), 1, ["push/unknown-placeholder"]],
    [
      built(
        changed("checkout-latency", { tags: [] }).map((each) => (each.id === "checkout-availability" ? { ...each, payload: {} } : each)),
      ),
      1,
      ["push/bad-object", "push/untagged"],
    ],
  ];
  for (const [files, code, codes] of rows) {
    const { push, datadog } = await stage(t, {}, files);
    const run = await push();
    assertRun(run, { code: code as 1, codes });
    assert.deepEqual(datadog.requests, []);
    assert.match(run.err, /nothing was changed at Datadog/);
  }
  const { push, datadog, remove } = await stage(t);
  remove("generated/datadog/checkout/latency.slo.json");
  assertRun(await push(), { code: 2, codes: ["cli/no-such-file"] });
  assert.deepEqual(datadog.requests, []);
});

const tagsOfMonitor = (name: string): readonly string[] => (BURN(name, "1h", "5m", 14.4) as { tags: string[] }).tags;

test("without sound keys nothing is sent, not even by a dry run, and no key is shown", async (t) => {
  const { push, datadog } = await stage(t);
  const rows: readonly (readonly [env: Readonly<Record<string, string>>, codes: readonly string[]])[] = [
    [{ DD_API_KEY: "", DD_APP_KEY: "" }, ["push/no-keys"]],
    [{ DD_APP_KEY: "" }, ["push/no-keys"]],
    [{ DD_API_KEY: `${API_KEY}\n` }, ["push/bad-key"]],
    [{ DD_API_KEY: "a b", DD_APP_KEY: "é" }, ["push/bad-key", "push/bad-key"]],
  ];
  for (const [env, codes] of rows) {
    const run = await push("--dry-run", { env });
    assertRun(run, { code: 2, codes });
  }
  assert.deepEqual(datadog.requests, []);
  const run = await push("", { env: { DD_API_KEY: "", DD_APP_KEY: "" } });
  assert.match(run.err, /DD_API_KEY.*DD_APP_KEY[\s\S]*slos_read.*slos_write.*monitors_read.*monitors_write/);
});

test("keys go to an encrypted address or to this machine only", async (t) => {
  const { push, datadog } = await stage(t);
  for (const url of [
    "http://datadog.example",
    "ftp://127.0.0.1",
    "datadog",
    `http://user:${API_KEY}@127.0.0.1`,
    "https://a.example/?x=1",
  ]) {
    const run = await push("", { env: { DD_API_URL: url } });
    assertRun(run, { code: 2, codes: ["push/bad-url"] });
  }
  assert.deepEqual(datadog.requests, []);
  const asked: string[] = [];
  const refusing: Io["fetch"] = (url) => {
    asked.push(url);
    return Promise.reject(new Error("no"));
  };
  await push("", { env: { DD_API_URL: "" }, fetch: refusing });
  assert.match(asked[0] ?? "", /^https:\/\/api\.datadoghq\.eu\/api\/v1\/slo\?/);
  asked.length = 0;
  await push("", { env: { DD_API_URL: "https://proxy.example/datadog/" }, fetch: refusing });
  assert.match(asked[0] ?? "", /^https:\/\/proxy\.example\/datadog\/api\/v1\/slo\?/);
});

test("a refused key is told from a missing permission, with the host that refused it", async (t) => {
  const rows: readonly (readonly [env: Readonly<Record<string, string>>, permissions: readonly string[], said: RegExp])[] = [
    [
      { DD_API_KEY: "0".repeat(32) },
      [],
      /127\.0\.0\.1:\d+` does not know the API key in `DD_API_KEY` \(403: Forbidden\)[\s\S]*one site only/,
    ],
    [
      { DD_APP_KEY: "0".repeat(40) },
      [],
      /knows `DD_API_KEY`, but not the application key in `DD_APP_KEY`, or that lacks the permission `slos_read`/,
    ],
    [{}, ["slos_read"], /lacks the permission `monitors_read`/],
    [{}, ["slos_read", "monitors_read"], /lacks the permission `slos_write`/],
  ];
  for (const [env, permissions, said] of rows) {
    const { push, datadog } = await stage(t, { permissions });
    const run = await push("", { env });
    assertRun(run, { code: 2, codes: ["push/unauthorised"] });
    assert.match(run.err, said);
    assert.equal(datadog.slos.size, 0);
  }
});

test("two objects with one id stop everything before it begins, and both are named", async (t) => {
  const { push, datadog, writes } = await stage(t);
  await push();
  const id = idOf(datadog.slos, "checkout-latency");
  const clone = datadog.put("slo", { ...SLO("latency"), name: "a clone" });
  datadog.remove("monitor", idOf(datadog.monitors, "checkout-availability.page-6h"));
  const run = await push();
  assertRun(run, { code: 1, codes: ["push/ambiguous"] });
  assert.match(run.err, new RegExp(`slo\\?slo_id=${id} and https://app.datadoghq.eu/slo\\?slo_id=${clone}`));
  assert.deepEqual(writes(), []);
});

test("an object that is two at once, or somebody else's, is left alone", async (t) => {
  const { push, datadog, writes, build } = await stage(t);
  await push();
  const id = idOf(datadog.slos, "checkout-latency");
  datadog.edit("slo", id, (each) => ({ ...each, tags: [...(each["tags"] as string[]), "slogen_id:checkout-availability"] }));
  datadog.remove("slo", [...datadog.slos.keys()].find((each) => each !== id) ?? "");
  assertRun(await push(), { code: 1, codes: ["push/several-ids"] });
  datadog.edit("slo", id, (each) => ({ ...each, tags: ["slogen_id:checkout-latency", "slogen_owner:search"] }));
  assertRun(await push(), { code: 1, codes: ["push/other-owner"] });
  assert.deepEqual(writes(), []);
  const anonymous = CHECKOUT.map((each) => ({ ...each, payload: withoutOwner(each.payload) }));
  build(built(anonymous, { owner: undefined }));
  const run = await push();
  assert.equal(run.code, 1);
  assert.match(run.err, /this project's owner is not set/);
  assert.deepEqual(writes(), []);
});

const withoutOwner = (payload: object): object => ({
  ...payload,
  tags: (payload as { tags: string[] }).tags.filter((tag) => !tag.startsWith("slogen_owner")),
});

test("what the build no longer makes is left without `--prune`, and deleted with it, monitors first", async (t) => {
  const stranger = { ...METRIC("availability"), name: "another project's", tags: ["slogen_id:search-x.page-1h", "slogen_owner:search"] };
  const { push, datadog, writes, build } = await stage(t, { monitors: [stranger] });
  await push();
  const [slo, monitor] = [idOf(datadog.slos, "checkout-latency"), idOf(datadog.monitors, "checkout-latency.page-1h")];
  build(built(without("checkout-latency", "checkout-latency.page-1h")));
  const left = await push();
  assertRun(left, { code: 0, codes: [] });
  assert.deepEqual(actions(left).slice(-2), ["left checkout-latency.page-1h", "left checkout-latency"]);
  assert.match(left.out, /checkout-latency {2}no longer built; `--prune` deletes it {2}https:/);
  assert.deepEqual(writes(), []);

  const planned = await push("--prune --dry-run");
  assert.deepEqual([actions(planned).slice(-2), writes()], [["delete checkout-latency.page-1h", "delete checkout-latency"], []]);
  const pruned = await push("--prune");
  assertRun(pruned, { code: 0, codes: [] });
  assert.deepEqual(writes(), [`DELETE /api/v1/monitor/${monitor}`, `DELETE /api/v1/slo/${slo}`]);
  assert.deepEqual([datadog.slos.size, datadog.monitors.size], [1, 4]);
  await push("--prune");
  assert.deepEqual(writes(), []);
});

test("`--prune` needs an owner, and no two projects of a push may share one", async (t) => {
  const anonymous = CHECKOUT.map((each) => ({ ...each, payload: withoutOwner(each.payload) }));
  const { push, datadog } = await stage(t, {}, built(anonymous, { owner: undefined }));
  assertRun(await push("--prune"), { code: 2, codes: ["push/no-owner"] });
  assert.deepEqual(datadog.requests, []);
  assertRun(await push(), { code: 0, codes: [] });

  const two = await stage(
    t,
    {},
    {
      "slogen.yaml": "projects: [a, b]\n",
      "a/slogen.yaml": "",
      "b/slogen.yaml": "",
      ...built(CHECKOUT, {}, "a/generated"),
      ...built(without("checkout-latency", "checkout-latency.page-1h"), {}, "b/generated"),
    },
  );
  const run = await two.push();
  assert.equal(run.code, 2);
  assert.match(run.err, /push\/shared-owner/);
  assert.equal(run.err.match(/push\/same-id/g)?.length, 1, "an SLO stands for its monitors");
  assert.deepEqual(two.datadog.requests, []);
});

test("an SLO that a monitor of somebody else watches is not deleted", async (t) => {
  const { push, datadog, writes, build } = await stage(t);
  await push();
  const slo = idOf(datadog.slos, "checkout-latency");
  const theirs = datadog.put("monitor", { ...BURN("latency", "1h", "5m", 3), query: `error_budget("${slo}").over("30d") > 75`, tags: [] });
  build(built(without("checkout-latency", "checkout-latency.page-1h")));
  const run = await push("--prune");
  assertRun(run, { code: 1, codes: ["push/watched"] });
  assert.match(run.err, new RegExp(`https://app.datadoghq.eu/monitors/${theirs}`));
  assert.deepEqual(writes(), []);
});

const SLICES = {
  type: "time_slice",
  sli_specification: {
    time_slice: {
      comparator: "<",
      threshold: 0.5,
      query_interval_seconds: 60,
      query: {
        formulas: [{ formula: "query1" }],
        queries: [{ data_source: "metrics", name: "query1", query: "avg:latency{service:checkout}" }],
      },
    },
  },
};

test("an SLO of another type is made anew only by `--recreate`, with the monitors that watch it", async (t) => {
  const { push, datadog, writes, build } = await stage(t);
  await push();
  const [slo, monitor] = [idOf(datadog.slos, "checkout-latency"), idOf(datadog.monitors, "checkout-latency.page-1h")];
  build(built(changed("checkout-latency", SLICES)));
  const refused = await push();
  assertRun(refused, { code: 1, codes: ["push/type-changed"] });
  assert.match(refused.err, /of type `metric` and should become `time_slice`[\s\S]*--recreate/);
  assert.deepEqual(writes(), []);

  const planned = await push("--recreate --dry-run");
  assert.deepEqual(
    [actions(planned).filter((each) => each.startsWith("recreate")), writes()],
    [["recreate checkout-latency", "recreate checkout-latency.page-1h"], []],
  );
  assert.match(planned.out, /^recreate +monitor checkout-latency\.page-1h {2}since its SLO is {2}https:/m);
  assertRun(await push("--recreate"), { code: 0, codes: [] });
  assert.deepEqual(writes(), [
    `DELETE /api/v1/monitor/${monitor}`,
    `DELETE /api/v1/slo/${slo}`,
    "POST /api/v1/slo",
    "POST /api/v1/monitor",
  ]);
  const anew = idOf(datadog.slos, "checkout-latency");
  assert.match(String(datadog.monitors.get(idOf(datadog.monitors, "checkout-latency.page-1h"))?.["query"]), new RegExp(anew));
  await push();
  assert.deepEqual(writes(), []);
});

test("an SLO that Datadog does not let go of keeps its monitors", async (t) => {
  const { push, datadog, build } = await stage(t);
  await push();
  const slo = idOf(datadog.slos, "checkout-latency");
  datadog.edit("slo", slo, (each) => ({ ...each, dashboard: true }));
  build(built(changed("checkout-latency", SLICES)));
  const run = await push("--recreate");
  assertRun(run, { code: 1, codes: ["push/in-use"] });
  assert.deepEqual(actions(run), ["failed checkout-latency", "recreated checkout-latency.page-1h"]);
  const monitor = datadog.monitors.get(idOf(datadog.monitors, "checkout-latency.page-1h"));
  assert.match(String(monitor?.["query"]), new RegExp(slo));
  datadog.edit("slo", slo, (each) => ({ ...each, dashboard: false }));
  assertRun(await push("--recreate"), { code: 0, codes: [] });
  assert.notEqual(idOf(datadog.slos, "checkout-latency"), slo);
});

test("a monitor of another type is made anew by `--recreate` too", async (t) => {
  const { push, writes, build } = await stage(t);
  await push();
  const metric = { ...METRIC("latency"), name: "m", tags: tagsOfMonitor("latency") };
  build(built(CHECKOUT.map((each) => (each.id === "checkout-latency.page-1h" ? { ...each, needs: [], payload: metric } : each))));
  assertRun(await push(), { code: 1, codes: ["push/type-changed"] });
  assertRun(await push("--recreate"), { code: 0, codes: [] });
  assert.deepEqual(
    writes().map((each) => each.replace(/\d+$/, "n")),
    ["DELETE /api/v1/monitor/n", "POST /api/v1/monitor"],
  );
});

test("a monitor like ours that is not ours is shown, not taken over", async (t) => {
  const { push, datadog, writes } = await stage(t);
  const theirs = datadog.put("monitor", { ...METRIC("availability"), tags: ["team:other"] });
  const run = await push();
  assertRun(run, { code: 1, codes: ["push/duplicate-monitor"] });
  assert.match(run.err, new RegExp(`https://app.datadoghq.eu/monitors/${theirs}[\\s\\S]*slogen_id:checkout-availability.ticket-72h`));
  assert.match(run.err, /6 objects: 5 created, 1 failed in/);
  datadog.edit("monitor", theirs, (each) => ({ ...each, tags: ["slogen_id:checkout-availability.ticket-72h"] }));
  assertRun(await push(), { code: 0, codes: [] });
  assert.deepEqual(writes(), [`PUT /api/v1/monitor/${theirs}`]);
});

test("what Datadog refuses stops what needs it and nothing else, and is told in Datadog's words with the file", async (t) => {
  const tight = { ...SLO("latency", 90), thresholds: [{ timeframe: "30d", target: 90, warning: 99.95 }] };
  const { push, datadog, build } = await stage(t, {}, built(changed("checkout-latency", tight)));
  const run = await push();
  assertRun(run, { code: 1, codes: ["push/refused"] });
  assert.match(
    run.err,
    /create `generated\/datadog\/checkout\/latency\.page-1h\.monitor\.json` \(400\): Alert threshold \(14\.4\) must be in range 0 to/,
  );
  assert.deepEqual([datadog.slos.size, datadog.monitors.size], [2, 3]);
  build(built());
  assertRun(await push(), { code: 0, codes: [] });
  assert.deepEqual([datadog.slos.size, datadog.monitors.size], [2, 4]);
});

test("an SLO that fails takes its monitors with it, and nothing is pruned after a failure", async (t) => {
  const { push, build, writes } = await stage(t);
  await push();
  const renamed = CHECKOUT.filter(({ id }) => !id.startsWith("checkout-latency"));
  const next = {
    ...SLO("speed"),
    tags: ["slogen_id:checkout-speed", "slogen_owner:payments"],
    warning_threshold: 99.95,
    target_threshold: 99.9,
  };
  const bad = { ...next, thresholds: [{ timeframe: "30d", target: 99.9, warning: 99 }] };
  const burn = { ...BURN("speed", "1h", "5m", 3), tags: ["slogen_id:checkout-speed.page-1h", "slogen_owner:payments"] };
  build(
    built([
      { id: "checkout-speed", kind: "slo", file: "checkout/speed.slo.json", needs: [], payload: bad },
      ...renamed,
      {
        id: "checkout-speed.page-1h",
        kind: "monitor",
        file: "checkout/speed.page-1h.monitor.json",
        needs: ["checkout-speed"],
        payload: burn,
      },
    ]),
  );
  const run = await push("--prune");
  assertRun(run, { code: 1, codes: ["push/refused"] });
  assert.deepEqual(
    actions(run).filter((each) => !each.startsWith("unchanged")),
    ["failed checkout-speed", "skipped checkout-speed.page-1h", "skipped checkout-latency.page-1h", "skipped checkout-latency"],
  );
  assert.deepEqual(writes(), ["POST /api/v1/slo"]);
});

test("a rate limit is waited for as long as Datadog says, up to a minute and five times", async (t) => {
  const limit = { status: 429, when: "before" } as const;
  const rows: readonly (readonly [headers: Readonly<Record<string, string>>, times: number, pauses: readonly number[], code: 0 | 2])[] = [
    [{ "X-RateLimit-Reset": "7" }, 2, [7000, 7000], 0],
    [{ "X-RateLimit-Reset": "3600" }, 1, [60_000], 0],
    [{ "X-RateLimit-Reset": "0" }, 1, [1000], 0],
    [{}, 3, [1000, 2000, 4000], 0],
    [{ "X-RateLimit-Reset": "2" }, 6, [2000, 2000, 2000, 2000, 2000], 2],
  ];
  for (const [headers, times, pauses, code] of rows) {
    const run = await stage(t, { faults: [{ ...limit, method: "POST", headers, times }] });
    assertRun(await run.push(), { code, codes: code === 0 ? [] : ["push/rate-limited"] });
    assert.deepEqual(run.pauses, pauses);
    if (code === 0) assert.deepEqual([run.datadog.slos.size, run.datadog.monitors.size], [2, 4]);
    else assert.deepEqual(run.datadog.slos.size, 0);
  }
});

test("reading and updating is tried again after a server error or a cut connection", async (t) => {
  const { push, datadog, pauses, build } = await stage(t, { faults: [{ method: "GET", status: 503, times: 3 }] });
  assertRun(await push(), { code: 0, codes: [] });
  assert.deepEqual(pauses, [1000, 2000, 4000]);
  build(built(changed("checkout-availability", SLO("availability", 99.5))));
  datadog.fault({ method: "PUT", cut: true, times: 1 });
  datadog.fault({ method: "PUT", status: 502, when: "after", times: 1 });
  assertRun(await push(), { code: 0, codes: [] });
  assert.equal(datadog.slos.get(idOf(datadog.slos, "checkout-availability"))?.["target_threshold"], 99.5);
});

test("a creation whose answer was lost is looked for before it is sent again: there is never a second object", async (t) => {
  for (const kind of ["slo", "monitor"] as const) {
    for (const when of ["before", "after"] as const) {
      for (const how of [{ status: 504 }, { cut: true as const }]) {
        const path = `/${kind}$`;
        const run = await stage(t, { faults: [{ method: "POST", path, times: 2, when, ...how }] });
        assertRun(await run.push(), { code: 0, codes: [] });
        assert.deepEqual([run.datadog.slos.size, run.datadog.monitors.size], [2, 4], `${kind} ${when}`);
        const posts = run.writes().filter((each) => each.endsWith(`/${kind}`)).length;
        assert.equal(posts, (kind === "slo" ? 2 : 4) + (when === "before" ? 2 : 0));
        await run.push();
        assert.deepEqual(run.writes(), []);
      }
    }
  }
});

test("where the list of monitors lags behind, Datadog's complaint of a duplicate shows that the first request had arrived", async (t) => {
  const { push, datadog, writes } = await stage(t, {}, built(without("checkout-latency", "checkout-latency.page-1h")));
  let isLost = false;
  const lagging: Io["fetch"] = async (url, init) => {
    const response = await fetch(url, init);
    const path = url;
    if (isLost && path.includes("/monitor?")) return Response.json([]);
    if (isLost || init.method !== "POST" || !path.endsWith("/monitor")) return response;
    isLost = true;
    throw new TypeError("fetch failed");
  };
  assertRun(await push("", { fetch: lagging }), { code: 0, codes: [] });
  assert.equal(writes().filter((each) => each === "POST /api/v1/monitor").length, 4);
  assert.equal(datadog.monitors.size, 3);
});

test("a creation that arrives late, beside its repetition, is noticed at once", async (t) => {
  const { push, datadog } = await stage(t);
  let posts = 0;
  const late: Io["fetch"] = async (url, init) => {
    if (init.method !== "POST" || ++posts > 2) return await fetch(url, init);
    if (posts === 1) throw new TypeError("fetch failed");
    await fetch(url, init);
    return await fetch(url, init);
  };
  const run = await push("", { fetch: late });
  assertRun(run, { code: 1, codes: ["push/ambiguous"] });
  assert.equal(datadog.slos.size, 3);
});

test("one object that Datadog cannot digest does not hold up the others; a Datadog that is down does", async (t) => {
  const broken = await stage(t, { faults: [{ method: "POST", path: "/slo$", status: 502, times: 4 }] });
  const one = await broken.push();
  assertRun(one, { code: 2, codes: ["push/server-error"] });
  assert.match(one.err, /fails to create `generated\/datadog\/checkout\/availability\.slo\.json` \(502\): Something went wrong/);
  assert.deepEqual(
    actions(one).map((each) => each.split(" ")[0]),
    ["failed", "created", "skipped", "skipped", "created", "created"],
  );
  const down = await stage(t, { faults: [{ method: "POST", status: 502, times: 1000 }] });
  const all = await down.push();
  assert.equal(all.code, 2);
  assert.deepEqual(
    actions(all).map((each) => each.split(" ")[0]),
    ["failed", "failed", "skipped", "skipped", "skipped", "skipped"],
  );
});

test("a push that dies half way is finished by the next one", async (t) => {
  for (let alive = 2; alive <= 8; alive++) {
    const { push, datadog, writes } = await stage(t);
    let left = alive;
    const dying: Io["fetch"] = async (url, init) => {
      if (left-- === 0) throw new Error("killed");
      return await fetch(url, init);
    };
    await push("", { fetch: dying, sleep: () => Promise.reject(new Error("killed")) });
    assertRun(await push(), { code: 0, codes: [] });
    assert.deepEqual([datadog.slos.size, datadog.monitors.size], [2, 4], `after ${alive} requests`);
    await push();
    assert.deepEqual(writes(), []);
  }
});

test("no answer, a redirect and a page that is no answer of Datadog's stop the push, and say so", async (t) => {
  const rows: readonly (readonly [fault: object, code: string, said: RegExp])[] = [
    [{ cut: true, times: 99 }, "push/unreachable", /127\.0\.0\.1:\d+` does not answer: the connection was cut/],
    [{ status: 302, headers: { Location: "https://elsewhere.example" }, times: 1 }, "push/not-datadog", /a redirect \(302\)/],
    [{ status: 200, body: "<html>Sign in</html>", times: 1 }, "push/not-datadog", /`GET \/api\/v1\/slo\?limit=1000&offset=0`.*no JSON/],
    [{ status: 404, body: "no such page", times: 1 }, "push/not-datadog", /`GET \/api\/v1\/slo\?limit=1000&offset=0`.*: 404, no such page/],
    [{ status: 200, body: '{"data":{}}', times: 1 }, "push/not-datadog", /no list of SLOs/],
    [{ path: "/monitor", status: 200, body: '[{"name":"x"}]', times: 1 }, "push/not-datadog", /has no id/],
  ];
  for (const [fault, code, said] of rows) {
    const { push, writes } = await stage(t, { faults: [fault as { times: number }] });
    const run = await push();
    assertRun(run, { code: 2, codes: [code] });
    assert.match(run.err, said);
    assert.deepEqual(writes(), []);
  }
});

test("a request that gets no answer is given up", async (t) => {
  const { push } = await stage(t);
  let signal: unknown;
  const hanging: Io["fetch"] = (_url, init) => {
    signal = init.signal;
    return Promise.reject(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
  };
  const run = await push("", { fetch: hanging });
  assert.match(run.err, /no answer within 30 seconds/);
  assert.ok(signal instanceof AbortSignal);
});

test("what Datadog echoes of a key is not shown", async (t) => {
  const { push } = await stage(t, {
    faults: [{ method: "POST", status: 400, body: `{"errors":["bad key ${API_KEY} / ${APP_KEY}"]}`, times: 9 }],
  });
  const run = await push();
  assert.match(run.err, /bad key <key> \/ <key>/);
  const json = await push("--report json");
  assert.match(json.out, /bad key <key> \/ <key>/);
});

test("what Datadog stores otherwise than it was sent is a warning", async (t) => {
  const { push, datadog } = await stage(t);
  const truncated: Io["fetch"] = async (url, init) => {
    const response = await fetch(url, init);
    if (init.method !== "POST" || !url.endsWith("/slo")) return response;
    return new Response((await response.text()).replaceAll("99.9,", "99.8,"), { status: 200 });
  };
  const run = await push("", { fetch: truncated });
  assertRun(run, { code: 0, codes: ["push/stored-otherwise", "push/stored-otherwise"] });
  assert.match(run.err, /thresholds\[30d\]\.target is 99\.8 instead of 99\.9/);
  assert.equal(datadog.slos.size, 2);
});

test("an SLO that a dashboard shows is not forced away", async (t) => {
  const { push, datadog, build } = await stage(t);
  await push();
  const slo = idOf(datadog.slos, "checkout-latency");
  datadog.edit("slo", slo, (each) => ({ ...each, dashboard: true }));
  build(built(without("checkout-latency", "checkout-latency.page-1h")));
  const run = await push("--prune");
  assertRun(run, { code: 1, codes: ["push/in-use"] });
  assert.match(run.err, new RegExp(`the SLO \`checkout-latency\`, which is still in use: ${slo} is referenced in dashboards`));
  assert.ok(datadog.slos.has(slo));
});

test("a machine gets one JSON document of a stable shape", async (t) => {
  const { push, build } = await stage(t);
  await push();
  build(built(changed("checkout-availability", SLO("availability", 99.5))));
  const run = await push("--report json");
  const { objects, dryRun, summary } = JSON.parse(run.out) as { objects: Record<string, unknown>[]; dryRun: boolean; summary: object };
  assert.deepEqual([dryRun, summary, run.err], [false, { errors: 0, warnings: 0, notices: 0, ignored: 0 }, ""]);
  const { datadogId, url, ...rest } = objects[0] ?? {};
  assert.equal(url, `https://app.datadoghq.eu/slo?slo_id=${String(datadogId)}`);
  assert.deepEqual(rest, {
    id: "checkout-availability",
    kind: "slo",
    site: "datadoghq.eu",
    file: "checkout/availability.slo.json",
    action: "update",
    state: "done",
    changes: [
      { field: "thresholds[30d].target", from: 99.9, to: 99.5 },
      { field: "target_threshold", from: 99.9, to: 99.5 },
    ],
  });
});

test("the folder may be named instead of a configuration, and an interrupted build is not pushed", async (t) => {
  const { push, remove, write, datadog } = await stage(t);
  remove("slogen.yaml");
  assertRun(await push(), { code: 2, codes: ["cli/no-config"] });
  assertRun(await push("-o generated"), { code: 0, codes: [] });
  write("generated/.slogen-staging/journal.json", "{}");
  assertRun(await push("-o generated"), { code: 1, codes: ["cli/unfinished-swap"] });
  assert.deepEqual(datadog.requests, []);
  for (const flags of ["-o -", "-o generated --config slogen.yaml", "--bogus"]) assert.equal((await push(flags)).code, 2);
});
