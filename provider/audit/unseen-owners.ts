import { DatabricksTokensError } from "../errors";
import { quote } from "../http/quote";
import { ownersOf } from "../token/state";
import type { ExportedState } from "./exported-state";
import type { TokenListing } from "./rows";

/**
 * Why a listing may lack tokens of the stack, so that it is not known whether there are orphans: a token of the state is
 * alive and in no list, or belongs to somebody whose list this sign-in does not get. Pure.
 */
export function unseenOwnersOf(
  { host, owners, alive = new Set() }: TokenListing,
  state: ExportedState,
): DatabricksTokensError[] {
  if (owners === "all") {
    if (alive.size === 0) return [];
    const text = `${host} listed everybody's tokens without ${alive.size} of the state's, which sign in all the same`;
    return [new DatabricksTokensError("UNEXPECTED_ANSWER", `${text}: the list is not whole. Run it again`)];
  }
  const here = state.tokens.filter((token) => token.state.inputs.host === host);
  const others = [...new Set(here.flatMap((token) => [...ownersOf(token.state)]))].filter(
    (one) => !owners.includes(one),
  );
  if (others.length === 0 && alive.size === 0) return [];
  const whose = others.length > 0 ? `of ${quote(others.join(", "))}` : `of whoever owns ${alive.size} of the state's`;
  const text = `The tokens ${whose} on ${host} are not to be seen by this sign-in, so whether there are orphans among them`;
  return [
    new DatabricksTokensError(
      "PERMISSION_DENIED",
      `${text} could not be told. Sign in as them, or as an administrator`,
    ),
  ];
}
