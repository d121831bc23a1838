/** Pulumi's wire, as a dynamic provider sees it: properties, unknown values, secret marks. */

/** What an unknown value looks like to a dynamic provider during preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** How a provider marks a value as secret on Pulumi's wire. */
const SECRET_SIGNATURE = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"] as const;

export type Properties = Record<string, unknown>;

/** Marks a value as secret for the state. */
export const secret = (value: unknown): Properties => ({ [SECRET_SIGNATURE[0]]: SECRET_SIGNATURE[1], value });

export function unwrap(value: unknown): unknown {
  const object = value as Properties | null | undefined;
  return typeof value === "object" && object?.[SECRET_SIGNATURE[0]] === SECRET_SIGNATURE[1] ? object["value"] : value;
}
