import assert from "node:assert/strict";
import { SavedFailure } from "../../provider/pulumi/saved-failure";
import type { Properties } from "../../provider/pulumi/wire";
import { check } from "../../provider/token/check";
import { create } from "../../provider/token/create";
import { deleteToken } from "../../provider/token/delete";
import { diff } from "../../provider/token/diff";
import { read } from "../../provider/token/read";
import { update } from "../../provider/token/update";
import type { Death, Machine, Process } from "./machine";

/** A resource as Pulumi keeps it. */
export interface Kept {
  id: string;
  inputs: Properties;
  outs: Properties;
  /** The last create or update failed after it had saved something: the engine updates without asking for a diff. */
  failed: boolean;
}

export interface Resource {
  /** Changed by an alias. */
  name: string;
  /** The program's arguments. */
  args: Properties;
  kept?: Kept | undefined;
  /** Replaced, not yet deleted. */
  deposed: Kept[];
}

/** What a run has come to. */
export interface Outcome {
  readonly errors: Error[];
  /** Who was killed under the run. */
  readonly killed?: Death["who"];
}

/**
 * What Pulumi's engine does with a stack of tokens, as far as a provider can tell: who is called with what, what is
 * kept after which failure. test/engine and kill.test.ts run the real one.
 */
export class ModelStack {
  readonly resources: Resource[];
  #alive = true;
  /** Nonces of creations under way; those that a killed CLI leaves stay for ever. */
  readonly pending = new Set<string>();
  /** Nonces of all creations that were begun. */
  readonly begun = new Set<string>();

  constructor(
    private readonly machine: Machine,
    names: readonly string[],
    args: Properties,
  ) {
    this.resources = names.map((name) => ({ name, args, deposed: [] }));
  }

