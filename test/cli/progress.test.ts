import assert from "node:assert/strict";
import { test } from "node:test";
import type { Io } from "../../src/cli/io.ts";
import { progressOf } from "../../src/cli/progress.ts";
import { folder } from "./support.ts";

/** A build whose files take 300 ms each to lay out. */
async function shown(env: Io["env"], request: Partial<Parameters<typeof progressOf>[0]> = {}, isTerminal = true): Promise<string> {
  let text = "";
  let time = 0;
  const stderr = { write: (more: string) => (text += more), isTerminal };
  const progress = progressOf({ report: "pretty", quiet: false, ...request }, { env, stderr, now: () => time } as unknown as Io);
  const made = await progress.each("formatting", [1, 2, 3, 4, 5], async (item) => {
    await Promise.resolve();
    time += 300;
    return item * 2;
  });
  assert.deepEqual(made, [2, 4, 6, 8, 10]);
  progress.clear();
  return text;
}

test("after a second, a terminal is told how far a build has come, in a line that goes again", async () => {
  assert.equal(await shown({}), "\r\x1b[Kformatting 4 of 5\r\x1b[Kformatting 5 of 5\r\x1b[K");
});

test("nobody else is: no pipe, no CI, no machine report, no quiet run, no dumb terminal", async () => {
  assert.equal(await shown({}, {}, false), "");
  assert.equal(await shown({ CI: "true" }), "");
  assert.equal(await shown({ TERM: "dumb" }), "");
  assert.equal(await shown({}, { report: "json" }), "");
  assert.equal(await shown({}, { quiet: true }), "");
});

test("many projects are told one by one, and by name with `--verbose`", async (t) => {
  const { slogen } = folder(t, {
    "slogen.yaml": "projects: ['services/*']",
    "services/cart/slogen.yaml": "",
    "services/cart/slo/a.yaml": "a",
    "services/shop/slogen.yaml": "",
    "services/shop/slo/b.yaml": "b",
    "services/shop/slo/c.yaml": "c",
  });
  let clock = 0;
  const slow = { isTerminal: true, now: () => (clock += 600) };
  const { err } = await slogen("build --verbose --color never", slow);
  assert.match(err, /\r\x1b\[Kbuilding project 2 of 2\r/);
  assert.match(
    err,
    /services\/cart: 1 SLO, 1 file \(1 new\)\ncreate {4}prometheus\/a\.yaml\nservices\/shop: 2 SLOs, 2 files \(2 new\)\ncreate {4}prometheus\/b\.yaml\ncreate {4}prometheus\/c\.yaml\n3 SLOs, 3 files \(3 new\) in \d+ ms\n$/,
  );
});
