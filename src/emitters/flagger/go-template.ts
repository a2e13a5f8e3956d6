import type { Isolation, PrometheusPolicy } from "../../model/policy.ts";
import type { Expr, Matcher } from "../../promql/ast.ts";
import { printExpr } from "../../promql/print.ts";

/** Stand for the braces of an action in a tree. No query of a user's prints them: within quotes they are escaped, elsewhere not allowed. */
const [OPEN, CLOSE] = ["\ue000", "\ue001"];

/** A value of `templateVariables`, to be used in a tree. */
export function variable(name: VariableName): string {
  return `${OPEN} variables.${name} ${CLOSE}`;
}

/** In the order in which a reader wants them. */
export const VARIABLES = ["since", "minRequests", "lastWeight", "lastShare", "hotfix"] as const;

export type VariableName = (typeof VARIABLES)[number];

/** The Canary's namespace, to be used in a matcher of a tree. */
const NAMESPACE = `${OPEN} namespace ${CLOSE}`;

/** What the matchers of a provider hold where the policy names no namespace. */
const PLACE = "{namespace}";

/** The isolation with the Canary's own namespace, for a policy that names none. */
export function inCanaryNamespace(isolation: Isolation<Matcher>): Isolation<Matcher> {
  const filled = (matcher: Matcher): Matcher =>
    typeof matcher.value === "string" ? { ...matcher, value: matcher.value.replaceAll(PLACE, NAMESPACE) } : matcher;
  return { ...isolation, canary: isolation.canary.map(filled), stable: isolation.stable.map(filled) };
}

/** The namespace as a matcher's value: the policy's own, or the Canary's. */
export function namespaceOf({ workload }: Pick<PrometheusPolicy, "workload">): string {
  return workload.namespace ?? NAMESPACE;
}

/**
 * The query as a text that Flagger first fills in as a Go template and then sends with every run of blanks as one. Braces of the user's own
 * are text, and so are all their blanks: https://github.com/fluxcd/flagger/blob/v1.44.0/pkg/metrics/providers/prometheus.go
 */
export function goTemplate(query: Expr): string {
  return withBlanks(printExpr(query))
    .replace(/\\ue000( \w+ )\\ue001/g, `${OPEN}$1${CLOSE}`)
    .replace(/\{\{|\{(?=\ue000)/g, (braces) => `{{ "${braces}" }}`)
    .replaceAll(OPEN, "{{")
    .replaceAll(CLOSE, "}}");
}

/** All texts are printed in double quotes. */
function withBlanks(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"/g, (quoted) => quoted.replace(/(?<= ) /g, "\\x20"));
}

/** Whether a query that is printed as it is asks for the namespace that only the Canary knows. */
export function asksCanaryNamespace(printed: string): boolean {
  return printed.includes("\\ue000 namespace \\ue001");
}
