import { createHash, randomBytes, scrypt } from "node:crypto";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Secret } from "../secret";
import { readRegular } from "./regular-file";

const hash = promisify<string, string, number, { N: number }, Buffer>(scrypt);
/** A token can't be guessed at any cost; this is for passwords that can. */
const COST = { N: 4096 };
/** The oldest are forgotten: a value of many rotations ago comes back from a backup alone. */
const MOST = 20;

interface Kept {
  readonly salt: string;
  readonly values: ReadonlyArray<{ readonly nonce: string; readonly hash: string }>;
}

/**
 * Hashes of the values that one stack has written at one place of this machine. The state of a new resource knows
 * nothing of the one that stood there before under another URN, nor of a run that was killed: without this its value
 * would be taken for somebody else's, kept, and put back once it is revoked.
 *
 * They are kept in Pulumi's own folder on this machine, where there is one. All of it is best effort: without them an
 * equal value alone tells what is ours, and nothing is overwritten.
 */
export class WrittenValues {
  readonly #folder: string;
  readonly #file: string;

  /** `pulumiHome` is the folder of Pulumi itself, which is never made here; `place` names type, stack and place. */
  constructor(
    private readonly pulumiHome: string | undefined,
    place: readonly string[],
  ) {
    this.#folder = join(pulumiHome ?? "", "databricks-tokens");
    this.#file = join(
      this.#folder,
      `${createHash("sha256").update(JSON.stringify(place)).digest("hex").slice(0, 32)}.json`,
    );
  }

  /** Whether the stack has written the value here, whichever of its resources; with `nonce`: that one. */
  async includes(value: Secret, nonce?: string): Promise<boolean> {
    const { salt, values } = await this.#read();
    if (values.length === 0) return false;
    const wanted = await hashed(value, salt);
    return values.some((kept) => kept.hash === wanted && (nonce === undefined || kept.nonce === nonce));
  }

  /** Called before the value is written: a run may be killed right after that. */
  async add(nonce: string, value: Secret): Promise<void> {
    const { salt, values } = await this.#read();
    const added = { nonce, hash: await hashed(value, salt) };
    const others = values.filter((kept) => kept.hash !== added.hash || kept.nonce !== nonce);
    await this.#write({ salt, values: [...others, added].slice(-MOST) });
  }

  /** What the resource with the nonce has written: it is gone from the place. */
  async forget(nonce: string): Promise<void> {
    const { salt, values } = await this.#read();
    const others = values.filter((kept) => kept.nonce !== nonce);
    if (others.length > 0) await this.#write({ salt, values: others });
    else await rm(this.#file, { force: true }).catch(() => undefined);
  }

  async #read(): Promise<Kept> {
    try {
      const kept = JSON.parse((this.pulumiHome && (await readRegular(this.#file, "utf8"))?.text) || "{}");
      if (typeof kept.salt === "string" && Array.isArray(kept.values)) return kept;
    } catch {
      // Not readable, or not ours: then nothing is known.
    }
    return { salt: randomBytes(16).toString("hex"), values: [] };
  }

  async #write(kept: Kept): Promise<void> {
    const making = `${this.#file}.${randomBytes(8).toString("hex")}`;
    try {
      if (!this.pulumiHome || !(await stat(this.pulumiHome)).isDirectory()) return;
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(making, JSON.stringify(kept), { mode: 0o600, flag: "wx" });
      await rename(making, this.#file);
    } catch {
      await rm(making, { force: true }).catch(() => undefined);
    }
  }
}

const hashed = async (value: Secret, salt: string): Promise<string> =>
  (await hash(value.reveal(), salt, 32, COST)).toString("hex");
