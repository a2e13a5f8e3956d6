import type { NotificationTarget } from "../../model/model.ts";
import { severityKey, type DatadogOptions } from "./options.ts";

/** Kinds of OpenSLO targets that begin a handle of Datadog's: https://docs.datadoghq.com/monitors/notify/#notifications */
const INTEGRATIONS: readonly string[] = ["slack", "pagerduty", "webhook", "team"];

/** Whom a monitor tells: the handles of its severity and those of the policy's targets, each once. */
export function handlesOf(severity: string, targets: readonly NotificationTarget[], options: DatadogOptions): readonly string[] {
  const own = targets.flatMap((target) => handleOf(target, options) ?? []);
  return [...new Set([...(options.notify.get(severityKey(severity)) ?? []), ...own])];
}

/** The handle of a notification target, undefined if nothing tells it. */
export function handleOf({ name, target }: Pick<NotificationTarget, "name" | "target">, { handles }: DatadogOptions): string | undefined {
  const written = [handles.get(name), ...[target, name].filter((text) => HANDLE.test(text))].find((handle) => handle !== undefined);
  if (written !== undefined) return written;
  const address = [target, name].find((text) => ADDRESS.test(text));
  if (address !== undefined) return `@${address}`;
  const integration = INTEGRATIONS.find((each) => each === target.toLowerCase());
  return integration !== undefined && NAME.test(name) ? `@${integration}-${name}` : undefined;
}

const HANDLE = /^@[^\s{}]+$/;
const ADDRESS = /^[^\s@{}]+@[^\s@{}]+\.[^\s@{}]+$/;
const NAME = /^[^\s@{}]+$/;
