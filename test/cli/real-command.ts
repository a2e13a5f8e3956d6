import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PACKAGE_ROOT } from "./support.ts";

const MAIN = join(PACKAGE_ROOT, "src/cli/main.ts");
const TSX = pathToFileURL(join(PACKAGE_ROOT, "node_modules/tsx/dist/esm/index.mjs")).href;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface RealRun {
  readonly stdin?: string;
  /** Closes the reading end at once, as `head` does when it has seen enough. */
  readonly closeOutput?: boolean;
  readonly closeErrors?: boolean;
  /** A module to load first. */
  readonly preload?: string;
  readonly onErr?: (text: string, child: ChildProcess) => void;
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs the real command in a process of its own. */
export function realCommand(cwd: string, args: readonly string[], options: RealRun = {}): Promise<Ended> {
  const { stdin = "", closeOutput = false, closeErrors = false, preload, onErr, onStart } = options;
  return new Promise((resolve, reject) => {
    const imports = ["--import", TSX, ...(preload === undefined ? [] : ["--import", pathToFileURL(preload).href])];
    const child = spawn(process.execPath, [...imports, MAIN, ...args], { cwd, env: { PATH: process.env["PATH"] } });
    let out = "";
    let err = "";
    if (closeOutput) child.stdout.destroy();
    else child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    if (closeErrors) child.stderr.destroy();
    else
      child.stderr.on("data", (chunk: Buffer) => {
        err += chunk.toString();
        onErr?.(err, child);
      });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({ code, signal, out, err });
    });
    child.stdin.end(stdin);
    onStart?.(child);
  });
}

export const SPEC = `version: prometheus/v1
service: shop
slos:
  - name: availability
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(http_requests_total{job="shop",code=~"5.."}[{{.window}}]))
        total_query: sum(rate(http_requests_total{job="shop"}[{{.window}}]))
    alerting:
      name: ShopErrorBudgetBurn
`;
