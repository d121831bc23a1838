import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";

type Schema = Record<string, unknown>;

/** As it is published, a later release's further names pass; here a name that it does not tell fails. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== "object" || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, closed(item)])) as Schema;
  return "properties" in copy && copy["type"] === "object" ? { ...copy, additionalProperties: false } : copy;
}

const schema = JSON.parse(
  readFileSync(join(__dirname, "..", "..", "..", "docs", "audit.schema.json"), "utf8"),
) as Schema;
// What may be null has two types.
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
addFormats(ajv);
const validate = ajv.compile(closed(schema) as Schema);

/** Throws what of a report of `--json` is not as docs/audit.schema.json says. */
export function assertAsDocumented(report: unknown): void {
  if (!validate(report)) throw new Error(ajv.errorsText(validate.errors, { separator: "\n" }));
}
