/** Where a Helm chart has what Helm renders, and what it does not. https://helm.sh/docs/topics/charts/#the-chart-file-structure */
export const CHART_TEMPLATES = "templates";
export const CHART_FILES = "files";

const IN_CHART = new RegExp(`^(?:${CHART_TEMPLATES}|${CHART_FILES})/`);

/** The top folder of the target that wrote a path, which lies one level down in a chart; empty for a file of the layout's own. */
export function targetFolder(path: string): string {
  const inside = path.replace(IN_CHART, "");
  return inside.slice(0, Math.max(0, inside.indexOf("/")));
}
