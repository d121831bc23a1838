import { connect } from "node:net";
import { DatabricksTokensError } from "../errors";
import { warn } from "./warn";

/**
 * The engine's address: Pulumi starts a dynamic provider as `node .../dynamic-provider 127.0.0.1:PORT`. Under
 * `--logflow -v=5` or `--tracing` other arguments stand before it.
 */
const ADDRESS = /^(127\.0\.0\.1|localhost|\[::1\]):(\d+)$/;

let isTold = false;

/**
 * Throws ENGINE_GONE if the Pulumi CLI that started this process has ended. A provider may outlive a killed CLI by
 * minutes; what it minted then no state would know. Where no argument is an address there is nobody to ask: that is told
 * once, for the protection is off.
 */
export async function assertEngine(args: readonly string[] = process.argv.slice(2), tell = warn): Promise<void> {
  const match = args.map((arg) => ADDRESS.exec(arg)).find((found) => found !== null);
  if (!match) {
    if (!isTold) {
      isTold = true;
      tell(
        "The address of the Pulumi engine is not among this process's arguments, so whether it still runs can't be told: " +
          "a creation may go on after the Pulumi command has been killed. `databricks-tokens audit` finds what it leaves",
      );
    }
    return;
  }
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
