import type { Rational } from "../units/rational.ts";

/** What the command line asks of `build` and `validate`. */
export interface BuildRequest {
  /** `-f`: files, folders and globs from the working folder, and `-` for standard input. Empty: the configuration's `specs`. */
  readonly files: readonly string[];
  readonly targets: readonly string[];
  /** `-o`: a folder, or `-` for standard output. */
  readonly out: string | undefined;
  readonly config: string | undefined;
  /** `key=value` each. */
  readonly set: readonly string[];
  readonly mode: "write" | "check" | "validate";
  readonly force: boolean;
  /** Edited files of the user's are written where they are, not as copies. */
  readonly inPlace: boolean;
  /** Removes more than what a whole build's manifest lists. */
  readonly prune: boolean;
  /** Builds again whenever something has changed that was read. */
  readonly watch: boolean;
  /** A build that wrote or removed something ends with 1: a commit should not go on without it. */
  readonly failOnChange: boolean;
  readonly report: "pretty" | "json" | "github" | "sarif" | "junit";
  readonly color: "auto" | "always" | "never";
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** What the command line asks of `explain`. */
export interface ExplainRequest extends BuildRequest {
  /** An SLO's id or name, or a release policy's; undefined to list what there is. */
  readonly name: string | undefined;
  /** `-e`: one environment instead of all. */
  readonly environment: string | undefined;
  /** Requests a second, instead of what is declared. */
  readonly traffic: Rational | undefined;
  /** `--html`: a file, or `-` for standard output. */
  readonly html: string | undefined;
}

/** What the command line asks of `push`. */
export interface PushRequest {
  /** `-o`: the folder that was built into, instead of the configuration's. */
  readonly out: string | undefined;
  readonly config: string | undefined;
  readonly dryRun: boolean;
  /** Delete what is no longer built. */
  readonly prune: boolean;
  /** Delete and make anew what cannot be changed. */
  readonly recreate: boolean;
  readonly report: "pretty" | "json";
  readonly color: "auto" | "always" | "never";
  readonly quiet: boolean;
}
