import { code, codeTable } from "../diagnostics/diagnostic.ts";
import type { ObjectKind } from "./manifest.ts";

const KIND: Readonly<Record<ObjectKind, string>> = { slo: "SLO", monitor: "monitor" };

const either = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(" and ");

/** What can go wrong between the built files and Datadog. */
export const pushCodes = codeTable("push", {
  "no-keys": code<{ missing: readonly string[] }>({
    severity: "error",
    unreadable: true,
    message: ({ missing }) => `${either(missing)} ${missing.length === 1 ? "is" : "are"} not set`,
    why: "every push begins by reading what Datadog has, which takes both keys",
    help: "set `DD_API_KEY`, and `DD_APP_KEY` to an application key with the permissions `slos_read`, `slos_write`, `monitors_read` and `monitors_write`; for a dry run the two `_read` ones suffice",
  }),
  "bad-key": code<{ variable: string }>({
    severity: "error",
    unreadable: true,
    message: ({ variable }) => `\`${variable}\` holds a blank, a line end or another character that no key has`,
    why: "most likely it is a placeholder that nobody filled in, or a key with its quotes or line end",
    help: "set it to the key alone",
  }),
  "bad-url": code<{ url: string; reason: string }>({
    severity: "error",
    unreadable: true,
    message: ({ url, reason }) => `\`DD_API_URL\` is \`${url}\`, ${reason}`,
    why: "the keys go wherever it points",
    help: "give an `https://` address (`http://` on this machine alone), or unset it to use the site of the configuration",
  }),
  "no-manifest": code<{ path: string }>({
    severity: "error",
    unreadable: true,
    message: ({ path }) => `there is no \`${path}\``,
    why: "it names the objects to push",
    help: "put `datadog` among the `targets` of `slogen.yaml` and run `slogen build`; with `format: terraform` it is Terraform that applies the output",
  }),
  "bad-manifest": code<{ path: string; problem: string }>({
    severity: "error",
    message: ({ path, problem }) => `\`${path}\` is no manifest of Datadog objects: ${problem}`,
    why: "half of a manifest would look as if the rest had been removed, so nothing was sent",
    help: "run `slogen build` with the slogen that pushes",
  }),
  "bad-object": code<{ path: string; problem: string }>({
    severity: "error",
    message: ({ path, problem }) => `\`${path}\` cannot be sent: ${problem}`,
    why: "nothing was sent, since the files belong together",
    help: "run `slogen build`; if an overlay changes this file, look at what it does",
  }),
  untagged: code<{ path: string; key: string; tag: string | undefined }>({
    severity: "error",
    message: ({ path, key, tag }) =>
      `the tags of \`${path}\` are not the ones by which slogen finds it again: ${
        tag === undefined
          ? `there should be no \`${key}\`, since the manifest names no owner`
          : `there should be \`${tag}\`, and no other \`${key}\``
      }`,
    why: "the next push would not find the object again and create it a second time",
    help: "run `slogen build`; an overlay may add tags, but must leave `slogen_id` and `slogen_owner` alone",
  }),
  "unknown-placeholder": code<{ path: string; placeholder: string }>({
    severity: "error",
    message: ({ path, placeholder }) =>
      `\`${path}\` names an SLO that the manifest does not list among what the file \`needs\`: \`${placeholder}\``,
    why: "Datadog would take the placeholder for the id",
    help: "run `slogen build`; a monitor of your own names an SLO of the build as `__SLO_ID__<slogen_id>__`",
  }),
  "unknown-site": code<{ path: string; site: string; nearest: string | undefined; sites: readonly string[] }>({
    severity: "error",
    message: ({ path, site }) => `\`${path}\` is for the site \`${site}\`, which is none of Datadog's`,
    why: "the keys would go to whoever owns that address",
    help: ({ nearest, sites }) =>
      nearest === undefined
        ? `set \`datadog: { site }\` to one of ${sites.join(", ")}`
        : `set \`datadog: { site: ${nearest} }\` and build again`,
  }),
  "no-owner": code<{ path: string }>({
    severity: "error",
    unreadable: true,
    message: ({ path }) => `\`--prune\` needs an owner, and \`${path}\` has none`,
    why: "without it the objects of other projects in your organisation look like leftovers of this one",
    help: "set `datadog: { owner: payments }` in `slogen.yaml`, a name that no other project uses, build and push; what was left over before that carries no owner and has to be deleted by hand",
  }),
  "shared-owner": code<{ owner: string; one: string; other: string }>({
    severity: "error",
    unreadable: true,
    message: ({ owner, one, other }) => `\`${one}\` and \`${other}\` both have the owner \`${owner}\``,
    why: "each of them takes the other's objects for its own leftovers",
    help: "give each project its own `datadog: { owner: … }`",
  }),
  "same-id": code<{ id: string; kind: ObjectKind; one: string; other: string }>({
    severity: "error",
    message: ({ id, kind, one, other }) => `\`${one}\` and \`${other}\` are both the ${KIND[kind]} \`${id}\``,
    why: "they go to one Datadog organisation, where each push would undo the other",
    help: "rename the service or the SLO in one of the projects",
  }),
  ambiguous: code<{ id: string; kind: ObjectKind; pages: readonly string[] }>({
    severity: "error",
    message: ({ id, kind, pages }) => `${pages.length} ${KIND[kind]}s carry the tag \`slogen_id:${id}\`: ${pages.join(" and ")}`,
    why: "one of them is the object that slogen made, and nobody but you can tell which; a clone made at Datadog keeps the tags",
    help: "delete the copy, or take the `slogen_id` tag off it",
  }),
  "several-ids": code<{ kind: ObjectKind; ids: readonly string[]; page: string }>({
    severity: "error",
    message: ({ kind, ids, page }) => `the ${KIND[kind]} ${page} carries several \`slogen_id\` tags: ${ids.join(", ")}`,
    why: "it cannot be several objects at once",
    help: "leave it the one that it was made with",
  }),
  "other-owner": code<{ id: string; kind: ObjectKind; owner: string; own: string | undefined; page: string }>({
    severity: "error",
    message: ({ id, kind, owner, page }) => `the ${KIND[kind]} \`${id}\` belongs to \`${owner}\`: ${page}`,
    why: ({ own }) =>
      `this project's owner is ${own === undefined ? "not set" : `\`${own}\``}, and two projects would undo each other's pushes`,
    help: ({ owner }) =>
      `rename the service or the SLO; if that was this project's owner before, set \`datadog: { owner: ${owner} }\` again, or take the tag \`slogen_owner:${owner}\` off the object`,
  }),
  "type-changed": code<{ id: string; kind: ObjectKind; from: string; to: string; page: string }>({
    severity: "error",
    message: ({ id, kind, from, to, page }) => `the ${KIND[kind]} \`${id}\` is of type \`${from}\` and should become \`${to}\`: ${page}`,
    why: ({ kind }) =>
      kind === "slo"
        ? "Datadog never changes a type, so it has to be deleted and made anew, with the monitors that watch it; its id changes, and its status corrections are lost"
        : "Datadog never changes a type, so it has to be deleted and made anew; its id changes, and its history and downtimes are lost",
    help: "`slogen push datadog --recreate` does that, and with `--dry-run` tells what it would do",
  }),
  watched: code<{ id: string; page: string; monitors: readonly string[]; prune: boolean }>({
    severity: "error",
    message: ({ id, monitors }) =>
      `the SLO \`${id}\` would be deleted while ${monitors.length === 1 ? "a monitor watches" : `${monitors.length} monitors watch`} it: ${monitors.join(", ")}`,
    why: ({ monitors }) =>
      monitors.length === 1
        ? "its query names the SLO by its id, so that it would never alert again"
        : "their queries name the SLO by its id, so that they would never alert again",
    help: ({ page, monitors, prune }) =>
      `${monitors.length === 1 ? "delete it, or let it" : "delete them, or let them"} watch another SLO than ${page}${prune ? "" : "; `--prune` deletes what slogen made and no longer builds"}`,
  }),
  unreachable: code<{ host: string; reason: string }>({
    severity: "error",
    unreadable: true,
    message: ({ host, reason }) => `\`${host}\` does not answer: ${reason}`,
    help: "run the same command again: it goes on where this one stopped; behind a proxy, set `DD_API_URL` to an address that leads to Datadog's API",
  }),
  "server-error": code<{ host: string; what: string; path: string; status: number; words: string }>({
    severity: "error",
    unreadable: true,
    message: ({ host, what, path, status, words }) => `\`${host}\` fails to ${what} \`${path}\` (${status}): ${words}`,
    help: ({ what }) =>
      what === "list"
        ? "run the same command again"
        : "run the same command again: it goes on where this one stopped; if it is always the same object, Datadog cannot digest that, most likely its query",
  }),
  unauthorised: code<{
    host: string;
    status: number;
    words: string;
    cause: "api-key" | "app-key" | "either" | "permission";
    permission: string;
  }>({
    severity: "error",
    unreadable: true,
    message: ({ host, status, words, cause, permission }) =>
      cause === "api-key"
        ? `\`${host}\` does not know the API key in \`DD_API_KEY\` (${status}: ${words})`
        : cause === "either"
          ? `\`${host}\` takes \`DD_API_KEY\` and \`DD_APP_KEY\` for wrong, or they lack the permission \`${permission}\` (${status}: ${words})`
          : cause === "app-key"
            ? `\`${host}\` knows \`DD_API_KEY\`, but not the application key in \`DD_APP_KEY\`, or that lacks the permission \`${permission}\` (${status}: ${words})`
            : `the application key in \`DD_APP_KEY\` lacks the permission \`${permission}\`, or the object is restricted to other people (${status}: ${words})`,
    help: ({ host, cause, permission }) =>
      cause === "permission"
        ? `give the key, or the role of whom it belongs to, \`${permission}\`, and run the command again`
        : `check that both keys belong to the organisation at \`${host}\`: keys hold for one site only, which \`datadog: { site }\` in \`slogen.yaml\` names`,
  }),
  "rate-limited": code<{ host: string; tries: number }>({
    severity: "error",
    unreadable: true,
    message: ({ host, tries }) => `\`${host}\` still limits the rate of requests after ${tries} pauses`,
    why: "something else in your organisation uses up the limit",
    help: "run the same command later: it goes on where this one stopped",
  }),
  "not-datadog": code<{ host: string; request: string; problem: string }>({
    severity: "error",
    unreadable: true,
    message: ({ host, request, problem }) => `\`${host}\` answers ${request} as Datadog does not: ${problem}`,
    why: "what is there cannot be known, and what is missing from the answer would be created a second time",
    help: "check `DD_API_URL` and the proxies on the way",
  }),
  refused: code<{ what: string; path: string; status: number; words: string }>({
    severity: "error",
    message: ({ what, path, status, words }) => `Datadog refuses to ${what} \`${path}\` (${status}): ${words}`,
    help: ({ status }) =>
      status === 404
        ? "somebody deleted it meanwhile; run the same command again"
        : "correct the spec or the overlay, build and push again: what has been done already is not done twice",
  }),
  "duplicate-monitor": code<{ path: string; tag: string; page: string }>({
    severity: "error",
    message: ({ path, page }) => `Datadog has a monitor like \`${path}\` already: ${page}`,
    why: "it lacks slogen's tag, so it may be somebody else's, and Datadog keeps no second one like it",
    help: ({ tag }) => `delete it, or give it the tag \`${tag}\`, by which the next push takes it over`,
  }),
  "in-use": code<{ what: string; words: string; page: string }>({
    severity: "error",
    message: ({ what, words }) => `Datadog does not delete ${what}, which is still in use: ${words}`,
    why: "a dashboard, SLO or monitor elsewhere would break",
    help: ({ page }) => `take it out there, or delete it by hand at ${page}, then run the same command again`,
  }),
  "stored-otherwise": code<{ path: string; differences: string }>({
    severity: "warning",
    message: ({ path, differences }) => `Datadog has not stored \`${path}\` as it was sent: ${differences}`,
    why: "it holds other numbers or words than the spec, and each push will try again",
    help: "write in the spec what Datadog can store, such as fewer decimals",
  }),
});
