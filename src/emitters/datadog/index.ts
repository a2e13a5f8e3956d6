import type { Emitter } from "../emitter.ts";
import { monitorAlerts } from "./alerts.ts";
import { datadogCodes } from "./codes.ts";
import { emitDatadog } from "./emit.ts";
import { problemWithin } from "./lint.ts";
import { datadogOptions, type DatadogOptions } from "./options.ts";

export const datadog: Emitter<DatadogOptions> = {
  id: "datadog",
  title: "Datadog SLOs and monitors, as JSON or Terraform",
  docs: "https://docs.datadoghq.com/service_level_objectives/",
  folders: ["datadog"],
  schema: "datadog/objects",
  problemWithin,
  measures: "datadog",
  codes: [datadogCodes],
  options: datadogOptions,
  habits: () => ({}),
  alerts: monitorAlerts,
  emit: emitDatadog,
};
