import { configCodes } from "../config/codes.ts";
import { datadogqlCodes } from "../datadogql/codes.ts";
import type { CodeTable, Severity } from "../diagnostics/diagnostic.ts";
import { gateCodes } from "../emitters/gate-codes.ts";
import { TARGETS } from "../emitters/registry.ts";
import { inputCodes } from "../frontends/codes.ts";
import { FRONTENDS } from "../frontends/registry.ts";
import { layoutCodes } from "../layouts/codes.ts";
import { outputCodes, overlayCodes } from "../output/codes.ts";
import { bindingCodes } from "../passes/binding-codes.ts";
import { alertCodes, sloCodes } from "../passes/codes.ts";
import { policyCodes } from "../passes/policies/codes.ts";
import { deployCodes } from "../passes/policies/deploy-codes.ts";
import { promqlCodes } from "../promql/codes.ts";
import { pushCodes } from "../push/codes.ts";
import { schemaCodes } from "../schema/codes.ts";
import { textCodes } from "../text/codes.ts";
import { yamlCodes } from "../yaml/codes.ts";
import { cliCodes } from "./codes.ts";
import { ignoreCodes } from "./ignore-codes.ts";

const TABLES: readonly CodeTable[] = [
  yamlCodes,
  schemaCodes,
  promqlCodes,
  datadogqlCodes,
  configCodes,
  textCodes,
  sloCodes,
  bindingCodes,
  alertCodes,
  policyCodes,
  deployCodes,
  outputCodes,
  overlayCodes,
  layoutCodes,
  inputCodes,
  ...FRONTENDS.map(({ codes }) => codes),
  gateCodes,
  ...TARGETS.flatMap(({ codes }) => codes),
  pushCodes,
  cliCodes,
  ignoreCodes,
];

/** The name of every code, each of which has a page in `templates/explain`. */
export const CODES: readonly string[] = TABLES.flatMap((table) => Object.values(table).map(({ code }) => code)).sort();

/** What each code is worth unless its stage says otherwise. */
export const SEVERITIES: ReadonlyMap<string, Severity> = new Map(
  TABLES.flatMap((table) => Object.values(table).map(({ code, severity }) => [code, severity])),
);
