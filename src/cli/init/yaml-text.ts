/** One line of text as a YAML value: bare where that is the same in YAML 1.1 and 1.2, else in quotes, of which prettier may prefer others. */
export function yamlText(text: string): string {
  const isBare = /^[A-Za-z][^\n]*$/.test(text) && !/: |:$|\s#|\s$/.test(text) && !RESERVED.test(text);
  return isBare ? text : text.includes("'") ? JSON.stringify(text) : `'${text}'`;
}

const RESERVED = /^(y|n|yes|no|on|off|true|false|null)$/i;
