import "./node-version";
import type { Lifecycle, ResourceType } from "./lifecycle-type";
import { assertMadeHere } from "./not-importable";
import { surroundingsOf } from "./process/resource-surroundings";
import { pulumiHome, storeContext } from "./process/store-context";
import { type DynamicConfig, useConfig } from "./process/surroundings";
import { contextFor } from "./process/token-context";
import { redact, redactError } from "./secret";
import { databricksCfg } from "./stores/databricks-cfg";
import {
  checkScope,
  diffScope,
  makeScope,
  readScope,
  removeScope,
  updateScope,
} from "./stores/databricks-secrets/scope-lifecycle";
import {
  checkSecret,
  createSecret,
  diffSecret,
  readSecret,
  removeSecret,
  updateSecret,
} from "./stores/databricks-secrets/secret-lifecycle";
import { EntryLifecycle } from "./stores/entry-lifecycle";
import { keyring } from "./stores/keyring";
import { netrc } from "./stores/netrc";
import type { Store } from "./stores/store";
import { check } from "./token/check";
import { create } from "./token/create";
import { deleteToken } from "./token/delete";
import { diff } from "./token/diff";
import { read } from "./token/read";
import type { Properties } from "./token/state";
import { update } from "./token/update";

const warn = (message: string): void => void process.stderr.write(`warning: ${redact(message)}\n`);

/** Pulumi prints what a method throws, stack and all: nothing of it may be a secret. */
function guarded<Args extends unknown[], Result>(
  method: (...args: Args) => Result | Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await method(...args);
    } catch (error) {
      throw redactError(error);
    }
  };
}

/** Pulumi also asks to read what this package has not made, by an id alone. */
const reading = <Result>(type: string, method: (id: string, props: Properties) => Promise<Result>) =>
  guarded((id: string, props: Properties) => {
    assertMadeHere(type, props);
    return method(id, props);
  });

/**
 * What the delegate loads: for each resource type the methods of a Pulumi dynamic provider. `configure` is synchronous,
 * so that no call can overtake it.
 */
export const lifecycles: Record<ResourceType, Lifecycle> = {
  Token: {
    configure(request: { config: DynamicConfig }): void {
      useConfig(request.config);
    },
    check: guarded(async (olds: Properties, news: Properties) => check(await surroundingsOf(olds, news), olds, news)),
    diff: guarded((_id: string, olds: Properties, news: Properties) => diff(olds, news, Date.now(), warn)),
    create: guarded((inputs: Properties) => create(contextFor(inputs, inputs), inputs)),
    read: reading("Token", (id, props) => read(contextFor(props, props), id, props)),
    update: guarded((_id: string, olds: Properties, news: Properties) => update(contextFor(olds, news), olds, news)),
    delete: guarded((_id: string, props: Properties) => deleteToken(contextFor(props, props), props)),
  },
  NetrcEntry: entriesOf(netrc),
  DatabricksCfgProfile: entriesOf(databricksCfg),
  KeyringEntry: entriesOf(keyring),
  Secret: {
    configure(request: { config: DynamicConfig }): void {
      useConfig(request.config);
    },
    check: guarded(async (olds: Properties, news: Properties) =>
      checkSecret(await surroundingsOf(olds, news), olds, news),
    ),
    diff: guarded((_id: string, olds: Properties, news: Properties) => diffSecret(olds, news)),
    create: guarded((inputs: Properties) => createSecret(contextFor(inputs, inputs), inputs, pulumiHome())),
    read: reading("Secret", (id, props) => readSecret(contextFor(props, props), id, props)),
    update: guarded((_id: string, olds: Properties, news: Properties) =>
      updateSecret(contextFor(olds, news), olds, news, pulumiHome()),
    ),
    delete: guarded((_id: string, props: Properties) => removeSecret(contextFor(props, props), props, pulumiHome())),
  },
  SecretScope: {
    configure(request: { config: DynamicConfig }): void {
      useConfig(request.config);
    },
    check: guarded(async (olds: Properties, news: Properties) =>
      checkScope(await surroundingsOf(olds, news), olds, news),
    ),
    diff: guarded((_id: string, olds: Properties, news: Properties) => diffScope(olds, news)),
    create: guarded((inputs: Properties) => makeScope(contextFor(inputs, inputs), inputs, pulumiHome())),
    read: reading("SecretScope", (id, props) => readScope(contextFor(props, props), id, props)),
    update: guarded((_id: string, olds: Properties, news: Properties) =>
      updateScope(contextFor(olds, news), olds, news),
    ),
    delete: guarded((_id: string, props: Properties) => removeScope(contextFor(props, props), props, pulumiHome())),
  },
};

function entriesOf(store: Store) {
  const entries = new EntryLifecycle(store);
  return {
    configure(request: { config: DynamicConfig }): void {
      useConfig(request.config);
    },
    check: guarded((olds: Properties, news: Properties) => entries.check(storeContext(), olds, news)),
    diff: guarded((_id: string, olds: Properties, news: Properties) => entries.diff(storeContext(), olds, news)),
    create: guarded((inputs: Properties) => entries.create(storeContext(), inputs)),
    read: reading(store.type, (id, props) => entries.read(storeContext(), id, props)),
    update: guarded((_id: string, olds: Properties, news: Properties) => entries.update(storeContext(), olds, news)),
    delete: guarded((_id: string, props: Properties) => entries.delete(storeContext(), props)),
  };
}
