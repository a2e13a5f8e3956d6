import type { Frontend } from "./frontend.ts";
import { kubestead } from "./kubestead/index.ts";
import { openslo } from "./openslo/index.ts";
import { slogen } from "./slogen/index.ts";
import { sloth } from "./sloth/index.ts";

/** Every input format, in the order in which they are asked. */
export const FRONTENDS: readonly Frontend[] = [openslo, sloth, kubestead, slogen];
