import type { CommandWords, OptionWords, Value } from "./words.ts";

/** Needs bash alone; with the package bash-completion words with a colon are completed as well. */
export function bashScript(commands: readonly CommandWords[]): string {
  return `# Completion of slogen for bash: eval "$(slogen completion bash)"
_slogen() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  if declare -F _get_comp_words_by_ref > /dev/null; then _get_comp_words_by_ref -n : cur prev; fi
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "${[...commands.map(({ name }) => name), "--help", "--version"].join(" ")}" -- "$cur"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${commands.map(forCommand).join("")}  esac
  if declare -F __ltrim_colon_completions > /dev/null; then __ltrim_colon_completions "$cur"; fi
}
complete -F _slogen slogen
`;
}

function forCommand({ name, options, operands }: CommandWords): string {
  const withValue = options.flatMap(({ value, ...option }) => (value === undefined ? [] : [{ option, value }]));
  const values = withValue.map(({ option, value }) => `        ${spellings(option).join(" | ")}) ${offer(value)} return ;;\n`);
  const operand = operands[0] ?? { kind: "free" as const };
  return `    ${name})
      case "$prev" in
${values.join("")}      esac
      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "${options.flatMap(spellings).join(" ")}" -- "$cur"))
      else ${offer(operand)} fi
      ;;
`;
}

function spellings({ short, long }: Omit<OptionWords, "value">): readonly string[] {
  return short === undefined ? [long] : [short, long];
}

function offer(value: Value): string {
  switch (value.kind) {
    case "choices":
      return `COMPREPLY=($(compgen -W "${value.choices.join(" ")}" -- "$cur"));`;
    case "asked":
      return `COMPREPLY=($(compgen -W "$("\${COMP_WORDS[0]}" completion --words ${value.list} 2> /dev/null)" -- "$cur"));`;
    case "files":
      return 'compopt -o filenames 2> /dev/null; COMPREPLY=($(compgen -f -- "$cur"));';
    case "folders":
      return 'compopt -o filenames 2> /dev/null; COMPREPLY=($(compgen -d -- "$cur"));';
    case "free":
      return ":;";
  }
}
