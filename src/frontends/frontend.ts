import type { CodeTable, Report } from "../diagnostics/diagnostic.ts";
import type { IndicatorBinding, Slo, WindowCatalog } from "../model/model.ts";
import type { PolicyDocument } from "../model/policy.ts";
import type { Reading } from "../model/reading.ts";
import type { YamlMap } from "../yaml/tree.ts";

/** One input format family: tells its documents by their nodes, never by raw text, and lowers them to the model. */
export interface Frontend {
  readonly id: string;
  readonly title: string;
  /** The specification's own page. */
  readonly docs: string;
  readonly codes: CodeTable;
  readonly detect: (root: YamlMap) => boolean;
  /** Sees all documents of its format at once, since they may refer to each other. Reports every finding; never throws for bad input. */
  readonly lower: (documents: readonly SpecDocument[], context: LowerContext) => Lowered;
}

export interface SpecDocument {
  readonly root: YamlMap;
  /** Index among the documents of its file, from 0. */
  readonly index: number;
}

export interface LowerContext {
  readonly report: Report;
  readonly reading: Reading;
  /** False where a file could not be read, so that what seems to be missing may be in it. */
  readonly isComplete: boolean;
}

export interface Lowered {
  readonly slos: readonly Slo[];
  readonly catalogs: readonly WindowCatalog[];
  /** Absent for formats that hold none. */
  readonly policies?: readonly PolicyDocument[];
  /** Absent for formats that hold none. */
  readonly bindings?: readonly IndicatorBinding[];
}
