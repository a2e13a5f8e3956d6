import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import type { SourceFile } from "../../src/diagnostics/source.ts";
import type { SpecDocument } from "../../src/frontends/frontend.ts";
import { openslo } from "../../src/frontends/openslo/index.ts";
import type { Slo } from "../../src/model/model.ts";
import type { Reading } from "../../src/model/reading.ts";
import { readYaml } from "../../src/yaml/read.ts";

export const STRICT: Reading = {
  unknownKeys: "error",
  uncheckedQueries: "error",
  copiesQueries: false,
  barePolicyNames: false,
  kindInIndicator: false,
  conditionsAsAnd: false,
  numericSliceWindow: false,
};

export interface LoweredFiles {
  readonly slos: readonly Slo[];
  readonly diagnostics: readonly Diagnostic[];
  /** Documents that are no OpenSLO by their own word. */
  readonly foreign: number;
}

/** Lowers files that hold objects or lists of objects. */
export function lowerFiles(files: readonly SourceFile[], reading: Partial<Reading> = {}): LoweredFiles {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const documents: SpecDocument[] = [];
  let foreign = 0;
  for (const file of files) {
    for (const [index, document] of readYaml(file, report).entries()) {
      for (const root of document.kind === "list" ? document.items : [document]) {
        if (root.kind === "map" && openslo.detect(root)) documents.push({ root, index });
        else foreign++;
      }
    }
  }
  const { slos } = openslo.lower(documents, { report, reading: { ...STRICT, ...reading }, isComplete: true });
  return { slos, diagnostics, foreign };
}

export function lowerText(text: string, reading: Partial<Reading> = {}): LoweredFiles {
  return lowerFiles([{ path: "slo.yaml", text }], reading);
}
