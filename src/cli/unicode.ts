import type { Io } from "./io.ts";

/** Whether block characters come out as such: the locale says so on Unix, and every terminal of today's Windows shows them. */
export function usesUnicode({ env }: Pick<Io, "env">): boolean {
  if (env["TERM"] === "dumb") return false;
  // https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html: the first that is set and not empty counts.
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find((value) => value !== undefined && value !== "");
  return locale === undefined ? env["OS"] === "Windows_NT" : /utf-?8/i.test(locale);
}
