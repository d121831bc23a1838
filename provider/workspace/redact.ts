/** What a foreign text may show of itself: one line, no token, not too long. */
export function redact(text: string, secrets: readonly string[] = []): string {
  const known = secrets
    .filter((secret) => secret.length >= 6)
    .reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
  const oneLine = known
    .replace(/dapi[0-9A-Za-z-]{8,}/g, "[secret]")
    .replace(/Bearer\s+[^\s"']+/gi, "Bearer [secret]")
    .replace(/\s+/g, " ")
    .trim();
  return oneLine.length > 300 ? `${oneLine.slice(0, 299)}…` : oneLine;
}