  /** `pulumi up`, with `replace` of everything. */
  up({ replace = false }: { replace?: boolean } = {}): Promise<Outcome> {
    return this.#run(async (process, resource) => {
      await this.#deleteDeposed(process, resource);
      await this.#bringUp(process, resource, replace);
    });
  }

  refresh(): Promise<Outcome> {
    return this.#run(async (process, resource) => {
      const { kept } = resource;
      if (!kept) return;
      const { id, props } = await read(process.context(), kept.id, kept.outs);
      assert.equal(id, kept.id, "a refresh dropped the resource");
      // The engine forgets errors at a refresh: what is unfinished must stand in the outputs.
      this.#save(resource, { kept: { ...kept, outs: asKept(props), failed: false } });
    });
  }

  destroy(): Promise<Outcome> {
    return this.#run(async (process, resource) => {
      await this.#deleteDeposed(process, resource);
      if (!resource.kept) return;
      await deleteToken(process.context(), resource.kept.outs);
      this.#save(resource, { kept: undefined });
    });
  }

  /** All that the state holds: each resource, and what is replaced and not yet deleted. */
  kept(): Kept[] {
    return this.resources.flatMap(({ kept, deposed }) => [...(kept ? [kept] : []), ...deposed]);
  }

  /** Whether another `up` would change anything. */
  changes(): boolean {
    return this.resources.some(({ kept }) => !kept || diff(kept.outs, kept.inputs, this.machine.now()).changes);
  }

  async #bringUp(process: Process, resource: Resource, replace: boolean): Promise<void> {
    const { kept } = resource;
    const inputs = this.#check(resource, replace ? {} : (kept?.inputs ?? {}));
    if (!kept) return this.#create(process, resource, inputs);
    const { changes, replaces } = replace
      ? { changes: true, replaces: ["all"] }
      : diff(kept.outs, inputs, this.machine.now());
    if (replaces.length > 0) {
      await this.#create(process, resource, replace ? inputs : this.#check(resource, {}));
      return this.#deleteDeposed(process, resource);
    }
    if (!changes && !kept.failed) {
      return this.#save(resource, { kept: { ...kept, inputs } });
    }
    try {
      const { outs } = await update(process.context(), kept.outs, inputs);
      this.#save(resource, { kept: { id: kept.id, inputs, outs: asKept({ ...outs, ...PROVIDER }), failed: false } });
    } catch (error) {
      if (error instanceof SavedFailure) {
        this.#save(resource, { kept: { id: error.id, inputs, outs: asKept(error.properties), failed: true } });
      }
      throw error;
    }
  }

  #check({ name, args }: Resource, olds: Properties): Properties {
    const origin = { organization: "organization", project: "faults", stack: "dev", name };
    const { inputs, failures } = check(this.machine.surroundings(), olds, { ...args, origin, ...PROVIDER });
    if (failures.length > 0) throw new Error(failures.map(({ property, reason }) => `${property} ${reason}`).join());
    return inputs;
  }

  async #create(process: Process, resource: Resource, inputs: Properties): Promise<void> {
    const nonce = String(inputs["nonce"]);
    // What it replaces, if anything, is to be deleted from now on, also where the creation failed late.
    const deposed = [...resource.deposed, ...(resource.kept ? [resource.kept] : [])];
    this.pending.add(nonce);
    this.begun.add(nonce);
    try {
      const { id, outs } = await create(process.context(), inputs);
      this.#save(resource, { kept: { id, inputs, outs: asKept({ ...outs, ...PROVIDER }), failed: false }, deposed });
    } catch (error) {
      if (error instanceof SavedFailure) {
        this.#save(resource, { kept: { id: error.id, inputs, outs: asKept(error.properties), failed: true }, deposed });
      }
      throw error;
    } finally {
      this.pending.delete(nonce);
    }
  }

  async #deleteDeposed(process: Process, resource: Resource): Promise<void> {
    for (const old of [...resource.deposed]) {
      await deleteToken(process.context(), old.outs);
      this.#save(resource, { deposed: resource.deposed.filter((item) => item !== old) });
    }
  }

  /** The engine writes down what it was told; once its CLI is killed, nothing any more. */
  #save(resource: Resource, change: Partial<Pick<Resource, "kept" | "deposed">>): void {
    if (!this.#alive) return;
    Object.assign(resource, change);
  }

  /** One run of the CLI: all resources at once, one provider process. */
  async #run(step: (process: Process, resource: Resource) => Promise<void>): Promise<Outcome> {
    const process = this.machine.start();
    this.#alive = true;
    const errors: Error[] = [];
    const work = Promise.all(
      this.resources.map((resource) =>
        step(process, resource).catch((error: Error) => {
          if (DEFECTS.some((kind) => error instanceof kind)) throw error;
          errors.push(error);
        }),
      ),
    );
    const killed = await Promise.race([work.then(() => undefined), process.killed]);
    const pending = [...this.pending];
    this.#alive = false;
    // The plugin may go on without its CLI.
    if (killed === "cli") await work;
    for (const nonce of pending) this.pending.add(nonce);
    await process.end().catch(() => undefined);
    this.machine.death = undefined;
    return { errors, ...(killed && { killed }) };
  }
}

/** The host adds the provider's text to what create and update give. */
const PROVIDER = { __provider: "text" };
/** What no fault explains. */
const DEFECTS = [assert.AssertionError, TypeError, RangeError, ReferenceError];

const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** Properties as the engine keeps and hands them back: through its wire, secrets unwrapped. */
function asKept(props: Properties): Properties {
  const plain = (value: unknown, path: string): unknown => {
    assert.notEqual(value, undefined, `${path} is undefined: the engine refuses that`);
    if (typeof value !== "object" || value === null) return value;
    if (SIGNATURE in value) return plain((value as unknown as { value: unknown }).value, path);
    if (Array.isArray(value)) return value.map((item, index) => plain(item, `${path}[${index}]`));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, `${path}.${key}`)]));
  };
  return plain(props, "outs") as Properties;
}
