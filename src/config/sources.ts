import type { Report } from "../diagnostics/diagnostic.ts";
import type { Entry } from "../model/model.ts";
import {
  DATADOG_SITES,
  type Authentication,
  type DatadogSource,
  type KeySource,
  type MetricSource,
  type PrometheusSource,
  type RemoteKey,
  type SecretRef,
} from "../model/policy.ts";
import { seconds } from "../units/duration.ts";
import { nearest } from "../units/identifier.ts";
import { textOf, valueOf, type YamlEntry, type YamlNode, type YamlScalar } from "../yaml/tree.ts";
import { configCodes } from "./codes.ts";
import type { Environment } from "./config.ts";
import { durationAt, entriesOf, flag, located, textAt, texts } from "./fields.ts";

/** Prometheus's own default is a minute; nearly every installation sets less. */
const USUAL_SCRAPE_INTERVAL = seconds(30);

/** What agents and DogStatsD clients keep to: https://docs.datadoghq.com/extend/dogstatsd/data_aggregation/ */
const USUAL_SEND_INTERVAL = seconds(10);

/** What holds where slogen.yaml names no source: the controller knows its own address. */
export const UNNAMED_SOURCE: MetricSource = {
  name: "default",
  type: "prometheus",
  headers: [],
  scrapeInterval: USUAL_SCRAPE_INTERVAL,
  scrapesFlagger: true,
  insecure: false,
};

/** The section `sources`, valid by its schema. */
export function decodeSources(node: YamlNode | undefined, report: Report): readonly MetricSource[] {
  return entriesOf(node).map(({ key, value }) => {
    if (textAt(value, "type") === "datadog") return decodeDatadog(key, value);
    checkCredentials(value, report);
    return decodePrometheus(key, value);
  });
}

function decodePrometheus(key: YamlScalar, node: YamlNode): PrometheusSource {
  const address = textAt(node, "address");
  const timeout = durationAt(node, "timeout");
  const authentication = decodeAuthentication(valueOf(node, "authentication"));
  return {
    name: key.text,
    type: "prometheus",
    ...(address !== undefined && { address: address.replace(/\/+$/, "") }),
    headers: textEntries(valueOf(node, "headers")),
    ...(timeout && { timeout }),
    scrapeInterval: durationAt(node, "scrapeInterval") ?? USUAL_SCRAPE_INTERVAL,
    scrapesFlagger: flag(valueOf(node, "scrapesFlagger")) ?? true,
    insecure: flag(valueOf(node, "insecure")) ?? false,
    ...(authentication && { authentication }),
    at: key.at,
  };
}

function decodeDatadog(key: YamlScalar, node: YamlNode): DatadogSource {
  const site = textAt(node, "site");
  const secret = valueOf(node, "secret");
  const keysFrom = decodeKeys(valueOf(node, "keysFrom"));
  const timeout = durationAt(node, "timeout");
  return {
    name: key.text,
    type: "datadog",
    site: DATADOG_SITES.find((each) => each === site) ?? "datadoghq.com",
    ...(secret && { secret: { name: textAt(secret, "name") ?? "", namespaced: flag(valueOf(secret, "namespaced")) ?? false } }),
    ...(keysFrom && { keysFrom }),
    ...(timeout && { timeout }),
    scrapeInterval: durationAt(node, "interval") ?? USUAL_SEND_INTERVAL,
    at: key.at,
  };
}

function decodeKeys(node: YamlNode | undefined): KeySource | undefined {
  const [operator] = entriesOf(node);
  switch (operator?.key.text) {
    case "vault": {
      const { value } = operator;
      const auth = textAt(value, "auth");
      return {
        kind: "vault",
        mount: textAt(value, "mount") ?? "",
        path: textAt(value, "path") ?? "",
        type: textAt(value, "type") === "kv-v1" ? "kv-v1" : "kv-v2",
        apiKey: textAt(value, "apiKey") ?? "api-key",
        appKey: textAt(value, "appKey") ?? "app-key",
        ...(auth !== undefined && { auth }),
      };
    }
    case "externalSecrets": {
      const { value } = operator;
      const kind = textAt(valueOf(value, "store"), "kind") === "ClusterSecretStore" ? "ClusterSecretStore" : "SecretStore";
      return {
        kind: "externalSecrets",
        store: { name: textAt(valueOf(value, "store"), "name") ?? "", kind },
        apiKey: remoteKey(valueOf(value, "apiKey")),
        appKey: remoteKey(valueOf(value, "appKey")),
      };
    }
    case undefined:
    default:
      return undefined;
  }
}

