import { countedGates } from "../../emitters/counted.ts";
import type { ReleasePolicy } from "../../model/policy.ts";
import { policyPage } from "../../gate/page.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Model } from "../../model/model.ts";
import type { CompileInput } from "../../output/output.ts";
import { nearest } from "../../units/identifier.ts";
import { exitCodeOf, type ExitCode } from "../exit-code.ts";
import { findings, seenFrom } from "../findings.ts";
import type { Io } from "../io.ts";
import { loadProjects } from "../project.ts";
import { printReport } from "../report.ts";
import type { ExplainRequest } from "../request.ts";
import { readSources } from "../sources.ts";

type Analyse = (input: CompileInput) => { readonly model: Pick<Model, "policies">; readonly diagnostics: readonly Diagnostic[] };

/** Prints what a release policy will do: its steps, its limits, and how it decides. */
export async function explain(request: ExplainRequest, io: Io, analyse: Analyse): Promise<ExitCode> {
  const start = io.now();
  const { all, report, hasErrors } = findings();
  const policies: ReleasePolicy[] = [];
  for (const project of loadProjects(request, io, report)) {
    const sources = await readSources(project, request.files, io, report);
    const { model, diagnostics } = analyse({ sources, config: project.config });
    diagnostics.forEach(seenFrom(io.cwd, project.root, report));
    policies.push(...model.policies);
  }
  if (hasErrors()) {
    printReport(all, { request, slos: 0, files: 0, states: [], untouched: true, milliseconds: io.now() - start }, io);
    return exitCodeOf(all);
  }
  const { policy: name, environment } = request;
  const named = policies.filter((policy) => policy.name === name);
  const chosen = named.filter((policy) => environment === undefined || policy.environment === environment);
  if (chosen.length > 0) {
    io.stdout.write(chosen.map((policy) => policyPage(policy, countedGates(policy))).join("\n"));
    return 0;
  }
  io.stderr.write(`error: ${whatThereIs(name, environment, named.length > 0 ? named : policies, named.length > 0)}\n`);
  return 2;
}

function whatThereIs(name: string, environment: string | undefined, policies: readonly ReleasePolicy[], isNamed: boolean): string {
  const names = [...new Set(policies.flatMap((policy) => (isNamed ? (policy.environment ?? []) : policy.name)))].sort();
  const wanted = isNamed ? `the policy \`${name}\` has no environment \`${environment ?? ""}\`` : `there is no release policy \`${name}\``;
  if (names.length === 0) return `${wanted}; ${isNamed ? "it has none at all" : "the specs hold no RolloutPolicy"}`;
  const slip = nearest(isNamed ? (environment ?? "") : name, names);
  if (!isNamed && name.includes("/")) return `${wanted}; for a diagnostic's code there is \`slogen explain-code ${name}\``;
  const offer = slip === undefined ? "" : `; did you mean \`${slip}\`?`;
  return `${wanted}${offer}\nthere ${names.length === 1 ? "is" : "are"}: ${names.join(", ")}`;
}
