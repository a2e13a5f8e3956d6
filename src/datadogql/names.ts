import type { Modifier } from "./ast.ts";

export const AGGREGATORS = ["avg", "sum", "min", "max", "count"] as const;

/** https://docs.datadoghq.com/dashboards/functions/interpolation/ */
export const FILL_METHODS = ["zero", "last", "linear", "null"] as const;

export const MODIFIERS: readonly Modifier["kind"][] = ["as_count", "as_rate", "weighted", "rollup", "fill"];

/** `p50` to `p99.99`. */
export const PERCENTILE = /^p(\d{1,2}(?:\.\d+)?)$/;
