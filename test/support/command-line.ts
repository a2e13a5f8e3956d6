import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Io } from "../../src/cli/io.ts";
import { run } from "../../src/cli/program.ts";
import { API_KEY, APP_KEY, startDatadog, type DatadogServer, type DatadogState } from "./datadog-server.ts";

const PACKAGE_ROOT = new URL("../..", import.meta.url).pathname;

/**
 * Runs the lines of a console block in a folder of its own that holds `files`, and gives the codes that slogen reported in the last
 * of them. Lines begin with `$ `; those that do not call slogen go to the shell. `slogen push` meets a Datadog of its own, in the state
 * that the file `datadog.json` tells, with keys that hold there; a line may set others: `$ DD_API_KEY= slogen push datadog`.
 */
export async function commandLine(block: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const cwd = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "slogen-page-")));
  let datadog: DatadogServer | undefined;
  try {
    for (const [path, text] of Object.entries({ "slogen.yaml": "", ...files })) {
      fs.mkdirSync(dirname(join(cwd, path)), { recursive: true });
      fs.writeFileSync(join(cwd, path), text);
    }
    const { "datadog.json": state } = files;
    datadog = block.includes("slogen push")
      ? await startDatadog(state === undefined ? {} : (JSON.parse(state) as DatadogState))
      : undefined;
    const keys = datadog === undefined ? {} : { DD_API_KEY: API_KEY, DD_APP_KEY: APP_KEY, DD_API_URL: datadog.url };
    let report = "";
    for (const [, line = ""] of block.matchAll(/^\$ (.*)$/gm)) {
      const [, assignments, args] = /^((?:[A-Z_]+=\S* )*)slogen (.*)$/.exec(line) ?? [];
      if (args === undefined) execFileSync("sh", ["-c", line], { cwd });
      else report = await slogen(args.split(" "), cwd, { ...keys, ...valuesOf(assignments ?? "") });
    }
    return [...report.matchAll(/^(?:error|warning|notice)\[([^\]]+)\]/gm)].map(([, code = ""]) => code);
  } finally {
    await datadog?.stop();
    fs.rmSync(cwd, { recursive: true, force: true });
  }
}

function valuesOf(assignments: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...assignments.matchAll(/(\w+)=(\S*)/g)].map(([, name = "", value = ""]) => [name, value]));
}

async function slogen(args: readonly string[], cwd: string, env: Io["env"]): Promise<string> {
  let report = "";
  const io: Io = {
    cwd,
    env,
    fs,
    stdout: { write: () => undefined, isTerminal: false },
    stderr: { write: (text) => (report += text), isTerminal: false },
    readStdin: () => Promise.resolve(new Uint8Array()),
    fetch,
    now: () => 0,
    watch: () => Promise.resolve({ close: () => Promise.resolve() }),
    interrupted: () => Promise.resolve(),
    sleep: () => Promise.resolve(),
    packageRoot: PACKAGE_ROOT,
  };
  // Without it every SLO yields the same notice, which is no page's subject here.
  const given = args[0] === "explain-code" || args[0] === "push" ? args : [...args, "--set", "prometheus.retention=400d"];
  await run(given, io);
  return report;
}
