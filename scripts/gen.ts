import { generateSchemas } from "./gen-schemas.ts";
import { generateTemplates } from "./gen-templates.ts";

await generateSchemas();
generateTemplates(new URL("../", import.meta.url));
