import type { Report } from "../../diagnostics/diagnostic.ts";
import type { Reading } from "../../model/reading.ts";
import { entryOf, type YamlMap } from "../../yaml/tree.ts";
import { codes } from "./codes.ts";
import { fieldOf, flagOf, itemsOf, mapOf, type Field } from "./fields.ts";

/** What the plugin blocks of a document and of one of its SLOs come to. */
export interface Plugins {
  /** Those that would change the rules. */
  readonly ids: readonly string[];
  /** True where MetricsQL takes the place of PromQL. */
  readonly metricsql: boolean;
}

interface Plugin extends Field {
  readonly changesRules: boolean;
}

/** One `plugins` or `slo_plugins` block. */
export interface PluginBlock {
  readonly override: boolean;
  readonly plugins: readonly Plugin[];
}

const DEFAULT_CHAIN = ["validate", "sli_rules", "metadata_rules", "alert_rules"].map((name) => `sloth.dev/core/${name}/v1`);
const HARMLESS = new Set([...DEFAULT_CHAIN, "sloth.dev/core/debug/v1", "sloth.dev/core/noop/v1"]);
const METRICSQL = "sloth.dev/contrib/validate_victoria_metrics/v1";

export function readPlugins(parent: YamlMap | undefined, key: string, report: Report): PluginBlock {
  const block = mapOf(parent, key);
  const override = flagOf(block, "overridePrevious");
  const plugins = itemsOf(block, "chain").flatMap((item): readonly Plugin[] => {
    const id = fieldOf(item, "id");
    if (id === undefined) return [];
    // The one setting of a plugin of the default chain.
    const reconfigured = flagOf(mapOf(item, "config"), "disableOptimized");
    const plugin = { ...id, changesRules: reconfigured || !(HARMLESS.has(id.text) || (override && id.text === METRICSQL)) };
    if (plugin.changesRules) report(codes["plugin-not-run"](plugin.at, { id: plugin.text }));
    return [plugin];
  });
  if (override) checkOverride(block, plugins, report);
  return { override, plugins };
}

const WRITES = [
  ["sloth.dev/core/sli_rules/v1", "SLI recordings"],
  ["sloth.dev/core/metadata_rules/v1", "metadata recordings"],
  ["sloth.dev/core/alert_rules/v1", "alerts"],
] as const;

function checkOverride(block: YamlMap | undefined, plugins: readonly Plugin[], report: Report): void {
  const missing = WRITES.filter(([id]) => !plugins.some(({ text }) => text === id)).map(([, rules]) => rules);
  const at = entryOf(block, "overridePrevious")?.key.at;
  if (missing.length > 0) report(codes["plugin-left-out"](at, { rules: missing.join(", ") }));
}

/** An SLO's block comes after the document's, or in its place if it overrides. */
export function combinePlugins(group: PluginBlock, own: PluginBlock): Plugins {
  const plugins = own.override ? own.plugins : [...group.plugins, ...own.plugins];
  const has = (id: string): boolean => plugins.some(({ text }) => text === id);
  return {
    ids: plugins.filter(({ changesRules }) => changesRules).map(({ text }) => text),
    metricsql: (group.override || own.override) && has(METRICSQL) && !has("sloth.dev/core/validate/v1"),
  };
}

/** Sloth checks no query for PromQL once a chain says that they are MetricsQL. */
export function readingOf(plugins: Plugins, reading: Reading): Reading {
  return plugins.metricsql ? { ...reading, uncheckedQueries: "warning" } : reading;
}
