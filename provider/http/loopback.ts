/** Reads an address, or undefined. Never by the parser's own error, which quotes the whole text. */
export function read(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/**
 * Whether a host (`localhost:8080`, `[::1]`) or an origin names this machine: `localhost`, 127.0.0.0/8 or `[::1]`.
 */
export function isLoopback(host: string): boolean {
  const hostname = read(host.includes("://") ? host : `http://${host}`)?.hostname ?? "";
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
