/** The user's own Canary file: found, checked, and given the gate by edits of its text. */
export { holdsCanary, readCanary, type CanaryFile } from "./canary-file.ts";
export { canaryCodes } from "./codes.ts";
export { mergeCanary } from "./merge.ts";
