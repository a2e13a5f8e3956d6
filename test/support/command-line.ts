import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "../../src/cli/commands/build.ts";
import { explain } from "../../src/cli/commands/explain.ts";
import { explainCode } from "../../src/cli/commands/explain-code.ts";
import type { Io } from "../../src/cli/io.ts";
import { run } from "../../src/cli/program.ts";
import { analyse, compile } from "../../src/index.ts";

const PACKAGE_ROOT = new URL("../..", import.meta.url).pathname;

/**
 * Runs the lines of a console block in a folder of its own that holds `files`, and gives the codes that slogen reported in the last
 * of them. Lines begin with `$ `; those that do not call slogen go to the shell.
 */
export async function commandLine(block: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const cwd = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "slogen-page-")));
  try {
    for (const [path, text] of Object.entries({ "slogen.yaml": "", ...files })) {
      fs.mkdirSync(dirname(join(cwd, path)), { recursive: true });
      fs.writeFileSync(join(cwd, path), text);
    }
    let report = "";
    for (const [, line = ""] of block.matchAll(/^\$ (.*)$/gm)) {
      if (line.startsWith("slogen ")) report = await slogen(line.slice("slogen ".length).split(" "), cwd);
      else execFileSync("sh", ["-c", line], { cwd });
    }
    return [...report.matchAll(/^(?:error|warning|notice)\[([^\]]+)\]/gm)].map(([, code = ""]) => code);
  } finally {
    fs.rmSync(cwd, { recursive: true, force: true });
  }
}

async function slogen(args: readonly string[], cwd: string): Promise<string> {
  let report = "";
  const io: Io = {
    cwd,
    env: {},
    fs,
    stdout: { write: () => undefined, isTerminal: false },
    stderr: { write: (text) => (report += text), isTerminal: false },
    readStdin: () => Promise.resolve(new Uint8Array()),
    now: () => 0,
    packageRoot: PACKAGE_ROOT,
  };
  // Without it every SLO yields the same notice, which is no page's subject here.
  const given = args[0] === "explain-code" ? args : [...args, "--set", "prometheus.retention=400d"];
  await run(given, io, {
    build: (request, host) => build(request, host, compile),
    explain: (request, host) => explain(request, host, analyse),
    explainCode: (code, host) => Promise.resolve(explainCode(code, host)),
  });
  return report;
}
