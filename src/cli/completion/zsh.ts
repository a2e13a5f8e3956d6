import type { CommandWords, OptionWords, Value } from "./words.ts";

/** https://zsh.sourceforge.io/Doc/Release/Completion-System.html#Completion-Functions */
export function zshScript(commands: readonly CommandWords[]): string {
  return `#compdef slogen
# Completion of slogen for zsh: source <(slogen completion zsh), or a file \`_slogen\` in a folder of $fpath
_slogen_asked() {
  local -a found
  found=(\${(f)"$(_call_program slogen slogen completion --words $1 2> /dev/null)"})
  compadd -a found
}
_slogen() {
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}\n`).join("")}  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${commands.map(forCommand).join("")}  esac
}
if [[ $funcstack[1] == _slogen ]]; then _slogen "$@"; else compdef _slogen slogen; fi
`;
}

function forCommand({ name, options, operands }: CommandWords): string {
  const specs = [...options.map(optionSpec), ...operands.map((value, i) => quoted(`${i + 1}:${name}:${action(value)}`))];
  return `    ${name})\n      _arguments ${specs.join(" \\\n        ")}\n      ;;\n`;
}

function optionSpec({ short, long, description, value, isRepeatable }: OptionWords): string {
  const words = `[${description.replaceAll(/[[\]\\]/g, "\\$&")}]${value === undefined ? "" : `:${long.slice(2)}:${action(value)}`}`;
  const star = isRepeatable ? "'*'" : "";
  const isAlone = short === undefined;
  const apart = isRepeatable || isAlone ? "" : `'(${short} ${long})'`;
  return `${star}${apart}${isAlone ? long : `{${short},${long}}`}${quoted(words)}`;
}

function action(value: Value): string {
  switch (value.kind) {
    case "choices":
      return `(${value.choices.map((choice) => choice.replaceAll(":", "\\:")).join(" ")})`;
    case "asked":
      return `_slogen_asked ${value.list}`;
    case "files":
      return "_files";
    case "folders":
      return "_files -/";
    case "free":
      return " ";
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
