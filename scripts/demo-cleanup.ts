type Undo = () => unknown;

/** What the demo has started, and how each ends: in reverse order, once, whether it succeeds, fails or is interrupted. */
export class Cleanup {
  readonly #undos: Array<[what: string, undo: Undo]> = [];
  readonly #onSigterm: Undo[] = [];
  #interrupted: NodeJS.Signals | undefined;

  constructor(private readonly print: (text: string) => void = console.error) {}

  add(what: string, undo: Undo): void {
    this.#undos.push([what, undo]);
  }

  /** How a running command is told. Of Ctrl-C, or a closed terminal, the whole process group knows already. */
  onSigterm(tell: Undo): void {
    this.#onSigterm.push(tell);
  }

  throwIfInterrupted(): void {
    if (this.#interrupted) throw new Error(`Interrupted (${this.#interrupted})`);
  }

  /** Does the work, then cleans up; the exit code. */
  async around(work: () => Promise<void>): Promise<number> {
    const interrupt = (name: NodeJS.Signals): void => {
      if (!this.#interrupted) this.print(`\n${name}: stopping, then cleaning up …`);
      this.#interrupted ??= name;
      if (name === "SIGTERM") for (const tell of this.#onSigterm) tell();
    };
    const signals = ["SIGINT", "SIGHUP", "SIGTERM"] as const;
    for (const name of signals) process.on(name, interrupt);
    let code = 0;
    try {
      await work();
      this.throwIfInterrupted();
    } catch (error) {
      code = 1;
      // What an interrupted command said last explains nothing.
      this.print(`\n${this.#interrupted ? `Interrupted (${this.#interrupted})` : messageOf(error)}`);
    }
    if (!(await this.#undo())) code = 1;
    for (const name of signals) process.off(name, interrupt);
    return code;
  }

  async #undo(): Promise<boolean> {
    let good = true;
    for (const [what, undo] of this.#undos.splice(0).reverse()) {
      try {
        await undo();
      } catch (error) {
        good = false;
        this.print(`Could not clean up ${what}: ${messageOf(error)}`);
      }
    }
    return good;
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ((error as NodeJS.ErrnoException).code !== "ENOENT" || !error.message.startsWith("spawn ")) return error.message;
  return `${error.message.split(" ")[1]} is not on the PATH: start the demo by \`npm run demo\`, which provides it`;
}
