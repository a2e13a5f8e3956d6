import type { PrometheusSlo } from "../../model/model.ts";
import type { PrometheusOptions } from "./options.ts";
import { ruleObject, type RuleObject } from "./prometheus-rule.ts";

/** What goes into one file. */
export interface FileUnit {
  readonly path: string;
  readonly service: string;
  readonly slos: readonly PrometheusSlo[];
  readonly packed: boolean;
}

export function filesOf(slos: readonly PrometheusSlo[], options: PrometheusOptions): readonly FileUnit[] {
  if (options.groups === "perSlo") {
    return slos.map((slo) => ({
      path: `prometheus/${fileName(slo.service)}/${fileName(slo.name)}.yaml`,
      service: slo.service,
      slos: [slo],
      packed: false,
    }));
  }
  return [...new Set(slos.map((slo) => slo.service))].map((service) => ({
    path: `prometheus/${fileName(service)}.yaml`,
    service,
    slos: slos.filter((slo) => slo.service === service),
    packed: true,
  }));
}

function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^\.+/, "");
}

/** The object that the file is to hold, or undefined for a plain rules file. */
export function objectOf(unit: FileUnit, options: PrometheusOptions): RuleObject | undefined {
  const source = unit.slos.find((slo) => slo.origin.object !== undefined)?.origin.object;
  if (options.format === "rules" || (options.format === "auto" && source === undefined)) return undefined;
  return ruleObject(unit.packed ? unit.service : (unit.slos[0]?.id ?? unit.service), source, options);
}
