import type { Config, Source } from "../config/config.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../diagnostics/source.ts";

/** A generated file, ready to be written. */
export interface OutputFile {
  /** Under the output folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** The paths of the specs it was compiled from. */
  readonly sources: readonly string[];
  /** Its layout copies another tool's byte by byte, so no formatter may touch it. */
  readonly verbatim?: true;
  /** It only lists the other files of its folder, so it is right for as long as no file there comes or goes. */
  readonly index?: true;
  /** It is this file of the user's, edited: `slogen build --in-place` writes it there. */
  readonly edits?: SourceFile;
}

export interface CompileInput {
  readonly sources: readonly Source[];
  readonly config: Config;
  /** Edited files of the user's are written where they lie, so no layout of the output has a copy of them. */
  readonly inPlace?: boolean;
}

export interface CompileResult {
  readonly files: readonly OutputFile[];
  readonly diagnostics: readonly Diagnostic[];
  /** How many SLOs the sources hold. */
  readonly slos: number;
}

/** The whole compiler: pure, so that the same sources and configuration give the same bytes. */
export type Compile = (input: CompileInput) => CompileResult;
