import type { Report } from "../diagnostics/diagnostic.ts";
import { entryOf, textOf, type YamlEntry, type YamlNode } from "../yaml/tree.ts";
import { configCodes } from "./codes.ts";

/** Reports every Datadog key that a configuration or a document of slogen's own holds in the open. True where there is none. */
export function checkLiteralKeys(root: YamlNode, report: Report): boolean {
  const found = keysIn(root, [], undefined);
  for (const { where, node } of found) report(configCodes["literal-credential"](node.at, { where, kind: "datadog" }));
  return found.length === 0;
}

interface LiteralKey {
  readonly where: string;
  readonly node: YamlNode;
}

/** `path` are the keys around the node, `name` the word that says what it is. */
function keysIn(node: YamlNode, path: readonly string[], name: string | undefined): readonly LiteralKey[] {
  switch (node.kind) {
    case "map":
      return node.entries.flatMap((entry) => keysIn(entry.value, [...path, entry.key.text], nameOf(entry, node)));
    case "list":
      return node.items.flatMap((item) => keysIn(item, path, name));
    case "scalar":
      return isKey(textOf(node) ?? "", path, name) ? [{ where: name === undefined ? "this text" : `\`${name}\``, node }] : [];
  }
}

/** In an operation of a patch the path says what the value is, and in a list of headers or variables the name beside it. */
function nameOf({ key }: YamlEntry, around: YamlNode): string {
  if (key.text !== "value") return key.text;
  const said = textOf(entryOf(around, "path")?.value) ?? textOf((entryOf(around, "name") ?? entryOf(around, "key"))?.value);
  return said?.split("/").at(-1) ?? key.text;
}

/** `apiKey`, `api_key`, `DD-APPLICATION-KEY`, `datadog_app_key`, as they are called in Datadog's clients and headers. */
const KEY_NAME = /^(dd|datadog)?[-_]?(api|app|application)[-_]?key$/i;
/** Under these a key's name is a user's own word, or the name of the place where the key is. */
const OTHER_NAMES = ["keysFrom", "labels", "annotations", "matchers", "selector"];

/**
 * https://github.com/DataDog/datadog-agent/blob/main/pkg/privateactionrunner/util/keys.go; `ddpat_` and `ddsat_` are the tokens of a
 * person and of a service account, `pub` is that of a browser.
 */
const PREFIXED = /\bdd(?:app|pat|sat)_[A-Za-z0-9_]{20,}|^pub[0-9a-f]{32}$/;
const BARE = /^(?:[0-9a-f]{32}|[0-9a-f]{40})$/i;
/** In the query of a URL, or in the text of a command. */
const ASSIGNED = /(?:api|app|application)[-_]?key["']?\s*[=:]\s*["']?(?:[0-9a-f]{40}|[0-9a-f]{32})\b/i;

/** Datadog's SLOs have ids of 32 such digits, MD5 sums and trace ids too, and Git's commits and SHA-1 sums have 40. */
const NAMED_HASH =
  /(?:^|[-_./]|[a-z](?=[A-Z]))(?:ids?|uuid|guid|hash|sha|sha1|md5|sum|checksum|digest|etag|commit|revision|rev|ref|version|tag|build|trace|span|fingerprint)$/i;

/** A text that only names where the key is. */
const REFERENCE = /^\$|\{\{|^<.*>$|^ENC\[|^[a-z]+:|^(?:true|false|null|~|\*+|\.\.\.)$/i;

function isKey(written: string, path: readonly string[], name = ""): boolean {
  const text = written.trim(); // a block scalar ends with a line break
  if (PREFIXED.test(text) || ASSIGNED.test(text)) return true;
  if (BARE.test(text) && /\d/.test(text) && /[a-f]/i.test(text)) return !NAMED_HASH.test(name);
  return KEY_NAME.test(name) && text !== "" && !REFERENCE.test(text) && !path.some((step) => OTHER_NAMES.includes(step));
}
