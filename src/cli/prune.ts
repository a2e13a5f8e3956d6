import { join, resolve } from "node:path";
import { foldersOf, TARGETS } from "../emitters/registry.ts";
import { isGenerated } from "../output/header.ts";
import { MANIFEST, type Manifest } from "../output/manifest.ts";
import type { Io } from "./io.ts";

/**
 * The files below an output folder that begin with slogen's header, relative to it. A folder with a manifest of its own is another
 * build's; links are not followed. Throws if something cannot be read.
 */
export function generatedFiles(folder: string, io: Io): readonly string[] {
  return io.fs.existsSync(folder)
    ? filesBelow(folder, "", io).filter((path) => isGenerated(io.fs.readFileSync(join(folder, path), "utf8")))
    : [];
}

function filesBelow(folder: string, below: string, io: Io): readonly string[] {
  return io.fs.readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isFile()) return [path];
    const isOurs = entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules";
    return isOurs && !io.fs.existsSync(join(folder, path, MANIFEST)) ? filesBelow(folder, path, io) : [];
  });
}

/** Of the specs that the manifest names, those that are no longer on the disk. */
export function goneSpecs(root: string, owned: Manifest, io: Io): ReadonlySet<string> {
  const sources = new Set([...owned.values()].flatMap((entry) => entry.sources));
  return new Set([...sources].filter((source) => !source.startsWith("<") && !io.fs.existsSync(resolve(root, source))));
}

/** The top folders of the targets that nobody has configured. */
export function retiredFolders(configured: readonly string[] | undefined): readonly string[] {
  if (configured === undefined) return [];
  const kept = foldersOf(configured);
  return foldersOf(TARGETS.map(({ id }) => id)).filter((folder) => !kept.includes(folder));
}
