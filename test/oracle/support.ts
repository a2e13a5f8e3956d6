import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The path of an oracle that `test/oracle/build.sh` built. */
export function oracle(name: string): string {
  const path = fileURLToPath(new URL(`bin/${name}`, import.meta.url));
  if (!existsSync(path)) throw new Error(`${name} is not built: run test/oracle/build.sh (needs Go)`);
  return path;
}

/** The folder of a package that `test/oracle/build.sh` installed. */
export function oraclePackage(name: string): string {
  const path = fileURLToPath(new URL(`bin/npm/node_modules/${name}`, import.meta.url));
  if (!existsSync(path)) throw new Error(`${name} is not installed: run test/oracle/build.sh (needs npm)`);
  return path;
}

/** The public vectors beside the checkout, or undefined where they are missing (tests then skip, saying so). */
export function vectors(): string | undefined {
  const path = fileURLToPath(new URL("../../../shared/vectors", import.meta.url));
  return existsSync(path) ? path : undefined;
}
