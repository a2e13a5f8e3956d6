import { join, posix } from "node:path";
import { renderer } from "../../text/render.ts";
import type { SchemaKind } from "../../schema/kinds.ts";
import { pascalCase } from "../../units/identifier.ts";
import { divide, parseDecimal, rational, subtract, toDecimal } from "../../units/rational.ts";
import type { JsonObject } from "../../yaml/json.ts";
import { SCHEMA_FOLDER } from "../schemas.ts";
import { indicatorOf } from "./indicators.ts";
import type { Answers } from "./questions.ts";
import type { Surroundings } from "./surroundings.ts";
import { yamlText } from "./yaml-text.ts";

/** A file that `init` makes where there is none. */
export interface NewFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** What to do with the text where the file is there already; by default that file will do. */
  readonly otherwise?: string;
}

export interface Plan {
  /** The SLO's id, by which commands know it. */
  readonly slo: string;
  /** The name of the release policy, if there is one. */
  readonly policy: string | undefined;
  readonly spec: NewFile;
  /** Of this service alone. */
  readonly service: readonly NewFile[];
  /** Of the whole project or repository, upkeep among them. */
  readonly project: readonly NewFile[];
  /** The hook and the CI job that were asked for. */
  readonly upkeep: readonly NewFile[];
  /** The schemas that the files name in their first line, as paths in the project. */
  readonly schemas: readonly { readonly kind: SchemaKind; readonly path: string }[];
}

export function planFiles(answers: Answers, around: Surroundings): Plan {
  const { service = "", format = "", release = "none", ci = "none", preCommit = "no" } = answers;
  const render = renderer([], () => undefined);
  const fill = (template: string, view: JsonObject): string => `${render(`init/${template}`, view)}\n`;
  const isGated = release !== "none";
  const view = viewOf(answers, around);
  const at = (path: string): string => join(around.folder, path);
  const schemaFor = (path: string, kind: SchemaKind): JsonObject => ({
    schema: posix.relative(posix.dirname(path), `${SCHEMA_FOLDER}/${kind}.json`),
  });
  const inProject = (path: string, template: string, kind: SchemaKind): NewFile => ({
    path: at(path),
    text: fill(template, { ...view, ...schemaFor(path, kind) }),
  });

  const spec = inProject(`slo/${service}.yaml`, `slo-${format}`, "spec");
  const policy = isGated ? [inProject(`policy/${service}.yaml`, "policy", "spec")] : [];
  const config = inProject("slogen.yaml", "slogen-yaml", "config");
  const attributes = {
    path: at(".gitattributes"),
    text: fill("gitattributes", {}),
    otherwise: "add this line, so that reviews fold what is generated",
  };
  const upkeep = [...(preCommit === "yes" ? [preCommitFile(fill, view, around)] : []), ...ciFiles(ci, fill, view, around)];
  return {
    slo: `${service}-${indicatorOf(answers).slo}`,
    policy: isGated ? service : undefined,
    spec,
    service: policy,
    project: [{ ...config, otherwise: "it should say as much as this" }, ...(around.hints.usesGit ? [attributes] : []), ...upkeep],
    upkeep,
    schemas: (["spec", "config"] as const).map((kind) => ({ kind, path: at(`${SCHEMA_FOLDER}/${kind}.json`) })),
  };
}

type Fill = (template: string, view: JsonObject) => string;

function preCommitFile(fill: Fill, view: JsonObject, { base }: Surroundings): NewFile {
  return { path: join(base, ".pre-commit-config.yaml"), text: fill("pre-commit", view), otherwise: "add the hook under its `repos`" };
}

function ciFiles(ci: string, fill: Fill, view: JsonObject, { base }: Surroundings): readonly NewFile[] {
  if (ci === "github")
    return [{ path: join(base, ".github/workflows/slogen.yaml"), text: fill("github", view), otherwise: "add the step of this job" }];
  if (ci !== "gitlab") return [];
  const job = ".gitlab/slogen.gitlab-ci.yml";
  return [
    { path: join(base, job), text: fill("gitlab", view), otherwise: "add this job" },
    { path: join(base, ".gitlab-ci.yml"), text: `include:\n  - local: ${job}\n`, otherwise: "add the job's file to it" },
  ];
}

