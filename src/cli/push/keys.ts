import type { Report } from "../../diagnostics/diagnostic.ts";
import { pushCodes } from "../../push/codes.ts";
import type { Io, Stream } from "../io.ts";

export interface Keys {
  readonly api: string;
  readonly app: string;
}

/** From the environment alone: a command line can be read by every process on the machine. Undefined, with a report, unless both are sound. */
export function readKeys({ env }: Io, report: Report): Keys | undefined {
  const { DD_API_KEY: api = "", DD_APP_KEY: app = "" } = env;
  const given = Object.entries({ DD_API_KEY: api, DD_APP_KEY: app });
  const missing = given.flatMap(([variable, value]) => (value === "" ? [variable] : []));
  if (missing.length > 0) report(pushCodes["no-keys"](undefined, { missing }));
  // Node names an unsound header's whole value in its complaint, so none may get that far.
  const unsound = given.flatMap(([variable, value]) => (/^[A-Za-z0-9._~+/=-]*$/.test(value) ? [] : [variable]));
  for (const variable of unsound) report(pushCodes["bad-key"](undefined, { variable }));
  return missing.length + unsound.length === 0 ? { api, app } : undefined;
}

/** An `Io` that writes no key, whatever a server or a proxy has put into its answer. */
export function withoutKeys(io: Io): Io {
  const { DD_API_KEY: api = "", DD_APP_KEY: app = "" } = io.env;
  // What is shorter is no key, and would be found all over the report.
  const secrets = [api.trim(), app.trim()].filter((key) => key.length >= 8);
  const clean = (text: string): string => secrets.reduce((rest, key) => rest.replaceAll(key, "<key>"), text);
  const over = ({ write, isTerminal }: Stream): Stream => ({
    isTerminal,
    write: (text) => {
      write(clean(text));
    },
  });
  return { ...io, stdout: over(io.stdout), stderr: over(io.stderr) };
}
