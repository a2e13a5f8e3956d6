import type * as model from "../../model/model.ts";
import { validate } from "../../schema/validate.ts";
import type { Frontend, LowerContext, Lowered, SpecDocument } from "../frontend.ts";
import { checkCondition, lowerPolicy } from "./alerts.ts";
import { opensloCodes } from "./codes.ts";
import { decodeObject } from "./decode.ts";
import { fieldsBy, type Fields } from "./fields.ts";
import { checkSli, lowerSli, type LoweredSli } from "./indicators.ts";
import { lowerSlo } from "./slos.ts";
import type { AlertPolicy, OpensloObject, Sli, Version } from "./source.ts";
import { isReadable } from "./sources.ts";
import { tableOf } from "./table.ts";
import { identify, looksLikeOpenslo, SCHEMAS } from "./versions.ts";

/** The Go SDK's rules; its JSON is read by them too, which makes no difference. */
const RULES = "go-yaml-1.1";

export const openslo: Frontend = {
  id: "openslo",
  title: "OpenSLO",
  docs: "https://github.com/OpenSLO/OpenSLO",
  codes: opensloCodes,
  detect: looksLikeOpenslo,
  lower,
};

/** Every object is checked, whether an SLO refers to it or not, and each complaint is made once, however many refer to it. */
function lower(documents: readonly SpecDocument[], context: LowerContext): Lowered {
  const { report, reading } = context;
  const fields = fieldsBy(RULES);
  const decoded = documents.map((document) => decodeDocument(document, fields, context));
  const objects = decoded.filter((object) => object !== undefined);
  const table = tableOf(objects, context.isComplete && objects.length === decoded.length, report);

  const lowerSliOnce = once((sli: Sli, version: Version, slo: string): LoweredSli | undefined => {
    const sliContext = { version, fields, table, report, reading };
    checkSli(sli, sliContext);
    return lowerSli(sli, slo, sliContext);
  });
  const lowerPolicyOnce = once((policy: AlertPolicy, version: Version): model.AlertPolicy | undefined =>
    lowerPolicy(policy, { version, table, report, reading }),
  );
  const slos = objects.flatMap((object) =>
    object.kind === "SLO" ? lowerSlo(object, { fields, table, report, reading, lowerSli: lowerSliOnce, lowerPolicy: lowerPolicyOnce }) : [],
  );

  for (const object of objects) {
    const { version } = object;
    if (object.kind === "SLI") {
      const { threshold, ratio } = object.spec;
      // An SLI for another system is no mistake while no SLO of the build uses it.
      if ([threshold, ratio?.good, ratio?.bad, ratio?.raw].some((metric) => isReadable(metric, version, table))) {
        lowerSliOnce(object.spec, version, object.metadata.name.value);
      } else if (!lowerSliOnce.done(object.spec)) checkSli(object.spec, { version, fields, table, report, reading });
    } else if (object.kind === "AlertPolicy") lowerPolicyOnce(object.spec, version);
    else if (object.kind === "AlertCondition") checkCondition(object.spec, report);
  }
  return { slos, catalogs: [] };
}

function decodeDocument({ root, index }: SpecDocument, fields: Fields, { report, reading }: LowerContext): OpensloObject | undefined {
  const identity = identify(root, report);
  if (identity === undefined) return undefined;
  const { version, kind } = identity;
  validate(SCHEMAS[version], root, { rules: RULES, unknownKeys: reading.unknownKeys, report });
  // What has the wrong shape is absent for the checks to come, so one run shows all that is wrong.
  return decodeObject(root, kind, index, { version, fields, report, reading });
}

interface Once<K, A extends readonly unknown[], T> {
  (key: K, ...rest: A): T;
  readonly done: (key: K) => boolean;
}

/** The function, called once for each first argument. */
function once<K, A extends readonly unknown[], T>(lowerOne: (key: K, ...rest: A) => T): Once<K, A, T> {
  const results = new Map<K, { readonly value: T }>();
  const call = (key: K, ...rest: A): T => {
    const result = results.get(key) ?? { value: lowerOne(key, ...rest) };
    results.set(key, result);
    return result.value;
  };
  return Object.assign(call, { done: (key: K) => results.has(key) });
}
