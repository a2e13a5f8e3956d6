import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Reading } from "../../model/reading.ts";
import type { Fields } from "./fields.ts";
import type { Version } from "./source.ts";

export interface DecodeContext {
  readonly version: Version;
  readonly fields: Fields;
  readonly report: Report;
  readonly reading: Reading;
}

/** `{ [key]: value }`, or nothing where there is no value. */
export function optional<K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, T>);
}
