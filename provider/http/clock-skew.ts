/** A difference that makes fresh tokens look expired, or not yet valid. */
const NOTABLE_MS = 60_000;

/** What to say of this machine's clock after a refusal; nothing where it is right within a minute. */
export function clockSkew(offsetMs = 0): string {
  if (Math.abs(offsetMs) <= NOTABLE_MS) return "";
  const minutes = Math.round(Math.abs(offsetMs) / 6_000) / 10;
  return `. This machine's clock is ${minutes} min ${offsetMs > 0 ? "behind" : "ahead of"} the server's: set it right`;
}
