import assert from "node:assert/strict";
import { test } from "node:test";
import { codesOf, compileTexts, configOf } from "../support/project.ts";

/** What is found in a ready ratio, beside the notice that it has no counts. */
function found(query: string): readonly string[] {
  const spec = `
version: prometheus/v1
service: probe
slos:
  - name: availability
    objective: 99.5
    sli: { raw: { error_ratio_query: ${JSON.stringify(query)} } }
    alerting: { name: ProbeDown }
`;
  const codes = codesOf(compileTexts({ "slo.yaml": spec }, configOf("prometheus: { retention: 400d }")));
  return codes.filter((code) => code !== "slo/ratio-weights");
}

test("ready ratios are judged by what they give over a window", () => {
  const rows: Readonly<Record<string, readonly string[]>> = {
    "avg(avg_over_time(failing[{{.window}}]))": [],
    "1 - avg(avg_over_time(up[{{.window}}]))": [],
    "sum(increase(bad[{{.window}}])) / sum(increase(all[{{.window}}]))": [],
    "0.5 * sum(increase(bad[{{.window}}])) / sum(increase(all[{{.window}}]))": [],
    "1 - sum(increase(good[{{.window}}])) / (sum(increase(all[{{.window}}])) > 0)": [],
    "sum(rate(bad[{{.window}}])) / sum(rate(all[{{.window}}])) > 0": [],
    "sum_over_time((sum(up) < bool 1)[{{.window}}:1m]) / count_over_time((sum(up))[{{.window}}:1m])": [],
    "sum(increase(down_seconds_total[{{.window}}])) / 300": ["slo/scales-with-window"],
    "sum(increase(bad[{{.window}}])) / sum(rate(all[{{.window}}]))": ["slo/scales-with-window"],
    "max(max_over_time(failing[{{.window}}]))": ["slo/unsound-window"],
    "sum(irate(bad[{{.window}}])) / sum(irate(all[{{.window}}]))": ["slo/unsound-window", "slo/unsound-window"],
    "avg(avg_over_time(failing[{{.window}}])) > 0.3": ["slo/filter-as-ratio"],
    "avg(avg_over_time(up[{{.window}}])) == 0": ["slo/filter-as-ratio"],
    "100 * avg(avg_over_time(failing[{{.window}}]))": ["slo/percent-ratio"],
  };
  for (const [query, codes] of Object.entries(rows)) assert.deepEqual(found(query), codes, query);
});
