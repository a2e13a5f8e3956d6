import type { Slo } from "../../model/model.ts";

/** The `slogen_id` of an SLO: what its tag holds, once Datadog has stored it. */
export function idOf({ id }: Pick<Slo, "id">): string {
  return normalId(id);
}

/** The `slogen_id` of one of an SLO's monitors. */
export function monitorId(slo: Pick<Slo, "id">, monitor: string): string {
  return normalId(`${slo.id}.${monitor}`);
}

function normalId(id: string): string {
  return id
    .toLowerCase()
    .replace(/[^a-z0-9_.-]+/g, "_")
    .replace(/^[^a-z0-9]+/, "")
    .replace(/_+$/, "");
}

/** What stands for the id that Datadog gives an SLO, until `slogen push` knows it. */
export function placeholder(id: string): string {
  return `__SLO_ID__${id}__`;
}

/** Under `datadog/`; a monitor's file lies beside its SLO's. */
export function filePath(slo: Pick<Slo, "service" | "name">, monitor?: string): string {
  const name = `${fileName(slo.service)}/${fileName(slo.name)}`;
  return monitor === undefined ? `${name}.slo.json` : `${name}.${fileName(monitor)}.monitor.json`;
}

export function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^\.+/, "");
}

/** One line without blanks at its ends, as Datadog wants names. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
