import type { Emitter } from "../emitter.ts";
import { ciGateCodes } from "./codes.ts";
import { emitCiGate } from "./emit.ts";
import { ciGateOptions, type CiGateOptions } from "./options.ts";

export const ciGate: Emitter<CiGateOptions> = {
  id: "ci-gate",
  title: "Gates before a deploy: a script, a GitHub action, an Argo CD hook",
  docs: "https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/",
  folders: ["ci-gate"],
  schema: "ci-gate/objects",
  codes: [ciGateCodes],
  options: ciGateOptions,
  habits: ({ series }) => ({ asksBeforeDeploys: { series } }),
  emit: emitCiGate,
};
