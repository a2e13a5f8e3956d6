import { code, codeTable } from "../diagnostics/diagnostic.ts";
import type { Backend, Indicator } from "../model/model.ts";
import { BACKENDS } from "./binding-lines.ts";

type Kind = Indicator["kind"];

const SHARES: Readonly<Record<Kind, string>> = {
  events: "a share of events",
  ratio: "a share of events",
  threshold: "a share of the time",
};

const listed = (ids: readonly string[]): string => ids.map((id) => `\`${id}\``).join(", ");

/** What can be wrong with an `IndicatorBinding` beside its shape and its queries. */
export const bindingCodes = codeTable("binding", {
  "unknown-slo": code<{ slo: string; nearest: string | undefined; objectives: readonly string[]; known: readonly string[] }>({
    severity: "error",
    message: ({ slo }) => `there is no SLO with the id \`${slo}\``,
    label: ({ nearest, objectives }) => (nearest === undefined || objectives.length > 0 ? undefined : `did you mean \`${nearest}\`?`),
    why: "this indicator would be used for none",
    help: ({ nearest, objectives, known }) => {
      if (objectives.length > 0) return `write one of ${listed(objectives)}: each objective has a binding of its own`;
      if (nearest !== undefined) return `write \`slo: ${nearest}\``;
      const rest = known.length - 5;
      return `write the id of an SLO, which is \`<service>-<name>\`: ${listed(known.slice(0, 5))}${rest > 0 ? ` and ${rest} more` : ""}`;
    },
  }),
  "second-indicator": code<{ slo: string; backend: Backend }>({
    severity: "error",
    message: ({ slo, backend }) => `\`${slo}\` has two indicators for ${BACKENDS[backend]}`,
    label: "the second one",
    why: "only one of them can be measured",
    help: "remove one of them",
  }),
  /** `promises` and `measures` are the kinds of the SLO's own indicator and of the binding's. */
  "other-promise": code<{ slo: string; promises: Kind; measures: Kind }>({
    severity: "error",
    message: ({ slo, promises, measures }) => `\`${slo}\` promises ${SHARES[promises]}, and this measures ${SHARES[measures]}`,
    why: "with the same target that would be another promise on each system: a slow minute at night is much time and few events",
    help: ({ promises }) =>
      promises === "threshold"
        ? "measure a `value`, or make what this counts an SLO of its own"
        : "count the events that keep the limit, such as `count(v: v<0.25):http.request.duration{...}.as_count()`, or make this value an SLO of its own",
  }),
});
