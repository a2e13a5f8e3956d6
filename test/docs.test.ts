import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { after, before, test } from "node:test";
import { globSync } from "tinyglobby";
import { API_KEY, APP_KEY, startDatadog } from "./support/datadog-server.ts";
import { codeIndex } from "../scripts/code-index.ts";
import { builtCommand } from "./support/built-command.ts";
import { follow, stepsOf } from "./support/document.ts";

const PAGES = globSync("docs/**/*.md").sort();

let bin = "";
before(async () => {
  bin = await builtCommand();
});
after(() => {
  rmSync(dirname(bin), { recursive: true, force: true });
});

for (const page of PAGES) {
  test(`${page} tells what happens`, async (t) => {
    const datadog = await startDatadog();
    t.after(() => datadog.stop());
    await follow(stepsOf(readFileSync(page, "utf8")), {
      bin,
      env: { DD_API_KEY: API_KEY, DD_APP_KEY: APP_KEY, DD_API_URL: datadog.url },
      skip: (reason) => {
        t.diagnostic(`skipped: ${reason}`);
      },
    });
  });
}

test("every link between documents leads somewhere", () => {
  const broken = [...PAGES, "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", ...globSync("src/**/README.md")].flatMap((page) => {
    const text = readFileSync(page, "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");
    return [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)|src="(?!https?:)([^"]+)"/g)].flatMap(([, link, image]) => {
      const [path = "", anchor] = (link ?? image ?? "").split("#");
      const target = path === "" ? page : normalize(join(dirname(page), path));
      if (!existsSync(target)) return [`${page}: ${path}`];
      return anchor === undefined || !target.endsWith(".md") || anchorsOf(target).includes(anchor) ? [] : [`${page}: ${path}#${anchor}`];
    });
  });
  assert.deepEqual(broken, []);
});

/** As GitHub makes them of headings. */
function anchorsOf(path: string): readonly string[] {
  const text = readFileSync(path, "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-"),
  );
}

test("the list of codes is that of the compiler", async () => {
  assert.equal(readFileSync("docs/codes.md", "utf8"), await codeIndex(), "run `npm run docs:update`");
});
