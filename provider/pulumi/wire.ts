/** Pulumi's wire, as a dynamic provider sees it: properties, unknown values, secret marks. */

/** What an unknown value looks like to a dynamic provider during preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The key that marks an object as a secret, on Pulumi's wire and in an exported state. */
export const SECRET_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_MARK = "1b47061264138c4ac30d75fd1eb44270";

export type Properties = Record<string, unknown>;

/** Marks a value as secret for the state. */
export const secret = (value: unknown): Properties => ({ [SECRET_KEY]: SECRET_MARK, value });

export function unwrap(value: unknown): unknown {
  const object = value as Properties | null | undefined;
  return typeof value === "object" && object?.[SECRET_KEY] === SECRET_MARK ? object["value"] : value;
}
