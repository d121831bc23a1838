/**
 * The marker: the end of a token's comment on the server, which ties the token to the code that owns it.
 * ` [pulumi <organization>/<project>/<stack>/<name>#<nonce>]`, parts percent-encoded, parsed from the end.
 */

/** The resource that a token belongs to. */
export interface TokenOrigin {
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
  readonly name: string;
}

export interface MarkedComment {
  /** The user's part of the comment. */
  readonly comment: string;
  readonly origin?: TokenOrigin;
  readonly nonce?: string;
}

/**
 * Longest comment that is sent, marker included, in UTF-16 units. Databricks states no limit of its own; where a
 * workspace has a smaller one it refuses the creation, and nothing is lost.
 */
export const MAX_COMMENT_LENGTH = 1024;

const MARKER = / ?\[pulumi ([^\s/#[\]]*)\/([^\s/#[\]]*)\/([^\s/#[\]]*)\/([^\s/#[\]]*)#([0-9A-Za-z]+)\]$/;

const encode = (part: string): string => encodeURIComponent(part.toWellFormed());

/** The marker alone, with its leading blank. */
export function marker(origin: TokenOrigin, nonce: string): string {
  const path = [origin.organization, origin.project, origin.stack, origin.name].map(encode).join("/");
  return ` [pulumi ${path}#${nonce}]`;
}

/** The comment as the server keeps it. */
export function markComment(comment: string, origin: TokenOrigin, nonce: string): string {
  return comment + marker(origin, nonce);
}

/** Splits a comment of the server; one without a (readable) marker is all the user's. */
export function parseComment(text: string): MarkedComment {
  const match = MARKER.exec(text);
  if (!match) return { comment: text };
  try {
    const [organization, project, stack, name] = match.slice(1, 5).map((part) => decodeURIComponent(part)) as [
      string,
      string,
      string,
      string,
    ];
    return { comment: text.slice(0, match.index), origin: { organization, project, stack, name }, nonce: match[5]! };
  } catch {
    return { comment: text };
  }
}

/** So many digits of the nonce tell a resource from the others of its stack. */
const TELLING_DIGITS = 8;

/**
 * Whether a workspace may have made `kept` of the comment that was sent, by cutting it or by changing its case; and
 * whether enough of the nonce is left to tell whose it is. Equal comments are no cut.
 */
export function isCutFrom(kept: string, sent: string): "with-nonce" | "without-nonce" | undefined {
  if (kept === sent || kept.length > sent.length) return undefined;
  if (!sent.toLowerCase().startsWith(kept.toLowerCase())) return undefined;
  const nonceAt = sent.lastIndexOf("#") + 1;
  return kept.length >= nonceAt + TELLING_DIGITS ? "with-nonce" : "without-nonce";
}

export function sameOrigin(a: TokenOrigin, b: TokenOrigin): boolean {
  return marker(a, "0") === marker(b, "0");
}
