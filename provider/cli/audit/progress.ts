/** What is being done, for whoever waits at a terminal: one line that changes, and is gone in the end. */
export interface Progress {
  /** `count`: so many of so many. */
  step(what: string, count?: readonly [done: number, of: number]): void;
  /** Clears the line; the next step writes it again. */
  clear(): void;
}

/** Long enough that a quick audit does not flicker. */
const PATIENCE_MS = 400;
const EVERY_MS = 250;

const SILENT: Progress = { step: () => undefined, clear: () => undefined };

/** A pipeline's log is left alone. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  if (stream.isTTY !== true) return SILENT;
  const begun = Date.now();
  let [text, written] = ["", false];
  let timer: NodeJS.Timeout | undefined;
  const write = (): void => {
    const seconds = Math.floor((Date.now() - begun) / 1000);
    const line = `${text} … ${seconds} s`;
    // A line that wraps could not be cleared.
    stream.write(`\r\x1b[K${line.slice(0, Math.max(1, (stream.columns || 80) - 1))}`);
    written = true;
  };
  return {
    step(what, count) {
      text = count ? `${what}: ${count[0]} of ${count[1]}` : what;
      if (written) write();
      timer ??= setInterval(() => Date.now() - begun >= PATIENCE_MS && write(), EVERY_MS).unref();
    },
    clear() {
      clearInterval(timer);
      timer = undefined;
      if (written) stream.write("\r\x1b[K");
      written = false;
    },
  };
}
