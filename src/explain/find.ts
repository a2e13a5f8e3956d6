import type { PlannedSlo } from "../model/model.ts";
import type { DeployGate, ReleasePolicy } from "../model/policy.ts";
import { nearest } from "../units/identifier.ts";

export interface Named {
  readonly slos: readonly PlannedSlo[];
  readonly policies: readonly ReleasePolicy[];
  /** Gates before a deployment, by the names of their policies. */
  readonly deployGates: readonly DeployGate[];
}

export type Found = Named | { readonly problem: string };

/** A policy, or its gate before a deployment. */
type OfPolicy = Pick<ReleasePolicy | DeployGate, "name" | "environment">;

/** The SLO of an id, or of a name that no other has, and the policies of that name; else what was asked for and what there is. */
export function findSubject({ slos, policies, deployGates }: Named, name: string, environment: string | undefined): Found {
  const all: readonly OfPolicy[] = [...policies, ...deployGates];
  const ofName = all.filter((each) => each.name === name);
  const isChosen = (each: OfPolicy): boolean => each.name === name && (environment === undefined || each.environment === environment);
  const chosen = { policies: policies.filter(isChosen), deployGates: deployGates.filter(isChosen) };
  const isPolicy = chosen.policies.length + chosen.deployGates.length > 0;
  if (ofName.length > 0 && !isPolicy) return { problem: noEnvironment(name, environment ?? "", ofName) };
  const byId = slos.filter((slo) => slo.id === name);
  const byName = byId.length > 0 || environment !== undefined ? byId : slos.filter((slo) => slo.name === name);
  if (isPolicy && byName.length > 1) return { slos: [], ...chosen };
  if (byId.length === 0 && byName.length > 1) {
    const ids = byName.map(({ id }) => id).sort();
    return { problem: `there are ${ids.length} SLOs called \`${name}\`; name the one that is meant by its id\n${listOf(ids)}` };
  }
  if (!isPolicy && byName.length === 0) return { problem: unknown(name, slos, all) };
  return { slos: byName, ...chosen };
}

function noEnvironment(name: string, environment: string, policies: readonly OfPolicy[]): string {
  const names = distinct(policies.flatMap((policy) => policy.environment ?? []));
  const wanted = `the policy \`${name}\` has no environment \`${environment}\``;
  return names.length === 0 ? `${wanted}; it has none at all` : `${wanted}${offer(environment, names)}\n${listOf(names)}`;
}

function unknown(name: string, slos: readonly PlannedSlo[], policies: readonly OfPolicy[]): string {
  const wanted = `there is no SLO and no release policy \`${name}\``;
  if (name.includes("/")) return `${wanted}; for a diagnostic's code there is \`slogen explain-code ${name}\``;
  const ids = distinct(slos.map(({ id }) => id));
  const names = distinct(policies.map((policy) => policy.name));
  const known = [...ids, ...names];
  if (known.length === 0) return `${wanted}; the specs hold neither`;
  const lists = [
    ...(ids.length === 0 ? [] : [`SLOs: ${ids.join(", ")}`]),
    ...(names.length === 0 ? [] : [`policies: ${names.join(", ")}`]),
  ];
  return `${wanted}${offer(name, distinct([...known, ...slos.map((slo) => slo.name)]))}\n${lists.join("\n")}`;
}

function offer(word: string, known: readonly string[]): string {
  const slip = nearest(word, known);
  return slip === undefined ? "" : `; did you mean \`${slip}\`?`;
}

function listOf(names: readonly string[]): string {
  return `there ${names.length === 1 ? "is" : "are"}: ${names.join(", ")}`;
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
