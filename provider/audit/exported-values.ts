import { DatabricksTokensError } from "../errors";
import { quote } from "../http/quote";
import type { TokenOrigin } from "../pulumi/origin";
import { type Properties, SECRET_KEY } from "../pulumi/wire";
import type { TokenInputs } from "../token/state";

/** The values of an exported state: their secrets, and whether they are what this package writes. Pure. */

export const notOurs = (what: string): DatabricksTokensError =>
  new DatabricksTokensError(
    "STATE_NOT_OURS",
    `This is no state that \`pulumi stack export\` wrote: ${what}. Export it again`,
  );

/** Settings that errors may quote: they hold no secret, and nothing that deceives a reader. */
export const isPlain = (value: unknown): boolean => typeof value === "string" && quote(value) === value;

/** Whether what is read of them is of the type that this package writes: a file may say anything. */
export function isSound({ origin, nonce, comment, scopes, ...rest }: TokenInputs): boolean {
  const { organization, project, stack, name } = Object(origin) as Partial<TokenOrigin>;
  const texts: unknown[] = [
    organization,
    project,
    stack,
    name,
    nonce,
    comment ?? "",
    ...(Array.isArray(scopes) ? scopes : []),
  ];
  const numbers: unknown[] = [rest.lifetimeSeconds, rest.rotateEverySeconds, rest.overlapSeconds];
  return (
    texts.every((text) => typeof text === "string" && text.isWellFormed()) &&
    numbers.every((number) => number === undefined || typeof number === "number") &&
    (scopes === undefined || Array.isArray(scopes))
  );
}

export const isSealed = (value: unknown): boolean =>
  typeof value === "object" && value !== null && SECRET_KEY in value && typeof Object(value)["plaintext"] !== "string";

/** Properties with their secrets in clear; those that are encrypted are left out. */
export function opened(props: Properties | null = {}): Properties {
  return Object(openedValue(props)) as Properties;
}

function openedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(openedValue);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET_KEY in value) {
    const { plaintext } = value as { plaintext?: unknown };
    if (typeof plaintext !== "string") return undefined;
    try {
      return openedValue(JSON.parse(plaintext));
    } catch {
      throw notOurs("a secret in it is no JSON");
    }
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, openedValue(item)]));
}
