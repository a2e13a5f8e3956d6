import type { Report } from "../../../diagnostics/diagnostic.ts";
import type { Span } from "../../../diagnostics/source.ts";
import { nearest } from "../../../units/identifier.ts";
import { headOf, valueOf, type YamlNode } from "../../../yaml/tree.ts";
import { rolloutCodes } from "./codes.ts";
import { integerAt, itemsAt, keyAt, mapAt, textAt, type KubernetesObject } from "../../../manifests/documents.ts";
import { servicesOf, type RolloutFile } from "./rollout-file.ts";

/** Whether the Services, routes and Ingresses of a traffic-routed canary fit together, as far as the policy's files hold them. */
export function checkTraffic(file: RolloutFile, routing: YamlNode, report: Report): void {
  checkServices(file, routing, report);
  const istio = valueOf(routing, "istio");
  if (istio !== undefined) checkIstio(file, istio, report);
  const nginx = valueOf(routing, "nginx");
  if (nginx !== undefined) checkNginx(file, nginx, report);
}

/** https://github.com/argoproj/argo-rollouts/blob/v1.8.3/pkg/apis/rollouts/validation/validation.go (requireCanaryStableServices) */
const NEED_SERVICES = ["alb", "istio", "smi", "apisix", "ambassador", "nginx", "appMesh", "traefik"];

function checkServices(file: RolloutFile, routing: YamlNode, report: Report): void {
  const { strategy, others } = file;
  const router = NEED_SERVICES.find((name) => valueOf(routing, name) !== undefined);
  const splitsSubsets = valueOf(routing, "istio", "destinationRule") !== undefined;
  const isPingPong = valueOf(strategy, "pingPong") !== undefined;
  if (router !== undefined && !splitsSubsets && !isPingPong)
    for (const missing of ["canaryService", "stableService"].filter((key) => textAt(strategy, key) === undefined))
      report(rolloutCodes["no-services"](keyAt(strategy, "trafficRouting"), { missing }));
  const { canary, stable } = servicesOf(file);
  if (canary !== undefined && canary === stable)
    report(rolloutCodes["same-service"](valueOf(strategy, "canaryService")?.at, { name: canary }));
  checkServicesExist(file, ["canaryService", "stableService"], others, report);
}

export function checkServicesExist(
  { strategy }: RolloutFile,
  keys: readonly string[],
  others: readonly KubernetesObject[],
  report: Report,
): void {
  for (const key of keys) {
    const name = textAt(strategy, key);
    if (name !== undefined) checkExists(others, "Service", name, valueOf(strategy, key)?.at, rolloutCodes["unknown-service"], report);
  }
}

/** Says nothing where the files hold no object of the kind: those are then kept elsewhere. */
function checkExists(
  others: readonly KubernetesObject[],
  kind: string,
  name: string,
  at: Span | undefined,
  missing: (typeof rolloutCodes)["unknown-service" | "unknown-virtual-service" | "unknown-ingress"],
  report: Report,
): KubernetesObject | undefined {
  const given = others.filter((each) => each.kind === kind);
  const found = given.find((each) => each.name === name);
  if (found === undefined && given.length > 0) {
    const suggestion = nearest(
      name,
      given.map((each) => each.name),
    );
    report(missing(at, { name, suggestion }));
  }
  return found;
}

function checkIstio(file: RolloutFile, istio: YamlNode, report: Report): void {
  const single = mapAt(istio, "virtualService");
  const services = [...(single === undefined ? [] : [single]), ...itemsAt(istio, "virtualServices")];
  for (const service of services) {
    // `name.namespace` names one in another namespace.
    const name = textAt(service, "name")?.split(".")[0];
    if (name === undefined) continue;
    const at = valueOf(service, "name")?.at;
    const given = checkExists(file.others, "VirtualService", name, at, rolloutCodes["unknown-virtual-service"], report);
    if (given !== undefined) checkRoutes(file, istio, service, given, report);
  }
}

