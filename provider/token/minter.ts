import { createHash } from "node:crypto";
import type { Secret } from "../secret";
import { foreignText } from "../workspace/foreign-text";

/** Who signs in: what the workspace says of them, else what their credential tells. */
export interface Identity {
  /** By `Me`. */
  readonly id?: string;
  readonly userName?: string;
  /** Of an OAuth token: its claim `sub`. */
  readonly subject?: string;
  /** Of a token that is no JWT: the token. */
  readonly value?: Secret;
}

/** Who minted a token, as the state keeps it: enough to know whose list it stands in. Holds no secret. */
export interface Minter {
  readonly id?: string;
  readonly userName?: string;
  readonly subject?: string;
  /** Of the token that minted, salted with the resource's nonce: tells that it is the same one, and nothing else. */
  readonly hash?: string;
}

const HASH_LENGTH = 32;

/** All that can be compared of an identity. */
export function askerOf({ id, userName, subject, value }: Identity, nonce: string): Minter {
  return {
    ...(id && { id }),
    ...(userName && { userName }),
    ...(subject && { subject }),
    ...(value && {
      hash: createHash("sha256").update(`${nonce}\n${value.reveal()}`).digest("hex").slice(0, HASH_LENGTH),
    }),
  };
}

/** What the state keeps of an identity: who it is, and only where nobody says that, what it signs in with. */
export function minterOf(identity: Identity, nonce: string): Minter {
  const { id, userName, ...credential } = askerOf(identity, nonce);
  if (id || userName) return { ...(id && { id }), ...(userName && { userName }) };
  return credential;
}

/**
 * Whether both are certainly the same: by id, else by user name whatever its case, else by subject or hash. What can't
 * be compared is not the same.
 */
export function sameMinter(a: Minter, b: Minter): boolean {
  if (a.id && b.id) return a.id === b.id;
  if (a.userName && b.userName) return a.userName.toLowerCase() === b.userName.toLowerCase();
  if (a.subject && b.subject) return a.subject === b.subject;
  return a.hash !== undefined && a.hash === b.hash;
}

export const isKnown = (minter: Minter): boolean => Object.values(minter).some((part) => part !== "");

/** For messages. */
export function nameOf(minter: Minter | undefined): string {
  if (minter?.userName) return foreignText(minter.userName);
  if (minter?.id) return `the user with id ${foreignText(minter.id)}`;
  if (minter?.subject) return `whoever signs in as subject ${foreignText(minter.subject)}`;
  if (minter?.hash) return "the owner of a token that may not say who it belongs to";
  return "an unknown user";
}

/** Each minter once. */
export function distinct(minters: readonly Minter[]): Minter[] {
  const found: Minter[] = [];
  for (const minter of minters) {
    if (isKnown(minter) && !found.some((other) => sameMinter(other, minter))) found.push(minter);
  }
  return found;
}
