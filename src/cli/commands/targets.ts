import { join } from "node:path";
import { TARGETS } from "../../emitters/registry.ts";
import type { ExitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";

type Properties = Readonly<Record<string, unknown>>;

/** Lists what slogen can generate: each target with what it makes, the vendor's page, and the keys of its section in `slogen.yaml`. */
export function targets(io: Io): ExitCode {
  const schema = JSON.parse(io.fs.readFileSync(join(io.packageRoot, "schemas/slogen/config.schema.json"), "utf8")) as {
    readonly properties: Readonly<Record<string, { readonly $ref?: string }>>;
    readonly definitions: Readonly<Record<string, { readonly properties?: Properties }>>;
  };
  const keysOf = (id: string): readonly string[] => {
    const definition = schema.properties[id]?.$ref?.split("/").at(-1);
    return definition === undefined ? [] : Object.keys(schema.definitions[definition]?.properties ?? {});
  };
  const pages = TARGETS.map(({ id, title, docs, folders }) => {
    const keys = keysOf(id);
    return [
      id,
      `  makes    ${title}`,
      `  in       ${folders.map((folder) => `${folder}/`).join(", ")}`,
      `  page     ${docs}`,
      ...(keys.length === 0 ? [] : [`  options  ${keys.join(", ")}`]),
      "",
    ].join("\n");
  });
  io.stdout.write(pages.join("\n"));
  return 0;
}
