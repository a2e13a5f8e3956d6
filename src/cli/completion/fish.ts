import type { CommandWords, Value } from "./words.ts";

/** https://fishshell.com/docs/current/cmds/complete.html */
export function fishScript(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, description, options, operands }) => {
    const inside = `-n '__fish_seen_subcommand_from ${name}'`;
    const operand = operands[0] === undefined ? "" : offer(operands[0]);
    return [
      `complete -c slogen -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
      ...options.map(({ short, long, description, value }) => {
        const letter = short === undefined ? "" : ` -s ${short.slice(1)}`;
        const after = value === undefined ? "" : ` -r ${offer(value)}`;
        return `complete -c slogen ${inside}${letter} -l ${long.slice(2)}${after} -d ${quoted(description)}`;
      }),
      ...(operand === "" || operand === "-f" ? [] : [`complete -c slogen ${inside} ${operand}`]),
    ];
  });
  return `# Completion of slogen for fish: slogen completion fish | source
complete -c slogen -f
complete -c slogen -n __fish_use_subcommand -l version -d 'Print the version'
${lines.join("\n")}
`;
}

function offer(value: Value): string {
  switch (value.kind) {
    case "choices":
      return `-f -a ${quoted(value.choices.join(" "))}`;
    case "asked":
      return `-f -a '(slogen completion --words ${value.list} 2> /dev/null)'`;
    case "files":
      return "-F";
    case "folders":
      return `-f -a '(__fish_complete_directories)'`;
    case "free":
      return "-f";
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
}
