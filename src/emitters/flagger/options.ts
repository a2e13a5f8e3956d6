import type { JsonObject } from "../../yaml/json.ts";

/** The `flagger` section of `slogen.yaml`; the schema holds the descriptions. */
export interface FlaggerOptions {
  /** How the Canary gets its analysis; undefined: an edited copy where a file of the policy holds the Canary, else a patch. */
  readonly canary: "edit" | "patch" | "snippet" | "none" | undefined;
}

/** The section with its defaults. Its shape is settled by `schemas/slogen/config.schema.json`. */
export function flaggerOptions({ canary }: JsonObject): FlaggerOptions {
  return { canary: CANARIES.find((each) => each === canary) };
}

const CANARIES = ["edit", "patch", "snippet", "none"] as const;
