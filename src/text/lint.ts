import type { Json, JsonObject } from "../yaml/json.ts";

/** A name that a template uses and the view does not have. */
export interface UnknownName {
  readonly name: string;
  readonly known: readonly string[];
  /** From 1, as Handlebars counts. */
  readonly line: number;
  /** From 0, as Handlebars counts. */
  readonly column: number;
}

/** Follows every path of a template, those in `#if` and `#each` included, into the view it will be filled with. */
export function findUnknownName(program: hbs.AST.Program, view: JsonObject): UnknownName | undefined {
  return inProgram(program, [view]);
}

type Scopes = readonly (Json | undefined)[];

function inProgram(program: hbs.AST.Program | undefined, scopes: Scopes): UnknownName | undefined {
  for (const statement of program?.body ?? []) {
    const found = inStatement(statement, scopes);
    if (found !== undefined) return found;
  }
  return undefined;
}

function inStatement(statement: hbs.AST.Statement, scopes: Scopes): UnknownName | undefined {
  if (statement.type === "MustacheStatement") {
    const { path, params } = statement as hbs.AST.MustacheStatement;
    return params.length === 0 ? inPath(path, scopes) : firstOf(params, (param) => inPath(param, scopes));
  }
  // No other template is there to be included.
  if (statement.type.startsWith("Partial"))
    return { name: "{{>", known: [], line: statement.loc.start.line, column: statement.loc.start.column };
  if (statement.type !== "BlockStatement") return undefined;
  const { path, params, program, inverse } = statement as hbs.AST.BlockStatement;
  const unknown = firstOf(params, (param) => inPath(param, scopes));
  if (unknown !== undefined) return unknown;
  const helper = path.original;
  const subject: Json | undefined = params[0] === undefined ? undefined : resolve(params[0], scopes);
  const inner =
    helper === "each" ? [Array.isArray(subject) ? subject[0] : undefined, ...scopes] : helper === "with" ? [subject, ...scopes] : scopes;
  return inProgram(program, inner) ?? inProgram(inverse, scopes);
}

function inPath(expression: hbs.AST.Expression, scopes: Scopes): UnknownName | undefined {
  if (expression.type !== "PathExpression") return undefined;
  const path = expression as hbs.AST.PathExpression;
  if (path.data) return undefined;
  let here = scopes[path.depth];
  for (const part of path.parts as readonly string[]) {
    // An empty list has no item to look into.
    if (here === undefined) return undefined;
    const known = isObject(here) ? Object.keys(here) : [];
    if (!known.includes(part)) return { name: path.original, known, line: path.loc.start.line, column: path.loc.start.column };
    here = (here as JsonObject)[part];
  }
  return undefined;
}

function resolve(expression: hbs.AST.Expression, scopes: Scopes): Json | undefined {
  if (expression.type !== "PathExpression") return undefined;
  const path = expression as hbs.AST.PathExpression;
  return (path.parts as readonly string[]).reduce<Json | undefined>(
    (here, part) => (here !== undefined && isObject(here) ? here[part] : undefined),
    scopes[path.depth],
  );
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
