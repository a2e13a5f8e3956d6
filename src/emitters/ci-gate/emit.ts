import { sourceFiles } from "../sources.ts";
import type { Model } from "../../model/model.ts";
import type { DeployGate } from "../../model/policy.ts";
import type { Artifact } from "../../output/artifact.ts";
import { generatedBy } from "../../output/header.ts";
import type { Json } from "../../yaml/json.ts";
import type { EmitContext } from "../emitter.ts";
import { checkGate } from "./checks.ts";
import { githubAction, githubWorkflow } from "./github.ts";
import type { CiGateOptions } from "./options.ts";
import { presyncHook } from "./presync.ts";
import { gateScript } from "./script.ts";

type Context = EmitContext<CiGateOptions>;

/** Every gate as a script, and what runs that in a pipeline or before a sync. */
export function emitCiGate({ deployGates }: Pick<Model, "deployGates">, context: Context): readonly Artifact[] {
  return deployGates.flatMap((gate) => {
    checkGate(gate, context.options, context.report);
    return filesOf(gate, context);
  });
}

function filesOf(gate: DeployGate, { options, render, out, below }: Context): readonly Artifact[] {
  const { formats, timeout } = options;
  const path = folderOf(gate);
  const sources = [...new Set([gate.file, ...sourceFiles(gate.slos.map(({ slo }) => slo))])];
  const text = gateScript(gate, { timeout, header: generatedBy(sources.map((source) => source.path)) }, render);
  const yaml = (name: string, documents: readonly Json[]): Artifact => ({ kind: "yaml", path: `${path}/${name}`, sources, documents });
  const inGithub = formats.includes("github");
  const action = `./${[options.folder ?? out ?? "generated", ...(below === undefined ? [] : [below]), path].join("/")}`;
  return [
    // The action runs the script beside it; the hook carries its own.
    ...(formats.includes("script") || inGithub ? [{ kind: "text", path: `${path}/gate.sh`, sources, text } as const] : []),
    ...(inGithub ? [yaml("action.yml", [githubAction(gate)]), yaml("github-job.yaml", [githubWorkflow(gate, action)])] : []),
    ...(formats.includes("argo-cd") ? [yaml("presync-job.yaml", presyncHook(gate, text, options))] : []),
  ];
}

/** Each environment has a folder, since each is deployed to by itself. */
function folderOf({ environment, name }: DeployGate): string {
  return ["ci-gate", ...(environment === undefined ? [] : [environment]), name].join("/");
}