function remoteKey(node: YamlNode | undefined): RemoteKey {
  const property = textAt(node, "property");
  return { key: textAt(node, "key") ?? "", ...(property !== undefined && { property }) };
}

/** The section `environments`, valid by its schema. */
export function decodeEnvironments(node: YamlNode | undefined, sources: readonly MetricSource[], report: Report): readonly Environment[] {
  return entriesOf(node).map(({ key, value }) => {
    const source = valueOf(value, "source");
    if (source !== undefined) checkSource(source, sources, report);
    const namespace = textAt(value, "namespace");
    const enforcement = textAt(value, "enforcement");
    return {
      name: key.text,
      ...(source && { source: located(source) }),
      matchers: textEntries(valueOf(value, "matchers")),
      ...(namespace !== undefined && { namespace }),
      ...((enforcement === "observe" || enforcement === "enforce") && { enforcement }),
      at: key.at,
    };
  });
}

function checkSource(node: YamlNode, sources: readonly MetricSource[], report: Report): void {
  const name = textOf(node) ?? "";
  const known = sources.map((source) => source.name);
  if (!known.includes(name)) report(configCodes["unknown-source"](node.at, { name, known, nearest: nearest(name, known) }));
}

function decodeAuthentication(node: YamlNode | undefined): Authentication | undefined {
  const [method] = entriesOf(node);
  switch (method?.key.text) {
    case "bearer":
      return { kind: "bearer", token: secretOf(method.value) };
    case "basic":
      return { kind: "basic", credentials: secretOf(method.value) };
    case "oauth2":
      return {
        kind: "oauth2",
        tokenUrl: textAt(method.value, "tokenUrl") ?? "",
        clientId: textAt(method.value, "clientId") ?? "",
        clientSecret: secretOf(valueOf(method.value, "clientSecret")),
        scopes: texts(valueOf(method.value, "scopes"))?.map(({ text }) => text) ?? [],
      };
    case "sigv4": {
      const profile = textAt(method.value, "profile");
      const roleArn = textAt(method.value, "roleArn");
      const region = textAt(method.value, "region") ?? "";
      return { kind: "sigv4", region, ...(profile !== undefined && { profile }), ...(roleArn !== undefined && { roleArn }) };
    }
    case undefined:
    default:
      return undefined;
  }
}

function secretOf(node: YamlNode | undefined): SecretRef {
  return { name: textAt(node, "secret") ?? "", key: textAt(node, "key") ?? "" };
}

/** Headers that hold a credential and nothing else, whatever their value. */
const CREDENTIAL_HEADER = /^(proxy-)?authorization$|^cookie$|api[-_]?key|access[-_]?(key|token)|auth[-_]?token|password|secret/i;
const CREDENTIAL_VALUE = /^(bearer|basic|token|apikey)\s+\S/i;
/** `https://user:password@host`; a name alone is refused too, for it is of no use without its password. */
const USERINFO = /^https?:\/\/[^/]*@/i;
/** As identity providers take them in a URL. */
const CREDENTIAL_PARAMETER = /[?&][^=&]*(secret|password|token|key)=[^&]/i;

function checkCredentials(source: YamlNode, report: Report): void {
  for (const { key, value } of entriesOf(valueOf(source, "headers"))) {
    const isCredential = CREDENTIAL_HEADER.test(key.text) || CREDENTIAL_VALUE.test(textOf(value) ?? "");
    if (isCredential)
      report(configCodes["literal-credential"](value.at, { where: `the header \`${key.text}\``, kind: methodFor(key, value) }));
  }
  checkUrl(valueOf(source, "address"), "basic", report);
  checkUrl(valueOf(source, "authentication", "oauth2", "tokenUrl"), "oauth2", report);
}

function checkUrl(url: YamlNode | undefined, kind: "basic" | "oauth2", report: Report): void {
  const text = textOf(url) ?? "";
  if (USERINFO.test(text) || CREDENTIAL_PARAMETER.test(text))
    report(configCodes["literal-credential"](url?.at, { where: "this URL", kind }));
}

function methodFor(key: YamlEntry["key"], value: YamlNode): "bearer" | "basic" | undefined {
  if (!/authorization$/i.test(key.text)) return undefined;
  return /^basic\s/i.test(textOf(value) ?? "") ? "basic" : "bearer";
}

function textEntries(node: YamlNode | undefined): readonly Entry[] {
  return entriesOf(node).map(({ key, value }) => ({ key: key.text, value: textOf(value) ?? "", at: key.at }));
}
