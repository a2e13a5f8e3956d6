import { asTarget, type Target } from "./emitter.ts";
import { prometheus } from "./prometheus/index.ts";

/** Every target, in the order in which they are built. */
export const TARGETS: readonly Target[] = [asTarget(prometheus)];
