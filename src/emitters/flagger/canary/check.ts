import type { Report } from "../../../diagnostics/diagnostic.ts";
import { itemsAt, textAt } from "../../../manifests/documents.ts";
import { valueOf, type YamlNode } from "../../../yaml/tree.ts";
import type { CanaryFile } from "./canary-file.ts";
import { canaryCodes } from "./codes.ts";
import { checkDuration, checkNumber, checkRequired, checkTexts, checkWord, placeOf } from "./fields.ts";
import { checkMetric } from "./metrics.ts";
import { isOwnItem, type AnalysisList } from "./own-items.ts";

/**
 * What stays the user's in the Canary, and what the API server would refuse in it or Flagger would read otherwise than it looks.
 * The figures that slogen sets itself are not looked at.
 */
export function checkAnalysis(file: CanaryFile, report: Report): void {
  const { analysis, canary, policy } = file;
  const spec = valueOf(canary.root, "spec");
  checkNumber(spec, ["progressDeadlineSeconds"], { whole: true }, report);
  checkNumber(spec, ["service", "port"], { whole: true, max: 65_535 }, report);
  for (const field of PERCENTS) checkNumber(analysis, [field], { whole: true, max: 100 }, report);
  const theirs = (list: AnalysisList): readonly YamlNode[] => {
    const isOwn = isOwnItem(policy, list);
    return itemsAt(analysis, list).filter((item) => !isOwn(item));
  };
  for (const metric of theirs("metrics")) checkMetric(metric, file, report);
  for (const alert of theirs("alerts")) checkAlert(alert, report);
  for (const webhook of theirs("webhooks")) checkWebhook(webhook, file, report);
}

const PERCENTS = ["stepWeightPromotion", "mirrorWeight", "primaryReadyThreshold", "canaryReadyThreshold"];

function checkAlert(alert: YamlNode, report: Report): void {
  checkRequired(alert, "alert", ["name"], report);
  checkRequired(alert, "alert", ["providerRef", "name"], report);
  checkWord(alert, "severity", ["info", "warn", "error"], report);
  // https://github.com/fluxcd/flagger/blob/v1.44.0/pkg/controller/events.go (alert)
  const name = textAt(alert, "name") ?? "";
  const at = placeOf(alert, valueOf(alert, "severity") === undefined ? "name" : "severity");
  if ((textAt(alert, "severity") ?? "") === "" && name !== "") report(canaryCodes["no-severity"](at, { name }));
}

/** https://docs.flagger.app/usage/webhooks */
const WEBHOOK_TYPES = [
  "confirm-rollout",
  "pre-rollout",
  "rollout",
  "confirm-traffic-increase",
  "confirm-promotion",
  "post-rollout",
  "rollback",
  "event",
];

function checkWebhook(webhook: YamlNode, file: CanaryFile, report: Report): void {
  checkRequired(webhook, "webhook", ["name"], report);
  checkRequired(webhook, "webhook", ["url"], report);
  checkWord(webhook, "type", WEBHOOK_TYPES, report);
  checkDuration(webhook, "timeout", file, report);
  checkNumber(webhook, ["retries"], { whole: true }, report);
  checkTexts(webhook, "metadata", report);
}
