import type { Span } from "./source.ts";

/** `error` stops the build; `warning` does not; `notice` tells what was decided for the user. */
export type Severity = "error" | "warning" | "notice";

export interface Related {
  readonly at: Span;
  readonly message: string;
}

/** Why a finding is not shown: a comment of the user's beside it, or a rule of the configuration. */
export type Ignored =
  { readonly by: "comment"; readonly at: Span; readonly reason: string } | { readonly by: "rule"; /** Its key. */ readonly rule: string };

/** One complaint, in three parts: what is wrong, why it matters, what to type instead. */
export interface Diagnostic {
  /** Stable `<area>/<name>`; never reused or renamed. */
  readonly code: string;
  readonly severity: Severity;
  /** True where the input could not even be read: exit code 2 rather than 1. */
  readonly unreadable: boolean;
  /** The text at `at` is a credential: whoever shows the line hides it, for every report of the run. */
  readonly secret?: true;
  /** What is wrong, in lower case without a full stop. */
  readonly message: string;
  /** Absent only where no line of the user's is to blame, such as an empty folder. */
  readonly at?: Span;
  /** Said under the caret. */
  readonly label?: string;
  readonly related: readonly Related[];
  readonly why?: string;
  readonly help?: string;
  /** What the user wants to hear no more of. Never an error; reports for people leave it out. */
  readonly ignored?: Ignored;
}

type Text<P> = string | ((params: P) => string | undefined);

/** How one code is reported. Every part may be computed from the parameters, which are the same for all of them. */
export interface CodeDefinition<P> {
  readonly severity: Severity;
  readonly unreadable?: true;
  readonly secret?: true;
  readonly message: (params: P) => string;
  readonly label?: Text<P>;
  readonly why?: Text<P>;
  readonly help?: Text<P>;
}

export interface ReportOptions {
  /** Overrides the table's severity: the `sloth` dialect warns where the `slogen` dialect refuses. */
  readonly severity?: Severity;
  readonly related?: readonly Related[];
}

/** Makes a diagnostic of one code. */
export interface Code<P> {
  (at: Span | undefined, params: P, options?: ReportOptions): Diagnostic;
  readonly code: string;
  readonly severity: Severity;
}

/** The codes of one area, by name. */
export type CodeTable = Readonly<Record<string, Code<never>>>;

/** States a code's parameter type, which the table then checks at every report. */
export function code<P = object>(definition: CodeDefinition<P>): CodeDefinition<NoInfer<P>> {
  return definition;
}

/** Gives each definition its full name `<area>/<name>`. */
export function codeTable<T extends Readonly<Record<string, CodeDefinition<never>>>>(
  area: string,
  definitions: T,
): { readonly [K in keyof T]: T[K] extends CodeDefinition<infer P> ? Code<P> : never } {
  const table = Object.entries(definitions).map(([name, definition]) => [name, reporter(`${area}/${name}`, definition)]);
  return Object.fromEntries(table) as never;
}

function reporter(name: string, definition: CodeDefinition<never>): Code<never> {
  const report = (at: Span | undefined, params: never, options: ReportOptions = {}): Diagnostic => {
    // A text computed to nothing is as absent as one that the table leaves out.
    const say = (text: Text<never> | undefined): string | undefined => (typeof text === "function" ? text(params) : text) || undefined;
    const label = say(definition.label);
    const why = say(definition.why);
    const help = say(definition.help);
    return {
      code: name,
      severity: options.severity ?? definition.severity,
      unreadable: definition.unreadable ?? false,
      message: definition.message(params),
      related: options.related ?? [],
      ...(definition.secret && { secret: true as const }),
      ...(at && { at }),
      ...(label !== undefined && { label }),
      ...(why !== undefined && { why }),
      ...(help !== undefined && { help }),
    };
  };
  return Object.assign(report, { code: name, severity: definition.severity });
}

/** Where a stage puts its complaints. */
export type Report = (diagnostic: Diagnostic) => void;
