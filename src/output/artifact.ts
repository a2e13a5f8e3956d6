import type { SourceFile } from "../diagnostics/source.ts";
import type { Json } from "../yaml/json.ts";

export type { ExactNumber, Json } from "../yaml/json.ts";

/** A file that a target emits. Its path lies under the output folder, with forward slashes. */
export type Artifact = YamlArtifact | JsonArtifact | TextArtifact | EditArtifact;

interface ArtifactBase {
  readonly path: string;
  /** The specs it was compiled from, named in the header. */
  readonly sources: readonly SourceFile[];
  /** It is a template of Helm's: braces in its text are Helm's own unless they are escaped. */
  readonly helm?: HelmTemplate;
  /** It only lists the other files of its folder. */
  readonly index?: true;
}

export interface HelmTemplate {
  /** The one value of `environment` with which the chart has it; absent for all. */
  readonly environment?: string;
}

export interface YamlArtifact extends ArtifactBase {
  readonly kind: "yaml";
  readonly documents: readonly Json[];
  /** Each document changes an object of the user's that lies elsewhere, and is no object itself. */
  readonly patch?: true;
}

export interface JsonArtifact extends ArtifactBase {
  readonly kind: "json";
  readonly value: Json;
}

/** A text that another tool's style dictates byte by byte. */
export interface TextArtifact extends ArtifactBase {
  readonly kind: "text";
  readonly text: string;
}

/** A file of the user's with something of ours merged into its text: written as a copy to `path`, or to the file itself if the user asks for that. */
export interface EditArtifact extends ArtifactBase {
  readonly kind: "edit";
  readonly source: SourceFile;
  /** The whole new text. */
  readonly text: string;
}
