import { connect } from "node:net";
import { DatabricksTokensError } from "../errors";

/** The engine's address: Pulumi starts a dynamic provider as `node .../dynamic-provider 127.0.0.1:PORT`. */
const ADDRESS = /^(127\.0\.0\.1|localhost|\[::1\]):(\d+)$/;

/**
 * Throws ENGINE_GONE if the Pulumi CLI that started this process has ended. A provider may outlive a killed CLI by
 * minutes; what it minted then no state would know. Without an engine's address (tests) there is nothing to ask.
 */
export async function assertEngine(address = process.argv[2] ?? ""): Promise<void> {
  const match = ADDRESS.exec(address);
  if (!match) return;
  const alive = await new Promise<boolean>((resolve) => {
    const socket = connect({ host: match[1] === "[::1]" ? "::1" : match[1]!, port: Number(match[2]), timeout: 5_000 });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
    socket.once("timeout", () => settle(false));
  });
  if (!alive) {
    throw new DatabricksTokensError(
      "ENGINE_GONE",
      "The Pulumi command that asked for this token has ended: nothing is minted for it any more. Run it again",
    );
  }
}
