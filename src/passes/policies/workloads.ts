import type { Located, Source } from "../../config/config.ts";
import type { SourceFile, Span } from "../../diagnostics/source.ts";
import { readObjects } from "../../manifests/documents.ts";
import { readYaml } from "../../yaml/read.ts";
import { textOf, valueOf, type YamlNode } from "../../yaml/tree.ts";

/** The files that policies and profiles name under `workload.file`, each once, for whoever reads files to read them. */
export function workloadFiles(sources: readonly Source[]): readonly Located[] {
  const named = sources
    .filter(({ role, text }) => role === "spec" && /RolloutPolicy|GateProfile/.test(text))
    // Whoever compiles these files reports what cannot be read.
    .flatMap((file) => readYaml(file, () => undefined).flatMap(filesOf));
  return named.filter(({ text }, i) => named.findIndex((other) => other.text === text) === i);
}

function filesOf(root: YamlNode): readonly Located[] {
  if (root.kind === "list") return root.items.flatMap(filesOf);
  const items = valueOf(root, "items");
  return [...(items === undefined ? [] : filesOf(items)), ...filePaths(valueOf(root, "spec", "workload", "file"))];
}

/** One path or a list of them, without detours. */
export function filePaths(node: YamlNode | undefined): readonly { readonly text: string; readonly at: Located["at"] & object }[] {
  if (node?.kind === "list") return node.items.flatMap(filePaths);
  const text = textOf(node);
  return node === undefined || text === undefined || text === "" ? [] : [{ text: straight(text), at: node.at }];
}

/** `./deploy//a/../rollout.yaml` as `deploy/rollout.yaml`, the path by which a source is known. */
function straight(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

/** The Services that carry the two versions, as the Rollout itself names them. */
export interface RolloutServices {
  readonly canary?: string;
  readonly stable?: string;
}

export function servicesOf(rollout: string, files: readonly SourceFile[]): RolloutServices {
  const roots = files.flatMap((file) => readYaml(file, () => undefined));
  const found = roots.find((root) => textOf(valueOf(root, "kind")) === "Rollout" && textOf(valueOf(root, "metadata", "name")) === rollout);
  const strategy = valueOf(found, "spec", "strategy");
  const canary = textOf(valueOf(strategy, "canary", "canaryService") ?? valueOf(strategy, "blueGreen", "previewService"));
  const stable = textOf(valueOf(strategy, "canary", "stableService") ?? valueOf(strategy, "blueGreen", "activeService"));
  return { ...(canary !== undefined && { canary }), ...(stable !== undefined && { stable }) };
}

/** What the Canary itself says of the release; what is wrong with it is the emitter's to tell. */
export interface CanaryFacts {
  /** `metadata.name`. */
  readonly name: string;
  readonly namespace?: string;
  readonly provider?: { readonly text: string; readonly at: Span };
  /** `spec.service.name`. */
  readonly service?: string;
  /** `spec.targetRef.kind`. */
  readonly kind?: string;
  /** `spec.ingressRef.name`. */
  readonly ingress?: string;
}

/** The Canaries that target the workload of this name. */
export function canariesOf(target: string, files: readonly SourceFile[]): readonly CanaryFacts[] {
  const objects = files.flatMap((file) => readObjects(file, () => undefined) ?? []);
  return objects.flatMap(({ kind, name, namespace, root }) => {
    const spec = valueOf(root, "spec");
    if (kind !== "Canary" || textOf(valueOf(spec, "targetRef", "name")) !== target) return [];
    const provider = valueOf(spec, "provider");
    const text = textOf(provider);
    const facts = {
      service: textOf(valueOf(spec, "service", "name")),
      kind: textOf(valueOf(spec, "targetRef", "kind")),
      ingress: textOf(valueOf(spec, "ingressRef", "name")),
    };
    return [
      {
        name,
        ...(namespace !== undefined && { namespace }),
        ...(provider !== undefined && text !== undefined && { provider: { text, at: provider.at } }),
        ...(facts.service !== undefined && { service: facts.service }),
        ...(facts.kind !== undefined && { kind: facts.kind }),
        ...(facts.ingress !== undefined && { ingress: facts.ingress }),
      },
    ];
  });
}
