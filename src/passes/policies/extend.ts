import type { Report } from "../../diagnostics/diagnostic.ts";
import type { PolicyDocument } from "../../model/policy.ts";
import { nearest } from "../../units/identifier.ts";
import { textOf, valueOf, type YamlMap } from "../../yaml/tree.ts";
import { policyCodes } from "./codes.ts";
import { mergeSpecs } from "./merge.ts";

export interface ExtendContext {
  readonly profiles: readonly PolicyDocument[];
  /** False where a file could not be read, so that a profile may be in it. */
  readonly isComplete: boolean;
  readonly report: Report;
}

/** A document's spec over those of the profiles that it extends; undefined if one of them is missing. */
export function extended(document: PolicyDocument, context: ExtendContext, below: readonly PolicyDocument[] = []): YamlMap | undefined {
  const { profiles, isComplete, report } = context;
  const node = valueOf(document.spec, "extends");
  const name = textOf(node);
  if (name === undefined) return document.spec;
  const profile = profiles.find((each) => each.name === name);
  if (profile === undefined) {
    const known = profiles.map((each) => each.name);
    if (isComplete) report(policyCodes["unknown-profile"](node?.at, { name, nearest: nearest(name, known), known }));
    return undefined;
  }
  const chain = [...below, document];
  if (chain.includes(profile)) {
    const circle = chain.slice(chain.indexOf(profile));
    // Every profile of a circle leads into it, and so may policies: it is told once, from its first profile.
    const first = profiles.find((each) => circle.includes(each));
    if (chain[0] === profile && profile === first)
      report(policyCodes["profile-cycle"](node?.at, { names: [...circle, profile].map((each) => each.name) }));
    return undefined;
  }
  const base = extended(profile, context, chain);
  return base && mergeSpecs(base, document.spec);
}