/** What the templates are given; whatever a person typed is valid YAML where they put it. */
function viewOf(answers: Answers, { inside, isLocal, command }: Surroundings): JsonObject {
  const { service = "", target = "", window = "", release = "none", traffic = "", metric = "", selector = "", errors = "" } = answers;
  const { slo, events, good } = indicatorOf(answers);
  const isHistogram = answers.sli === "latency";
  const threshold = answers.threshold ?? "";
  const seconds = secondsOf(threshold);
  const total = isHistogram && answers.format === "sloth" ? `${metric}_count{${selector}}` : `${metric}{${selector}}`;
  const bad = `${metric}{${selector},${errors}}`;
  const whole = "{{.window}}";
  const sum = (series: string): string => `sum(rate(${series}[${whole}]))`;
  const isSloth = answers.format === "sloth";
  const goodWords = isHistogram ? `${good} ${threshold}` : good;
  const prefix = inside === "." ? "" : `${inside}/`;
  return {
    service,
    slo,
    id: `${service}-${slo}`,
    promise: `${target} % of the ${events} to ${service} ${goodWords}, over ${describeWindow(window)}.`,
    description: `${capital(events)} to ${service} that ${goodWords}.`,
    event: events.replace(/s$/, ""),
    target,
    budget: `${toDecimal(budgetOf(target))} % of all ${events}`,
    window,
    traffic,
    annotations: traffic !== "" && release === "none",
    histogram: isHistogram,
    threshold,
    seconds,
    errorsNote: ERRORS_NOTE[answers.sli ?? ""] ?? "",
    total: isSloth ? total : yamlText(total),
    bad: yamlText(isSloth ? sum(bad) : bad),
    bucket: `${metric}_bucket{${selector},${boundMatcher(seconds)}}`,
    totalQuery: yamlText(sum(total)),
    alert: `${pascalCase(service)}${pascalCase(slo)}`,
    release: release === "none" ? "" : release,
    argo: release === "argo-rollouts",
    provider: answers.provider ?? "",
    // The Gateway API is the one of them for which slogen takes the pods' own series by itself.
    isolation: release === "flagger" && answers.provider !== "gatewayapi:v1",
    prometheus: yamlText(answers.prometheus ?? ""),
    defaultPeriod: isSloth && window !== "30d" ? window : "",
    command,
    local: isLocal,
    where: inside === "." ? "" : ` --config ${shellText(`${prefix}slogen.yaml`)}`,
    // A build may read any of them, such as the Rollout's file that a policy names.
    files: yamlText(`^${escapeRegExp(prefix)}(generated/|.*\\.(ya?ml|json|hbs)$)`),
    // https://docs.gitlab.com/ci/yaml/#ruleschanges: `generated/**` alone would be the files of that folder, and none below.
    paths: ["generated/**/*", "**/*.yaml", "**/*.yml", "**/*.json", "**/*.hbs"].map((path) => yamlText(prefix + path)),
  };
}

const ERRORS_NOTE: Readonly<Record<string, string>> = {
  availability: "Answers such as 404 are the client's affair and do not count.",
  grpc: "Codes such as NotFound are the caller's affair and do not count.",
  queue: "A message that is tried again counts once for each try.",
};

function budgetOf(target: string) {
  return subtract(rational(100), parseDecimal(target) ?? rational(0));
}

function describeWindow(window: string): string {
  return `${window.replace(/d$/, "")} days`;
}

/** `300ms` as `0.3`, as a bucket's label has it. */
function secondsOf(threshold: string): string {
  const [, amount = "0", unit] = /^(\d+)(ms|s)$/.exec(threshold) ?? [];
  return toDecimal(divide(rational(BigInt(amount)), rational(unit === "ms" ? 1000 : 1)));
}

/** Clients and versions of Prometheus differ over a whole number: `1` or `1.0`. */
function boundMatcher(seconds: string): string {
  return seconds.includes(".") ? `le="${seconds}"` : `le=~"${seconds}(\\\\.0)?"`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function shellText(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
