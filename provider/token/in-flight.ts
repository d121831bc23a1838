/**
 * What this process mints, all resources together. It tells a lost attempt of one resource from a token that another
 * one has just been given, and how old a token is by a clock that nobody can set.
 */

interface Flight {
  readonly host: string;
  /** As it is sent, with its marker. */
  readonly comment: string;
}

const underWay = new Set<Flight>();
/** By host and token id: when its answer came, by the monotonic clock. */
const answered = new Map<string, number>();
/** Hosts that were seen to change comments: markers can't be relied on there. */
const cutters = new Set<string>();

const keyOf = (host: string, tokenId: string): string => `${host} ${tokenId}`;

/** Runs one creation; `elapsed` is the monotonic clock, ms. */
export async function inFlight<T extends { readonly info: { readonly tokenId: string } }>(
  flight: Flight,
  elapsed: () => number,
  create: () => Promise<T>,
): Promise<T> {
  underWay.add(flight);
  try {
    const created = await create();
    answered.set(keyOf(flight.host, created.info.tokenId), elapsed());
    return created;
  } finally {
    underWay.delete(flight);
  }
}

/** When this process was given the token, ms of the monotonic clock; undefined: it was not. */
export const mintedAt = (host: string, tokenId: string): number | undefined => answered.get(keyOf(host, tokenId));

/** Whether a token of that comment, which a server may have cut, may be one that another creation is to be given. */
export function mayBeAnothers(host: string, tokenId: string, comment: string): boolean {
  if (answered.has(keyOf(host, tokenId))) return true;
  const start = comment.toLowerCase();
  return [...underWay].some((flight) => flight.host === host && flight.comment.toLowerCase().startsWith(start));
}

/** Says that a workspace does not keep comments as they are sent. */
export function changesComments(host: string): void {
  cutters.add(host);
}

export const keepsComments = (host: string): boolean => !cutters.has(host);
