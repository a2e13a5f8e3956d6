import type { Report } from "../diagnostics/diagnostic.ts";
import type { Entry } from "../model/model.ts";
import type { Authentication, MetricSource, SecretRef } from "../model/policy.ts";
import { seconds } from "../units/duration.ts";
import { nearest } from "../units/identifier.ts";
import { textOf, valueOf, type YamlEntry, type YamlNode } from "../yaml/tree.ts";
import { configCodes } from "./codes.ts";
import type { Environment } from "./config.ts";
import { durationAt, entriesOf, flag, located, textAt, texts } from "./fields.ts";

/** Prometheus's own default is a minute; nearly every installation sets less. */
const USUAL_SCRAPE_INTERVAL = seconds(30);

/** What holds where slogen.yaml names no source: the controller knows its own address. */
export const UNNAMED_SOURCE: MetricSource = {
  name: "default",
  type: "prometheus",
  headers: [],
  scrapeInterval: USUAL_SCRAPE_INTERVAL,
  insecure: false,
};

/** The section `sources`, valid by its schema. */
export function decodeSources(node: YamlNode | undefined, report: Report): readonly MetricSource[] {
  return entriesOf(node).map(({ key, value }) => {
    checkCredentials(value, report);
    const address = textAt(value, "address");
    const timeout = durationAt(value, "timeout");
    const authentication = decodeAuthentication(valueOf(value, "authentication"));
    return {
      name: key.text,
      type: "prometheus",
      ...(address !== undefined && { address: address.replace(/\/+$/, "") }),
      headers: textEntries(valueOf(value, "headers")),
      ...(timeout && { timeout }),
      scrapeInterval: durationAt(value, "scrapeInterval") ?? USUAL_SCRAPE_INTERVAL,
      insecure: flag(valueOf(value, "insecure")) ?? false,
      ...(authentication && { authentication }),
      at: key.at,
    };
  });
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
