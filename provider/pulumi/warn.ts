import { redact } from "../secret";

/** A warning for people. To stderr: a plugin's stdout belongs to Pulumi's handshake. */
export const warn = (message: string): void => void process.stderr.write(`warning: ${redact(message)}\n`);
