import type { Json } from "../../yaml/json.ts";
import type { DatadogOptions } from "./options.ts";
import type { DatadogObject } from "./types.ts";

/** An object and the file that holds its payload, relative to the manifest. */
export interface Placed {
  readonly object: DatadogObject;
  readonly path: string;
}

/** What `slogen push datadog` reads: every object in the order in which it is created, SLOs first. */
export function manifestOf(placed: readonly Placed[], { site, owner }: DatadogOptions): Json {
  return {
    version: 1,
    site,
    ...(owner !== undefined && { owner }),
    objects: inOrder(placed).map(({ object, path }) => ({
      id: object.id,
      kind: object.kind,
      file: path,
      needs: object.kind === "monitor" && object.slo !== undefined ? [object.slo] : [],
    })),
  };
}

/** By id within each kind, so that two branches that add an SLO rarely conflict. */
function inOrder(placed: readonly Placed[]): readonly Placed[] {
  const sorted = [...placed].sort((a, b) => (a.object.id < b.object.id ? -1 : 1));
  return [...sorted.filter(({ object }) => object.kind === "slo"), ...sorted.filter(({ object }) => object.kind === "monitor")];
}
