import type { Report } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../diagnostics/source.ts";
import { readObjects, type KubernetesObject } from "./documents.ts";

/** What the files that a policy names hold. */
export interface NamedObjects {
  readonly objects: readonly KubernetesObject[];
  /** False if a file could not be read: it may hold what seems to be missing. */
  readonly complete: boolean;
}

/** A file that is missing among the sources has been reported where the policy was resolved. */
export function readNamedFiles(files: readonly { readonly path: string }[], sources: readonly SourceFile[], report: Report): NamedObjects {
  const read = files.map(({ path }) => {
    const file = sources.find((each) => normalized(each.path) === normalized(path));
    return file && readObjects(file, report);
  });
  return { objects: read.flatMap((each) => each ?? []), complete: !read.includes(undefined) };
}

/** `./deploy//a.yaml` and `deploy/a.yaml` are one file. */
function normalized(path: string): string {
  return path.split("/").reduce((before, step) => {
    if (step === "" || step === ".") return before;
    return step === ".." && /(?:^|\/)(?!\.\.$)[^/]+$/.test(before)
      ? before.replace(/(?:^|\/)[^/]+$/, "")
      : `${before}${before === "" ? "" : "/"}${step}`;
  }, "");
}
