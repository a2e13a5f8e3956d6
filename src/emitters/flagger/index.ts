import type { Emitter } from "../emitter.ts";
import { canaryCodes } from "./canary/index.ts";
import { flaggerCodes } from "./codes.ts";
import { flaggerDatadogCodes } from "./datadog-codes.ts";
import { emitFlagger } from "./emit.ts";
import { flaggerOptions, type FlaggerOptions } from "./options.ts";

export const flagger: Emitter<FlaggerOptions> = {
  id: "flagger",
  title: "Flagger metric templates and the Canary's analysis",
  docs: "https://docs.flagger.app/usage/metrics#custom-metrics",
  folders: ["flagger"],
  schema: "flagger/objects",
  codes: [flaggerCodes, flaggerDatadogCodes, canaryCodes],
  options: flaggerOptions,
  habits: () => ({ releases: true }),
  emit: emitFlagger,
};
