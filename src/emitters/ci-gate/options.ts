import { MINUTE, parseDuration, seconds, type Seconds } from "../../units/duration.ts";
import type { JsonObject } from "../../yaml/json.ts";

/** The `ci-gate` section of `slogen.yaml`; the schema holds the descriptions. */
export interface CiGateOptions {
  /** `script` is what the others run. */
  readonly formats: readonly Format[];
  /** Undefined: `recorded` where the project's targets record. */
  readonly series: "recorded" | "inline" | undefined;
  /** Of the PreSync hook: a shell, curl and jq. */
  readonly image: string;
  /** For all questions of a gate together. */
  readonly timeout: Seconds;
  /** The output folder from the root of the repository; undefined: `out` of the configuration. */
  readonly folder: string | undefined;
}

export type Format = (typeof FORMATS)[number];

const FORMATS = ["script", "github", "argo-cd"] as const;

/** Flagger's load tester has all three, comes from a project of the CNCF, and runs without root. */
const IMAGE = "ghcr.io/fluxcd/flagger-loadtester:0.38.0";

/** The section with its defaults. Its shape is settled by `schemas/slogen/config.schema.json`. */
export function ciGateOptions({ formats, series, image, timeout, folder }: JsonObject): CiGateOptions {
  return {
    formats: Array.isArray(formats) ? FORMATS.filter((each) => formats.includes(each)) : FORMATS,
    series: series === "recorded" || series === "inline" ? series : undefined,
    image: typeof image === "string" ? image : IMAGE,
    timeout: (typeof timeout === "string" ? parseDuration(timeout) : undefined) ?? seconds(2 * MINUTE),
    folder: typeof folder === "string" ? folder.replace(/^(\.\/)+|\/+$/g, "") : undefined,
  };
}
