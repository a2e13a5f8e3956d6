import type { Config } from "../config/config.ts";
import type { Report } from "../diagnostics/diagnostic.ts";
import type { Artifact } from "../output/artifact.ts";
import type { JsonObject } from "../yaml/json.ts";
import { layoutCodes } from "./codes.ts";
import { configurationFor } from "./kustomize-configuration.ts";
import { namesInText } from "./names-in-text.ts";
import { objectsOf, patchesOf } from "./objects.ts";
import { environmentOf } from "./environment.ts";

const CONFIGURATION = "slogen-kustomize.yaml";

/**
 * The artifacts, and a kustomization in each folder that is applied as a whole: one of a target, and of an environment in it.
 * There is none over all targets: rules and gates often go to different clusters, and environments always do.
 */
export function withKustomizations(
  artifacts: readonly Artifact[],
  { layout, environments }: Pick<Config, "layout" | "environments">,
  report: Report,
): readonly Artifact[] {
  const listed = artifacts.filter((artifact) => objectsOf(artifact).length > 0 || patchesOf(artifact).length > 0);
  const folderOf = ({ path }: Artifact): string => {
    const environment = environmentOf(path, environments);
    const target = path.slice(0, path.indexOf("/"));
    return environment === undefined ? target : `${target}/${environment}`;
  };
  const groups = [...new Set(listed.map(folderOf))].sort().map((folder) => {
    const members = listed.filter((artifact) => folderOf(artifact) === folder);
    return { folder, members, names: namesInText(members) };
  });
  const fixed = groups.filter(({ names }) => names.length > 0);
  if (fixed.length > 0) {
    const names = [...new Set(fixed.flatMap((group) => group.names))].sort();
    report(layoutCodes["names-in-text"](layout.at, { folders: fixed.map(({ folder }) => folder), names }));
  }
  return [...artifacts, ...groups.flatMap(({ folder, members }) => kustomizationFiles(folder, members))];
}

function kustomizationFiles(folder: string, artifacts: readonly Artifact[]): readonly Artifact[] {
  const below = (chosen: readonly Artifact[]): readonly string[] => chosen.map(({ path }) => path.slice(folder.length + 1)).sort();
  const resources = below(artifacts.filter((artifact) => objectsOf(artifact).length > 0));
  const patches = below(artifacts.filter((artifact) => patchesOf(artifact).length > 0));
  const configuration = configurationFor(artifacts.flatMap((artifact) => [...objectsOf(artifact), ...patchesOf(artifact)]));
  const kustomization: JsonObject = {
    ...headOf(patches),
    ...(resources.length > 0 && { resources }),
    // Without a `target` of their own: kustomize passes over a target that it does not find, and refuses an object that it does not.
    ...(patches.length > 0 && { patches: patches.map((path) => ({ path })) }),
    ...(configuration && { configurations: [CONFIGURATION] }),
  };
  const sources = [...new Map(artifacts.flatMap((artifact) => artifact.sources.map((source) => [source.path, source] as const))).values()];
  return [
    { kind: "yaml", path: `${folder}/kustomization.yaml`, sources, documents: [kustomization], index: true },
    // Of the same sources as the list that names it: a build of some specs may neither remove it nor cut it down.
    ...(configuration
      ? [{ kind: "yaml" as const, path: `${folder}/${CONFIGURATION}`, sources, documents: [configuration], index: true as const }]
      : []),
  ];
}

/**
 * Only a Component may patch what the kustomization that includes it has read before: the Rollouts and Canaries of the user.
 * https://kubectl.docs.kubernetes.io/guides/config_management/components/
 */
function headOf(patches: readonly string[]): JsonObject {
  return patches.length === 0
    ? { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" }
    : { apiVersion: "kustomize.config.k8s.io/v1alpha1", kind: "Component" };
}
