/** `12 s`, `4 min 5 s`. */
export function duration(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

const QUIET_MS = 20_000;

/**
 * Says what runs and for how long. A terminal gets one line, rewritten every second; anything else (a log) a line at
 * the start, one every 20 seconds, and one at the end.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @param {{ stream?: { isTTY?: boolean, columns?: number, write(text: string): unknown }, quietMs?: number }} options
 */
export async function withProgress(title, work, { stream = process.stderr, quietMs = QUIET_MS } = {}) {
  const started = Date.now();
  const terminal = Boolean(stream.isTTY) && process.env.TERM !== "dumb";
  const say = (text, last = false) => {
    if (!terminal) stream.write(`${text}\n`);
    // A line that wraps can't be rewritten: it is cut while it changes.
    else stream.write(last ? `\r\u001b[2K${text}\n` : `\r\u001b[2K${text.slice(0, (stream.columns || 80) - 1)}`);
  };
  const elapsed = () => duration(Date.now() - started);
  say(`${title} …`);
  const timer = setInterval(() => say(`${title} … ${elapsed()}`), terminal ? 1000 : quietMs);
  try {
    const result = await work();
    say(`${title}: done in ${elapsed()}`, true);
    return result;
  } catch (error) {
    say(`${title}: failed after ${elapsed()}`, true);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
