import { storedTag } from "../datadogql/tags.ts";

/** On every object that slogen makes: which one of the project's it is, and whose project that is. */
export const ID_TAG = "slogen_id";
export const OWNER_TAG = "slogen_owner";

/** What follows `key:` in those of the tags that have this key. */
export function valuesOf(tags: readonly string[], key: string): readonly string[] {
  const stored = tags.map(storedTag).filter((tag) => tag.startsWith(`${key}:`));
  return [...new Set(stored.map((tag) => tag.slice(key.length + 1)))];
}

/** The value of `key:value` as Datadog stores it. */
export function storedValue(key: string, value: string): string {
  return storedTag(`${key}:${value}`).slice(key.length + 1);
}