/** https://github.com/argoproj/argo-rollouts/blob/v1.8.3/rollout/trafficrouting/istio/istio.go (ValidateHTTPRoutes) */
function checkRoutes(file: RolloutFile, istio: YamlNode, service: YamlNode, given: KubernetesObject, report: Report): void {
  const http = itemsAt(given.root, "spec", "http");
  const named = itemsAt(service, "routes");
  const managed = itemsAt(file.strategy, "trafficRouting", "managedRoutes").map((route) => textAt(route, "name"));
  const own = http.filter((route) => !managed.includes(textAt(route, "name")));
  if (named.length === 0) {
    if (own.length > 1) {
      const related = [{ at: given.at, message: "the VirtualService" }];
      report(rolloutCodes["several-routes"](headOf(service), { service: given.name, count: own.length }, { related }));
    } else
      own.forEach((route) => {
        checkRoute(file, istio, route, `of \`${given.name}\``, report);
      });
    return;
  }
  for (const name of named) {
    const wanted = textAt(name) ?? "";
    const route = http.find((each) => textAt(each, "name") === wanted);
    if (route !== undefined) {
      checkRoute(file, istio, route, `\`${wanted}\``, report);
      continue;
    }
    const suggestion = nearest(
      wanted,
      http.flatMap((each) => textAt(each, "name") ?? []),
    );
    const related = [{ at: given.at, message: "the VirtualService" }];
    report(rolloutCodes["unknown-route"](name.at, { route: wanted, service: given.name, suggestion }, { related }));
  }
}

function checkRoute(file: RolloutFile, istio: YamlNode, route: YamlNode, described: string, report: Report): void {
  const rule = mapAt(istio, "destinationRule");
  const { canary, stable } = servicesOf(file);
  const wanted = rule === undefined ? [stable, canary] : [textAt(rule, "stableSubsetName"), textAt(rule, "canarySubsetName")];
  const destinations = itemsAt(route, "route");
  const found = destinations.map((destination) => {
    const host = textAt(destination, "destination", "host");
    return rule === undefined ? host?.split(".")[0] : textAt(destination, "destination", "subset");
  });
  const what = rule === undefined ? "" : "subset ";
  const names = (list: readonly (string | undefined)[], and: string): string =>
    list.length === 0
      ? "nothing"
      : list.map((name) => (name === undefined ? "a destination without a name" : `${what}\`${name}\``)).join(and);
  const isKnown = wanted.every((name) => name !== undefined);
  const isExact = found.length === 2 && wanted.every((name) => found.includes(name));
  if (isKnown && !isExact)
    report(rolloutCodes["route-hosts"](headOf(route), { route: described, found: names(found, ", "), wanted: names(wanted, " and ") }));
  const weights = destinations.map((destination) => integerAt(destination, "weight") ?? 0);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (destinations.length > 1 && sum !== 100) report(rolloutCodes["route-weights"](headOf(route), { route: described, sum: String(sum) }));
}

function checkNginx(file: RolloutFile, nginx: YamlNode, report: Report): void {
  const single = valueOf(nginx, "stableIngress");
  const { stable } = servicesOf(file);
  for (const ingress of [...(single === undefined ? [] : [single]), ...itemsAt(nginx, "stableIngresses")]) {
    const name = textAt(ingress);
    if (name === undefined) continue;
    const given = checkExists(file.others, "Ingress", name, ingress.at, rolloutCodes["unknown-ingress"], report);
    if (given === undefined || stable === undefined || backendsOf(given.root).includes(stable)) continue;
    report(rolloutCodes["ingress-backend"](given.at, { ingress: name, service: stable }));
  }
}

/** Of `networking.k8s.io/v1`, and of the beta versions before it. */
function backendsOf(ingress: YamlNode): readonly string[] {
  const paths = itemsAt(ingress, "spec", "rules").flatMap((rule) => itemsAt(rule, "http", "paths"));
  const backends = [
    ...paths.map((path) => valueOf(path, "backend")),
    valueOf(ingress, "spec", "defaultBackend"),
    valueOf(ingress, "spec", "backend"),
  ];
  return backends.flatMap((backend) => textAt(backend, "service", "name") ?? textAt(backend, "serviceName") ?? []);
}
