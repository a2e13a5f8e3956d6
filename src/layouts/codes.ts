import { code, codeTable } from "../diagnostics/diagnostic.ts";

/** What can be wrong with laying the output out for GitOps. */
export const layoutCodes = codeTable("layout", {
  secret: code<{ path: string; name: string; source: string | undefined }>({
    severity: "error",
    message: ({ path, name }) => `\`${path}\` would hold the Secret \`${name}\``,
    why: "generated files go to Git and on to everyone who may read it, and what Git has seen it keeps",
    help: ({ source }) =>
      source === undefined
        ? "name a Secret that is in the cluster already, or let an operator make it (`keysFrom`); then take the overlay back"
        : `move the Secret out of \`${source}\` into a file that no policy names, or let slogen write no copy: \`slogen build --in-place\``,
  }),
  "patch-in-chart": code<{ path: string; kind: string; name: string }>({
    severity: "warning",
    message: ({ path, kind, name }) => `the chart does not apply \`${path}\` to the ${kind} \`${name}\``,
    why: ({ kind }) => `Helm installs whole objects and patches none, so the ${kind} would be released without its gate`,
    help: ({ kind }) =>
      `name the ${kind}'s file in the policy (\`workload.file\`), so that the chart holds it with its gate, or use \`layout: kustomize\``,
  }),
  "names-in-text": code<{ folders: readonly string[]; names: readonly string[] }>({
    severity: "notice",
    message: ({ folders, names }) =>
      `queries, arguments or webhooks in ${few(folders)} name ${few(names)}, which kustomize does not rewrite`,
    why: "after a `namePrefix`, `nameSuffix` or `namespace` of an overlay they would ask for the old name, and find nothing or another release",
    help: "let overlays leave these names as they are; a namespace that differs between clusters belongs into `environments`",
  }),
});

/** As many as a line holds. */
function few(names: readonly string[]): string {
  const shown = names.slice(0, 4).map((name) => `\`${name}\``);
  return names.length <= 4 ? listed(shown) : listed([...shown.slice(0, 3), `${names.length - 3} others`]);
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}
