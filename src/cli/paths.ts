import { isAbsolute, relative, resolve, sep } from "node:path";

/** `target` as seen from `folder`, with forward slashes; `.` for the folder itself. */
export function relativePath(folder: string, target: string): string {
  const path = relative(folder, target);
  return path === "" ? "." : sep === "/" ? path : path.replaceAll(sep, "/");
}

/** Whether `inner` is `outer` or lies below it. */
export function contains(outer: string, inner: string): boolean {
  const path = relative(resolve(outer), resolve(inner));
  return path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}
