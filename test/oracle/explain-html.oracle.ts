import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { explainHtml } from "../../src/explain/html/page.ts";
import { SUBJECTS } from "../support/explained.ts";
import { axe, launchChromium, type Browser, type Page } from "./browser.ts";

const ADDRESS = "http://page.test/";
const SIZES = [
  { width: 390, height: 844 },
  { width: 1280, height: 900 },
];
const SCHEMES = ["light", "dark"] as const;

let browser: Browser | undefined;

before(async () => {
  browser = await launchChromium();
});

after(async () => {
  await browser?.close();
});

interface Opened {
  readonly page: Page;
  /** What the console said, errors of the page, and every request but that for the page. */
  readonly noise: readonly string[];
}

async function opened(name: string, options: { readonly bypassCSP?: boolean } = {}): Promise<Opened> {
  const body = explainHtml(SUBJECTS[name]?.() ?? assert.fail(name));
  const page = (await browser?.newPage(options)) ?? assert.fail("no browser");
  const noise: string[] = [];
  page.on("console", (event) => noise.push(`console: ${event.text?.() ?? ""}`));
  page.on("pageerror", (event) => noise.push(`error: ${event.message ?? ""}`));
  await page.route("**/*", async (route) => {
    const url = route.request().url();
    // A browser asks for this by itself.
    if (url === ADDRESS) return route.fulfill({ contentType: "text/html; charset=utf-8", body });
    if (!url.endsWith("/favicon.ico")) noise.push(`request: ${url}`);
    return route.abort();
  });
  await page.goto(ADDRESS);
  return { page, noise };
}

/** Texts of the drawings that are shown, each with its box; those of which boxes meet are told in pairs. */
const COLLISIONS = `(() => {
  const texts = [...document.querySelectorAll("svg text")].flatMap((text) => {
    const { left, right, top, bottom } = text.getBoundingClientRect();
    return right > left ? [{ svg: text.ownerSVGElement, words: text.textContent, left, right, top, bottom }] : [];
  });
  // A line of text is boxed with its leading, of which two may share a pixel.
  const meet = (a, b) => a.svg === b.svg && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3;
  return texts.flatMap((a, i) => texts.slice(i + 1).filter((b) => meet(a, b)).map((b) => a.words + " / " + b.words));
})()`;

/** Texts that stand out of the page at either side. */
const CUT = `[...document.querySelectorAll("svg text")].flatMap((text) => {
  const { left, right, width } = text.getBoundingClientRect();
  return width > 0 && (left < 0 || right > document.documentElement.clientWidth) ? [text.textContent] : [];
})`;

/** The size of the smallest text, as it is on the screen. */
const SMALLEST = `Math.min(...[...document.querySelectorAll("svg text")].flatMap((text) => {
  const { width } = text.getBoundingClientRect();
  const scale = text.getScreenCTM();
  return width > 0 ? [parseFloat(getComputedStyle(text).fontSize) * Math.hypot(scale.a, scale.b)] : [];
}))`;

const OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
const BACKGROUND = "getComputedStyle(document.body).backgroundColor";
const DRAWN = 'document.querySelectorAll("svg text").length';

for (const name of Object.keys(SUBJECTS)) {
  test(`${name}: no label meets another or leaves the page, on a phone and on a screen`, async () => {
    const { page, noise } = await opened(name);
    for (const size of SIZES) {
      for (const colorScheme of SCHEMES) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        const said = `${size.width} ${colorScheme}`;
        assert.deepEqual(await page.evaluate(COLLISIONS), [], said);
        assert.deepEqual(await page.evaluate(CUT), [], said);
        assert.equal(await page.evaluate(OVERFLOW), 0, said);
        assert.ok((await page.evaluate<number>(DRAWN)) > 0);
        assert.ok((await page.evaluate<number>(SMALLEST)) >= 11, `${said}: ${await page.evaluate<number>(SMALLEST)} px`);
      }
    }
    assert.deepEqual(noise, []);
    await page.close();
  });

  test(`${name}: the accessibility checker finds nothing, in either scheme`, async () => {
    const { page } = await opened(name, { bypassCSP: true });
    await page.evaluate(axe());
    for (const size of SIZES) {
      for (const colorScheme of SCHEMES) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        const problems = await page.evaluate(
          `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ": " + node.html.slice(0, 120) + " " + node.failureSummary)))`,
        );
        assert.deepEqual(problems, [], `${size.width} ${colorScheme}`);
      }
    }
    await page.close();
  });
}

test("a dark scheme darkens the page, and paper is light in either", async () => {
  const { page } = await opened("payments");
  const backgrounds: string[] = [];
  for (const media of ["screen", "print"] as const) {
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ media, colorScheme });
      backgrounds.push(await page.evaluate<string>(BACKGROUND));
    }
  }
  assert.deepEqual(backgrounds, ["rgb(255, 255, 255)", "rgb(20, 24, 29)", "rgb(255, 255, 255)", "rgb(255, 255, 255)"]);
  await page.close();
});

for (const name of ["payments", "payments-policy", "hostile"]) {
  test(`${name}: on paper there is every heading, table and chart`, async () => {
    const { page } = await opened(name);
    await page.emulateMedia({ colorScheme: "dark" });
    const headings = await page.evaluate<readonly string[]>(
      '[...document.querySelectorAll("h1, h2, h3")].map((each) => each.textContent.trim())',
    );
    const cells = await page.evaluate<readonly string[]>(
      '[...document.querySelectorAll("td")].filter((each) => !each.closest("details")).map((each) => each.textContent.trim())',
    );
    const input = await page.pdf({ format: "A4", printBackground: true });
    const words = (text: string): string => text.replace(/\s+/g, "");
    const printed = words(execFileSync("pdftotext", ["-layout", "-", "-"], { input, encoding: "utf8" }));
    for (const each of [...headings, ...cells.filter((cell) => /^[\d.,]+/.test(cell))]) assert.ok(printed.includes(words(each)), each);
    // A table that is wider than the paper would be cut there.
    await page.setViewportSize({ width: 688, height: 1000 });
    await page.emulateMedia({ media: "print" });
    assert.deepEqual(
      await page.evaluate(
        '[...document.querySelectorAll(".scroll")].filter((each) => each.clientWidth > 0 && each.scrollWidth > each.clientWidth).map((each) => each.textContent.slice(0, 60))',
      ),
      [],
    );
    await page.close();
  });
}

test("the end of the page's line is drawn where its axis has 51.8 s", async () => {
  const { page } = await opened("payments");
  await page.setViewportSize({ width: 1280, height: 900 });
  // By the browser's own geometry: the line's last point, and the ticks' lines, in pixels of the screen.
  const [end, minute, tenMinutes] = await page.evaluate<readonly [number, number, number]>(`(() => {
    const svg = document.querySelector("#slo-detection-wide-t").parentNode;
    const line = svg.querySelector("path.detects.s0");
    const last = line.getPointAtLength(line.getTotalLength()).matrixTransform(line.getScreenCTM()).y;
    const tick = (words) => {
      const text = [...svg.querySelectorAll("text")].find((each) => each.textContent === words);
      return text.previousElementSibling.getBoundingClientRect().top;
    };
    return [last, tick("1 min"), tick("10 min")];
  })()`);
  const seconds = 60 * 10 ** ((minute - end) / (minute - tenMinutes));
  assert.ok(Math.abs(seconds - 51.84) < 0.6, `${seconds} s`);
  await page.close();
});
