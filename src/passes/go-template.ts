/**
 * Whether Prometheus can read a label or annotation of an alert, which it expands as a Go template.
 * One that does not parse takes the whole rules file along. Syntax and names are checked, not types.
 * https://prometheus.io/docs/prometheus/latest/configuration/template_reference/, https://pkg.go.dev/text/template
 */
export function goTemplateProblem(text: string): string | undefined {
  const actions = actionsOf(text);
  if (typeof actions === "string") return actions;
  const variables = new Set(["$", "$labels", "$value", "$externalLabels", "$externalURL"]);
  let depth = 0;
  for (const action of actions) {
    const problem = problemOf(action, variables, depth);
    if (problem !== undefined) return problem;
    if (OPENING.has(action[0] ?? "")) depth++;
    if (action[0] === "end") depth--;
  }
  return depth > 0 ? "an `end` is missing" : undefined;
}

type Tokens = readonly string[];

const OPENING = new Set(["if", "range", "with", "define", "block"]);
const KEYWORDS = new Set([...OPENING, "else", "end", "template", "break", "continue", "nil", "true", "false"]);
const FUNCTIONS = new Set(
  (
    "and call html index slice js len not or print printf println urlquery eq ne lt le gt ge " +
    "query first label value sortByLabel strvalue args tmpl safeHtml match title toUpper toLower graphLink tableLink reReplaceAll stripPort " +
    "stripDomain humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp toTime toDuration parseDuration now pathPrefix " +
    "externalURL urlQueryEscape"
  ).split(" "),
);

const TOKEN = /\s+|"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)+'|\$\w*(?:\.\w+)*|(?:\.\w+)+|\.|-?\d[\w.]*|:=|[a-zA-Z_]\w*|[|(),=]/y;

/** The tokens of each `{{...}}`, or what is wrong with the braces. A brace inside a string of an action is part of the string. */
function actionsOf(text: string): readonly Tokens[] | string {
  const actions: Tokens[] = [];
  let from = text.indexOf("{{");
  while (from >= 0) {
    if (text.startsWith("{{/*", from) || text.startsWith("{{- /*", from)) {
      const end = text.indexOf("*/", from);
      if (end < 0) return "a comment is not closed";
      from = text.indexOf("{{", end);
      continue;
    }
    const tokens: string[] = [];
    let at = from + (/^\{\{- /.test(text.slice(from, from + 4)) ? 4 : 2);
    while (!/^( -)?\}\}/.test(text.slice(at, at + 4))) {
      TOKEN.lastIndex = at;
      const token = TOKEN.exec(text)?.[0];
      if (token === undefined) return at >= text.length ? "a `{{` is not closed" : `\`${text[at] ?? ""}\` means nothing in a template`;
      if (token.trim() !== "") tokens.push(token);
      at += token.length;
    }
    if (tokens.length === 0) return "`{{}}` is empty";
    actions.push(tokens);
    from = text.indexOf("{{", text.indexOf("}}", at));
  }
  return actions;
}

function problemOf(action: Tokens, variables: Set<string>, depth: number): string | undefined {
  const [head = ""] = action;
  if ((head === "end" || head === "else") && depth === 0) return `\`${head}\` ends nothing`;
  for (const [i, token] of action.entries()) {
    const next = action[i + 1];
    if (token.startsWith("$")) {
      const name = token.split(".")[0] ?? token;
      if (next === ":=" || (head === "range" && next === ",")) variables.add(name);
      else if (!variables.has(name)) return `there is no variable \`${name}\``;
    } else if (/^[a-zA-Z_]/.test(token) && !FUNCTIONS.has(token) && !KEYWORDS.has(token)) return `there is no function \`${token}\``;
  }
  const open = action.filter((token) => token === "(").length - action.filter((token) => token === ")").length;
  return open === 0 ? undefined : "its parentheses do not balance";
}
