import type { Io, Stream } from "./io.ts";

/** https://no-color.org; FORCE_COLOR and TERM=dumb as most tools read them. */
export function usesColor(choice: "auto" | "always" | "never", stream: Stream, { env }: Io): boolean {
  if (choice !== "auto") return choice === "always";
  if (isSet(env["NO_COLOR"])) return false;
  if (isSet(env["FORCE_COLOR"])) return env["FORCE_COLOR"] !== "0";
  return stream.isTerminal && env["TERM"] !== "dumb";
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
