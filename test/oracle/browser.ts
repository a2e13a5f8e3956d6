import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** What of https://playwright.dev/docs/api/class-page is used; scripts are texts, since they run in the browser and not here. */
export interface Page {
  readonly goto: (url: string) => Promise<unknown>;
  readonly evaluate: <T>(script: string) => Promise<T>;
  readonly setViewportSize: (size: { readonly width: number; readonly height: number }) => Promise<void>;
  readonly emulateMedia: (media: { readonly media?: "screen" | "print"; readonly colorScheme?: "light" | "dark" }) => Promise<void>;
  readonly pdf: (options: { readonly format: "A4"; readonly printBackground: boolean }) => Promise<Buffer>;
  readonly on: (event: "console" | "pageerror" | "request", listener: (event: BrowserEvent) => void) => void;
  readonly route: (pattern: string, handler: (route: Route) => Promise<void>) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface BrowserEvent {
  readonly text?: () => string;
  readonly url?: () => string;
  readonly message?: string;
}

interface Route {
  readonly request: () => { readonly url: () => string };
  readonly fulfill: (response: { readonly contentType: string; readonly body: string }) => Promise<void>;
  readonly abort: () => Promise<void>;
}

export interface Browser {
  /** `bypassCSP` lets in a checker's script, which the page's own policy would refuse. */
  readonly newPage: (options?: { readonly bypassCSP?: boolean }) => Promise<Page>;
  readonly close: () => Promise<void>;
}

interface Playwright {
  readonly chromium: {
    readonly launch: (options: { readonly executablePath: string; readonly args: readonly string[] }) => Promise<Browser>;
  };
}

const PACKAGES = new URL("browser/node_modules/", import.meta.url);

/** Chromium as the system has it, without a window; close it at the end. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));
  const driver = fileURLToPath(new URL("playwright-core/index.js", PACKAGES));
  if (executablePath === undefined || !existsSync(driver)) throw new Error("there is no browser: run test/oracle/build.sh");
  const { chromium } = createRequire(import.meta.url)(driver) as Playwright;
  return chromium.launch({ executablePath, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
}

/** Deque's accessibility checker, as a script for a page. */
export function axe(): string {
  return readFileSync(new URL("axe-core/axe.min.js", PACKAGES), "utf8");
}
