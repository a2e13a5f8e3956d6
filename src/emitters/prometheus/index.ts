import { onPrometheus } from "../../model/model.ts";
import type { Emitter } from "../emitter.ts";
import { ruleAlerts } from "./alerts.ts";
import { prometheusCodes } from "./codes.ts";
import { emitSlogenDialect } from "./emit.ts";
import { prometheusOptions, type PrometheusOptions } from "./options.ts";
import { slothDialectCodes } from "./sloth/codes.ts";
import { emitSlothDialect } from "./sloth/emit.ts";

export const prometheus: Emitter<PrometheusOptions> = {
  id: "prometheus",
  title: "Prometheus recording and alerting rules",
  docs: "https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/",
  folders: ["prometheus", "alertmanager"],
  schema: "prometheus/rules",
  measures: "prometheus",
  codes: [prometheusCodes, slothDialectCodes],
  options: prometheusOptions,
  habits: (options) => ({
    defaultPeriod: options.defaultPeriod,
    recordsBudgets: !options.disableRecordings,
    ...(options.dialect === "sloth" && { reading: { unknownKeys: "warning", copiesQueries: true }, plansItself: true }),
  }),
  alerts: ruleAlerts,
  emit: (model, context) => {
    const slos = model.slos.flatMap((slo) => onPrometheus(slo) ?? []);
    return context.options.dialect === "sloth"
      ? emitSlothDialect(slos, { ...context.options, catalogs: context.catalogs }, context.report)
      : emitSlogenDialect(slos, context);
  },
};
