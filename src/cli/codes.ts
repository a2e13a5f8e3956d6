import { code, codeTable } from "../diagnostics/diagnostic.ts";

/** What can go wrong around the compiler: finding, reading and writing files. */
export const cliCodes = codeTable("cli", {
  "no-config": code<{ folder: string }>({
    severity: "error",
    unreadable: true,
    message: ({ folder }) => `there is no \`slogen.yaml\` in \`${folder}\` or any folder above it`,
    why: "it marks the project's root and says where the specs are and where the output goes",
    help: "begin with `slogen init`, put a `slogen.yaml` in the project's root (it may be empty), or name the specs with `-f`",
  }),
  "two-configs": code<{ one: string; other: string }>({
    severity: "error",
    unreadable: true,
    message: ({ one, other }) => `\`${one}\` and \`${other}\` lie side by side`,
    why: "it is not clear which of them holds",
    help: ({ other }) => `remove \`${other}\`, or choose with \`--config\``,
  }),
  "no-such-file": code<{ path: string }>({
    severity: "error",
    unreadable: true,
    message: ({ path }) => `there is no file or folder \`${path}\``,
    help: "check the spelling; paths on the command line start from the working folder, paths in `slogen.yaml` from its own",
  }),
  "no-specs": code<{ searched: string }>({
    severity: "error",
    unreadable: true,
    message: ({ searched }) => `no spec matches ${searched}`,
    why: "a build without specs would remove everything that is generated",
    help: "put a spec there, or say where they are: `specs: [path/to/*.yaml]` in `slogen.yaml`, or `-f PATH`",
  }),
  "outside-repository": code<{ path: string }>({
    severity: "error",
    unreadable: true,
    message: ({ path }) => `\`${path}\` lies outside the repository`,
    why: "generated files and their manifest name each spec by its path from the project, which is another one on every machine",
    help: "copy the spec into the project, or only print what it makes: `-o -`",
  }),
  "unmatched-pattern": code<{ pattern: string; wanted: string }>({
    severity: "warning",
    message: ({ pattern }) => `\`${pattern}\` matches no file`,
    why: "what was meant to be found here has no effect",
    help: ({ wanted }) =>
      `correct the pattern or remove it; a folder or wildcard finds ${wanted}, but none below \`node_modules\` or a folder with a leading dot`,
  }),
  unreadable: code<{ path: string; reason: string }>({
    severity: "error",
    unreadable: true,
    message: ({ path, reason }) => `\`${path}\` cannot be read: ${reason}`,
    why: "what it holds would silently be missing from the result",
    help: "put the cause right, or take the file out of the folders that slogen searches",
  }),
  "not-utf8": code<{ path: string; line: number }>({
    severity: "error",
    unreadable: true,
    message: ({ path, line }) => `\`${path}\` is not UTF-8 text (line ${line})`,
    why: "letters there would come out wrong",
    help: "save the file as UTF-8",
  }),
  unwritable: code<{ path: string; reason: string; touched: boolean }>({
    severity: "error",
    unreadable: true,
    message: ({ path, reason }) => `\`${path}\` cannot be written: ${reason}`,
    why: ({ touched }) =>
      touched ? "some files are new and some still old; what is left to do is noted in the output folder" : "nothing has been changed",
    help: ({ touched }) =>
      touched
        ? "put the cause right and run `slogen build` again: it finishes the work"
        : "put the cause right, or choose another folder with `-o`",
  }),
  "source-changed": code<{ path: string }>({
    severity: "error",
    unreadable: true,
    message: ({ path }) => `\`${path}\` changed while slogen was at work`,
    why: "writing it now would throw that change away",
    help: "run `slogen build --in-place` again",
  }),
  "not-editable": code<{ path: string; reason: string }>({
    severity: "error",
    unreadable: true,
    message: ({ path, reason }) => `\`${path}\` cannot be edited in place: ${reason}`,
    why: "the gate belongs into this file, which is as it was",
    help: "put the cause right, or build a copy: `slogen build` without `--in-place`",
  }),
  "unfinished-swap": code<{ folder: string }>({
    severity: "error",
    message: ({ folder }) => `an earlier build was interrupted while it wrote to \`${folder}\``,
    why: "some files there are new and some still old",
    help: "run `slogen build`, which finishes it first",
  }),
  "swap-finished": code<{ folder: string }>({
    severity: "notice",
    message: ({ folder }) => `an earlier build was interrupted while it wrote to \`${folder}\`; its work has been finished`,
  }),
  "swap-conflict": code<{ path: string }>({
    severity: "error",
    message: ({ path }) => `an interrupted build cannot be finished: \`${path}\` has changed since`,
    why: "finishing it would throw the change away",
    help: "restore the file from Git, or let `slogen build --force` overwrite it",
  }),
  "journal-syntax": code<{ path: string; staging: string }>({
    severity: "error",
    unreadable: true,
    message: ({ path }) => `\`${path}\` is no journal of an interrupted build`,
    why: "it should tell which files that build had still to put in place",
    help: ({ staging }) =>
      `remove the folder \`${staging}\` and run \`slogen build\`, with \`--force\` if it takes files of the interrupted build for edited ones`,
  }),
  "prettier-config": code<{ folder: string; reason: string }>({
    severity: "error",
    unreadable: true,
    message: ({ folder, reason }) => `prettier cannot be asked how files in \`${folder}\` are laid out: ${reason}`,
    why: "generated files should pass the repository's own `prettier --check`",
    help: "mend prettier's configuration, or settle the layout in `slogen.yaml`: `style: { tabWidth: 2 }`",
  }),
  "same-output": code<{ one: string; other: string; folder: string }>({
    severity: "error",
    unreadable: true,
    message: ({ one, other, folder }) => `the projects \`${one}\` and \`${other}\` both write to \`${folder}\``,
    why: "each project removes what it no longer generates, so one would remove or overwrite the other's files",
    help: "give each project an `out` of its own",
  }),
  "no-project": code<{ pattern: string }>({
    severity: "error",
    unreadable: true,
    message: ({ pattern }) => `\`${pattern}\` matches no folder with a \`slogen.yaml\``,
    help: "correct the pattern, or put a `slogen.yaml` (it may be empty) into the project's folder",
  }),
  "project-without-config": code<{ folder: string }>({
    severity: "warning",
    message: ({ folder }) => `\`${folder}\` has no \`slogen.yaml\` and is not built`,
    help: "put a `slogen.yaml` there (it may be empty), or narrow the pattern",
  }),
  "nested-projects": code<{ folder: string }>({
    severity: "error",
    unreadable: true,
    message: ({ folder }) => `the \`slogen.yaml\` of the project \`${folder}\` lists projects itself`,
    why: "one level of projects keeps it plain which file a build follows",
    help: "list those folders in the root's `projects` instead",
  }),
  "not-for-projects": code<{ flag: "-f" | "-o" }>({
    severity: "error",
    unreadable: true,
    message: ({ flag }) => `\`${flag}\` does not fit a configuration with \`projects\``,
    why: "it would mean something else for every project",
    help: ({ flag }) =>
      `run slogen in the project's folder, or name its file: \`slogen build --config services/checkout/slogen.yaml ${flag === "-f" ? "-f slo.yaml" : "-o deploy"}\``,
  }),
});
