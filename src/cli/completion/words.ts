import type { Argument, Command, Option } from "commander";

/** What a shell may offer, as commander has it. */
export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  /** In order; the last goes on where it may be repeated. */
  readonly operands: readonly Value[];
}

export interface OptionWords {
  readonly short: string | undefined;
  readonly long: string;
  readonly description: string;
  /** Absent for a switch. */
  readonly value: Value | undefined;
  readonly isRepeatable: boolean;
}

/** What stands after an option, or in the place of an operand. */
export type Value =
  | { readonly kind: "choices"; readonly choices: readonly string[] }
  | { readonly kind: "files" | "folders" | "free" }
  /** What `slogen completion --words` prints, one a line. */
  | { readonly kind: "asked"; readonly list: WordList };

/** `codes` are those of diagnostics, `names` those of the project's SLOs and policies. */
export type WordList = "codes" | "names";

/** What commander's tables do not tell, by the command's and the value's name. */
export type KnownValues = Readonly<Record<string, Value>>;

export function wordsOf(program: Command, known: KnownValues): readonly CommandWords[] {
  const help = program.createHelp();
  return help.visibleCommands(program).map((command) => ({
    name: command.name(),
    description: plain(command.description()),
    options: help.visibleOptions(command).flatMap((option) => optionWords(option, command, known)),
    operands:
      command.name() === "help"
        ? [{ kind: "choices", choices: help.visibleCommands(program).map((each) => each.name()) }]
        : command.registeredArguments.map((argument) => operandValue(argument, command, known)),
  }));
}

function optionWords(option: Option, command: Command, known: KnownValues): readonly OptionWords[] {
  if (option.long === undefined) return [];
  const place = /<(.*?)>|\[(.*?)\]/.exec(option.flags);
  const value =
    place === null ? undefined : valueOf(option.argChoices, place[1] ?? place[2] ?? "", `${command.name()} ${option.long}`, known);
  return [
    {
      short: option.short ?? undefined,
      long: option.long,
      description: plain(option.description),
      value,
      isRepeatable: option.parseArg !== undefined && option.argChoices === undefined,
    },
  ];
}

function operandValue(argument: Argument, command: Command, known: KnownValues): Value {
  return valueOf(argument.argChoices, argument.name(), `${command.name()} ${argument.name()}`, known);
}

function valueOf(choices: readonly string[] | undefined, name: string, place: string, known: KnownValues): Value {
  if (choices !== undefined) return { kind: "choices", choices };
  const told = known[place] ?? known[name];
  if (told !== undefined) return told;
  if (name === "file" || name === "path") return { kind: "files" };
  return { kind: name === "folder" ? "folders" : "free" };
}

/** Without Markdown. */
function plain(text: string): string {
  return text.replaceAll("`", "");
}
