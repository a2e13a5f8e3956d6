import { readFileSync } from "node:fs";
import { globSync } from "tinyglobby";

/** A file that slogen wrote and that is committed. */
export interface Committed {
  readonly path: string;
  readonly text: string;
}

/** Everything under the output folders of examples and goldens that ends so, such as `.slo.json`. */
export function committed(end: string): readonly Committed[] {
  return globSync([`examples/**/generated/datadog/**/*${end}`, `test/golden/datadog/**/*${end}`])
    .sort()
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));
}
