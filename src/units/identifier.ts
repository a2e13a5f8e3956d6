/** Lower-case words joined by dashes, for ids and file names made from human text: `Good (EU)` becomes `good-eu`. */
export function slug(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

/** `checkout-availability` as `CheckoutAvailability`, the usual shape of a Prometheus alert name. */
export function pascalCase(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

/** The candidate that the fewest single-character edits separate from `word`, if they are few enough to be a slip. Two swapped letters are one edit. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const folded = fold(word);
  const isLikely = (candidate: string): boolean => fold(candidate).startsWith(folded) || isSwap(folded, fold(candidate));
  let best: string | undefined;
  let bestDistance = Math.min(Math.max(2, Math.floor(word.length / 3)), folded.length - 1) + 1;
  for (const candidate of candidates) {
    const distance = distanceOf(folded, fold(candidate), bestDistance + 1);
    // An unfinished word or swapped letters are a likelier slip than another letter: `rat` means `rate`, and `prod-su` not `prod-eu`.
    const isCloser = distance < bestDistance || (best !== undefined && distance === bestDistance && isLikely(candidate) && !isLikely(best));
    if (isCloser) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Case and separators are the usual slip between snake_case and camelCase, so they cost nothing. */
function fold(word: string): string {
  return word.toLowerCase().replace(/[-_.\s]/g, "");
}

function distanceOf(a: string, b: string, limit: number): number {
  if (a === b) return 0;
  return isSwap(a, b) ? 1 : editDistance(a, b, limit);
}

function isSwap(a: string, b: string): boolean {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i < a.length && a.slice(0, i) + a.charAt(i + 1) + a.charAt(i) + a.slice(i + 2) === b;
}

/** Levenshtein distance; gives up with `limit` as soon as it cannot stay below. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    if (Math.min(...next) >= limit) return limit;
    row = next;
  }
  return row[b.length] ?? limit;
}
