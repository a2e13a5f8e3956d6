import type { Report } from "../../diagnostics/diagnostic.ts";
import { nearest } from "../../units/identifier.ts";
import { opensloCodes } from "./codes.ts";
import type { Field, Kind, ObjectOf, OpensloObject, Reference, Version } from "./source.ts";

/** The objects of all files by name. A reference is a name, and stays within its version. */
export interface ObjectTable {
  /** False where some document could not be read. */
  readonly isComplete: boolean;
  readonly find: <K extends Kind>(version: Version, kind: K, name: string) => ObjectOf<K> | undefined;
  readonly names: (version: Version, kind: Kind) => readonly string[];
  /** The object that a reference names; one that is not there is reported. */
  readonly follow: <K extends Kind>(reference: Field<string>, version: Version, kind: K) => ObjectOf<K> | undefined;
}

/** Unless `isComplete`, what a reference names may be in a document that could not be read, which alone is reported then. */
export function tableOf(objects: readonly OpensloObject[], isComplete: boolean, report: Report): ObjectTable {
  const byKey = new Map<string, OpensloObject>();
  const keyOf = (version: Version, kind: Kind, name: string): string => `${version} ${kind} ${name}`;
  for (const object of objects) {
    const { name } = object.metadata;
    if (name.value === "") continue;
    const key = keyOf(object.version, object.kind, name.value);
    const first = byKey.get(key);
    if (first === undefined) byKey.set(key, object);
    // Nothing refers to an SLO; two teams may both call one `availability`, and ids hold the service too.
    else if (object.kind !== "SLO") {
      const related = [{ at: first.metadata.name.at, message: "the first one" }];
      report(opensloCodes["duplicate-object"](name.at, { kind: object.kind, name: name.value }, { related }));
    }
  }

  const find = <K extends Kind>(version: Version, kind: K, name: string): ObjectOf<K> | undefined => {
    const object = byKey.get(keyOf(version, kind, name));
    return object !== undefined && isKind(object, kind) ? object : undefined;
  };
  const names = (version: Version, kind: Kind): readonly string[] =>
    [...byKey.values()].filter((object) => object.version === version && object.kind === kind).map(({ metadata }) => metadata.name.value);

  const dangling = new Set<Field<string>>();
  const follow = <K extends Kind>(reference: Field<string>, version: Version, kind: K): ObjectOf<K> | undefined => {
    const name = reference.value;
    const found = find(version, kind, name);
    if (found === undefined && isComplete && isName(name) && !dangling.has(reference)) {
      dangling.add(reference);
      const hint = hintFor(objects.find((object) => object.metadata.name.value === name) ?? undefined, version, kind);
      report(opensloCodes["dangling-reference"](reference.at, { kind, name, nearest: nearest(name, names(version, kind)), hint }));
    }
    return found;
  };
  return { isComplete, find, names, follow };
}

/** What is no name at all has been reported as such. */
const isName = (text: string): boolean => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);

function isKind<K extends Kind>(object: OpensloObject, kind: K): object is ObjectOf<K> {
  return object.kind === kind;
}

/** What to do where the name is there after all, but not what the reference needs. */
function hintFor(namesake: OpensloObject | undefined, version: Version, kind: Kind): string | undefined {
  if (namesake === undefined) return undefined;
  const name = namesake.metadata.name.value;
  if (namesake.kind === kind)
    return `write the ${kind} \`${name}\` as \`${version}\` too: it is \`${namesake.version}\`, and references stay within a version`;
  return `\`${name}\` is the name of ${article(namesake.kind)}: name ${article(kind)}`;
}

const article = (kind: Kind): string => `${/^[AS](?!e)/.test(kind) ? "an" : "a"} ${kind}`;

/** What a reference stands for: the object in place, or the one that `find` knows by its name. */
export function follow<T>(reference: Reference<T>, find: (name: Field<string>) => { readonly spec: T } | undefined): T | undefined {
  return reference.inline ?? (reference.name && find(reference.name)?.spec);
}
