import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { realCommand, SPEC } from "./real-command.ts";
import { folder } from "./support.ts";

/** Enough services that a swap takes a while. */
const SERVICES = Array.from({ length: 30 }, (_, index) => `s${index}`);

const project = (objective: string): Readonly<Record<string, string>> =>
  Object.fromEntries(SERVICES.map((name) => [`slo/${name}.yaml`, SPEC.replaceAll("shop", name).replace("99.9", objective)]));

/** Makes each step of a swap slow, so that a signal meets it half way. */
const SLOW_RENAMES = `import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
const { renameSync } = fs;
fs.renameSync = (from, to) => {
  renameSync(from, to);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
};
syncBuiltinESMExports();
`;

for (const [signal, status] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  test(`${signal} in the middle of a swap leaves whole files, and the next build finishes it`, async (t) => {
    const made = folder(t, { "slogen.yaml": "prometheus: { retention: 400d }", ...project("99.9"), "slow.mjs": SLOW_RENAMES });
    await realCommand(made.path, ["build"]);
    const old = made.files("generated");
    for (const [path, text] of Object.entries(project("99.5"))) made.write(path, text);

    const journal = join(made.path, "generated/.slogen-staging/journal.json");
    const ended = await realCommand(made.path, ["build"], {
      preload: join(made.path, "slow.mjs"),
      onStart: (child) => {
        void (async () => {
          while (child.exitCode === null && !existsSync(journal)) await wait(2);
          child.kill(signal);
        })();
      },
    });
    // A shell tells of a process that a signal ended with 128 and the signal's number.
    assert.deepEqual({ code: ended.code, signal: ended.signal }, { code: null, signal }, `a shell says ${status}`);
    assert.ok(existsSync(journal), "it was in the middle");

    const between = made.files("generated");
    const repair = await realCommand(made.path, ["build"]);
    assert.equal(repair.code, 0);
    assert.match(repair.err, /notice\[cli\/swap-finished\]/);
    const wanted = made.files("generated");
    assert.notDeepEqual(wanted, old);
    for (const path of Object.keys(wanted)) assert.ok([old[path], wanted[path]].includes(between[path]), `${path} is old or new`);
    assert.equal((await realCommand(made.path, ["build", "--check"])).code, 0);
  });
}

test("a real watch sees a save, a new file, a removal and a broken spec, and Ctrl-C ends it with 0", async (t) => {
  const made = folder(t, { "slogen.yaml": "prometheus: { retention: 400d }", "slo/a.yaml": SPEC });
  const steps: readonly (readonly [seen: RegExp, act: () => void])[] = [
    [
      /2 new\) in \d+ ms\nwatching for changes; Ctrl-C ends\n$/,
      () => {
        made.write("slo/a.yaml", SPEC.replace("99.9", "99.5"));
      },
    ],
    [
      /1 SLO, 2 files \(1 changed, 1 unchanged\) in \d+ ms\n$/,
      () => {
        made.write("slo/team/b.yaml", SPEC.replaceAll("shop", "cart"));
      },
    ],
    [
      /2 SLOs, 3 files \(1 new, 2 unchanged\) in \d+ ms\n$/,
      () => {
        made.remove("slo/a.yaml");
      },
    ],
    [
      /1 SLO, 2 files \(1 removed, 2 unchanged\) in \d+ ms\n$/,
      () => {
        made.write("slo/team/b.yaml", SPEC.replace("99.9", "101"));
      },
    ],
    [
      /error: nothing was written\n$|errors: nothing was written\n$/,
      () => {
        made.write("slo/team/b.yaml", SPEC.replaceAll("shop", "cart"));
      },
    ],
    [/fixed\n1 SLO, 2 files \(2 unchanged\) in \d+ ms\n$/, () => undefined],
  ];
  let next = 0;
  const { code, signal, err } = await realCommand(made.path, ["build", "--watch"], {
    onErr: (text, child) => {
      const step = steps[next];
      if (step?.[0].test(text) !== true) return;
      next++;
      step[1]();
      if (next === steps.length) child.kill("SIGINT");
    },
    onStart: (child) => {
      t.after(() => child.kill());
      setTimeout(() => child.kill("SIGTERM"), 60_000).unref();
    },
  });
  assert.deepEqual({ code, signal, next }, { code: 0, signal: null, next: steps.length }, err);
});
