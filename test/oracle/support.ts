import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The path of an oracle that `test/oracle/build.sh` built. */
export function oracle(name: string): string {
  const path = fileURLToPath(new URL(`bin/${name}`, import.meta.url));
  if (!existsSync(path)) throw new Error(`${name} is not built: run test/oracle/build.sh (needs Go)`);
  return path;
}

/** The public vectors beside the checkout, or undefined where they are missing (tests then skip, saying so). */
export function vectors(): string | undefined {
  const path = fileURLToPath(new URL("../../../shared/vectors", import.meta.url));
  return existsSync(path) ? path : undefined;
}
