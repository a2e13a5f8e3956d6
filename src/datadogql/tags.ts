/** Longer tags are cut. */
export const LONGEST_TAG = 200;

/**
 * A tag in the letters that Datadog keeps, whatever its length: small ones, a letter or colon first, one underscore for all that it does
 * not take. https://docs.datadoghq.com/getting_started/tagging/#define-tags
 */
export function normalTag(tag: string): string {
  return tag
    .toLowerCase()
    .replace(/[^\p{Ll}\p{Lm}\p{Lo}\p{Nd}:./-]+/gu, "_")
    .replace(/^[^\p{Ll}\p{Lm}\p{Lo}:]+/u, "")
    .replace(/_+$/, "");
}

/** A tag as it comes back from Datadog, which is not always as it was sent. */
export function storedTag(tag: string): string {
  return [...normalTag(tag)].slice(0, LONGEST_TAG).join("").replace(/_+$/, "");
}
