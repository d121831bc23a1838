import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { KeyringAnswer, KeyringCall } from "./keyring-call";

/**
 * A process of its own for one call of the keyring (keyring-process.ts starts it): the native library may block for
 * ever, and a thread that blocks can't be ended. So the thread that calls is not the one that watches: when the parent
 * is gone, or has enough, its pipe ends, and with it this process.
 */
function watch(): void {
  let text = "";
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (chunk) => {
    text += chunk;
    if (!text.endsWith("\n")) return;
    const worker = new Worker(__filename, { workerData: JSON.parse(text) });
    worker.once("message", answer);
    worker.once("error", (error) => answer({ failed: "refused", message: error.message }));
  });
  process.stdin.once("end", end);
  process.stdin.once("error", end);
}

function answer(found: KeyringAnswer): void {
  process.stdout.write(JSON.stringify(found), end);
}

/** Not by exit(), which waits for the thread. */
const end = (): void => void process.kill(process.pid, "SIGKILL");

async function call({ call, service, username, password = "" }: KeyringCall): Promise<KeyringAnswer> {
  let library: typeof import("@napi-rs/keyring");
  try {
    library = await import("@napi-rs/keyring");
  } catch (error) {
    return { failed: "not-installed", message: (error as Error).message };
  }
  try {
    // Without this it would fall back to the kernel's key ring, which no other program reads and a restart empties.
    const entry = new library.AsyncEntry(service, username, { linux: { store: "secret-service" } });
    if (call === "set") await entry.setPassword(password);
    if (call === "delete") await entry.deletePassword();
    // A library that finds nothing says null, an older one nothing.
    return { password: call === "get" ? ((await entry.getPassword()) ?? null) : null };
  } catch (error) {
    return { failed: "refused", message: (error as Error).message };
  }
}

if (isMainThread) watch();
else void call(workerData).then((found) => parentPort?.postMessage(found));
