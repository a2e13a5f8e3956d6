/** The user's own Rollout file: read, checked beside its traffic objects, and given the gate by edits of its text. */
export { rolloutCodes } from "./codes.ts";
export { mergeRollout } from "./merge.ts";
export { readRollout, servicesOf, type RolloutFile } from "./rollout-file.ts";
export { checkWiring } from "./wiring.ts";
