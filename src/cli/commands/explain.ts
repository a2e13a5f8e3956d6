import { basename, dirname, join, resolve } from "node:path";
import { countedGates } from "../../emitters/counted.ts";
import { deployPage } from "../../explain/deploy-page.ts";
import type { SloFacts, Subject } from "../../explain/facts.ts";
import { findSubject, type Named } from "../../explain/find.ts";
import { explainHtml } from "../../explain/html/page.ts";
import { overview } from "../../explain/overview.ts";
import { policyExplanation } from "../../explain/policy-page.ts";
import { explainReport } from "../../explain/report.ts";
import { sloFacts } from "../../explain/slo-facts.ts";
import { sloPage } from "../../explain/slo-page.ts";
import type { Terminal } from "../../explain/terminal.ts";
import { declaredTraffic, type DeclaredTraffic } from "../../explain/traffic.ts";
import type { Analysis } from "../../index.ts";
import type { PlannedSlo } from "../../model/model.ts";
import type { DeployGate, ReleasePolicy } from "../../model/policy.ts";
import type { CompileInput } from "../../output/output.ts";
import { toNumber, type Rational } from "../../units/rational.ts";
import { usesColor } from "../color.ts";
import { exitCodeOf, type ExitCode } from "../exit-code.ts";
import { findings, seenFrom } from "../findings.ts";
import { checkIgnores } from "../ignores.ts";
import { reasonOf, type Io } from "../io.ts";
import { relativePath } from "../paths.ts";
import { loadProjects } from "../project.ts";
import { printReport } from "../report.ts";
import type { ExplainRequest } from "../request.ts";
import { settled } from "../settle.ts";
import { readSources } from "../sources.ts";
import { usesUnicode } from "../unicode.ts";

type Analyse = (input: CompileInput) => Pick<Analysis, "model" | "diagnostics" | "alertsOf">;

/** An SLO's figures, and whose word its traffic is. */
interface Explained {
  readonly facts: SloFacts;
  readonly traffic: DeclaredTraffic | undefined;
}

type ExplainSlo = (slo: PlannedSlo) => Explained;

/** Prints what an SLO promises and when it alerts, what a release policy will do, or, without a name, what there is. */
export async function explain(request: ExplainRequest, io: Io, analyse: Analyse): Promise<ExitCode> {
  const start = io.now();
  const { all, report, hasErrors } = findings();
  const policies: ReleasePolicy[] = [];
  const deployGates: DeployGate[] = [];
  const slos = new Map<PlannedSlo, ExplainSlo>();
  for (const project of loadProjects(request, io, report)) {
    const own = settled(project.config.rules, report);
    const sources = await readSources(project, request.files, io, own);
    checkIgnores(sources, seenFrom(io.cwd, project.root, own));
    const { model, diagnostics, alertsOf } = analyse({ sources, config: project.config });
    diagnostics.forEach(seenFrom(io.cwd, project.root, own));
    policies.push(...model.policies);
    deployGates.push(...model.deployGates);
    const explainSlo: ExplainSlo = (slo) => {
      const traffic = trafficOf(slo, model.policies, request.traffic);
      return { facts: sloFacts(slo, traffic && toNumber(traffic.rate), alertsOf(slo)), traffic };
    };
    for (const slo of model.slos) slos.set(slo, explainSlo);
  }
  if (hasErrors()) {
    printReport(all, { request, slos: 0, files: 0, states: [], untouched: true, milliseconds: io.now() - start }, io);
    return exitCodeOf(all);
  }

  const known: Named = { slos: [...slos.keys()], policies, deployGates };
  const found = request.name === undefined ? known : findSubject(known, request.name, request.environment);
  if ("problem" in found) {
    io.stderr.write(`error: ${found.problem}\n`);
    return 2;
  }
  const explained = found.slos.flatMap((slo) => slos.get(slo)?.(slo) ?? []);
  if (request.report === "json") {
    const facts = explained.map((each) => each.facts);
    io.stdout.write(`${JSON.stringify(explainReport(facts, found.policies, found.deployGates), null, 2)}\n`);
    return 0;
  }
  if (request.html !== undefined) {
    const [gate] = found.deployGates;
    if (gate !== undefined && found.slos.length === 0 && found.policies.length === 0) {
      const ids = gate.slos.map(({ slo }) => `\`${slo.id}\``).join(", ");
      io.stderr.write(
        `error: \`${gate.name}\` is a gate before a deployment, which has no charts; \`--html\` draws what it judges by: ${ids}\n`,
      );
      return 2;
    }
    const kept = known.slos.filter((slo) => found.slos.includes(slo) || found.policies.some(({ gates }) => keeps(gates, slo)));
    const page = kept.flatMap((slo) => slos.get(slo)?.(slo).facts ?? []);
    return writeHtml(explainHtml(subjectOf(found.policies, page)), request.html, io);
  }

  const terminal: Terminal = { unicode: usesUnicode(io), color: usesColor(request.color, io.stdout, io) };
  const pages =
    request.name === undefined
      ? [overview({ ...found, slos: explained.map(({ facts }) => facts) }, terminal)]
      : [
          ...explained.map(({ facts, traffic }) => sloPage(facts, terminal, traffic && { trafficBy: traffic.by })),
          ...found.policies.map((policy) => policyExplanation(policy, countedGates(policy), terminal)),
          ...found.deployGates.map(deployPage),
        ];
  io.stdout.write(pages.join("\n"));
  return 0;
}

function trafficOf(slo: PlannedSlo, policies: readonly ReleasePolicy[], given: Rational | undefined): DeclaredTraffic | undefined {
  return given === undefined ? declaredTraffic(slo, policies) : { rate: given, by: "--traffic" };
}

function keeps(gates: ReleasePolicy["gates"], { id }: PlannedSlo): boolean {
  return gates.some(({ slo }) => slo.id === id);
}

function subjectOf(policies: readonly ReleasePolicy[], slos: readonly SloFacts[]): Subject {
  const [first] = slos;
  return policies.length === 0 && first !== undefined ? { kind: "slo", slo: first } : { kind: "policy", policies, slos };
}

/** A page that is half written is never seen. */
function writeHtml(page: string, file: string, io: Io): ExitCode {
  if (file === "-") {
    io.stdout.write(page);
    return 0;
  }
  const path = resolve(io.cwd, file);
  const draft = join(dirname(path), `.${basename(path)}.slogen-draft`);
  const shown = relativePath(io.cwd, path);
  try {
    io.fs.mkdirSync(dirname(path), { recursive: true });
    io.fs.writeFileSync(draft, page);
    io.fs.renameSync(draft, path);
  } catch (error) {
    io.fs.rmSync(draft, { force: true });
    io.stderr.write(`error: \`${shown}\` cannot be written: ${reasonOf(error)}\n`);
    return 2;
  }
  io.stderr.write(`${shown}\n`);
  return 0;
}
