import type { Properties } from "./pulumi/wire";
import "./node-version";
import {
  checkScope,
  diffScope,
  makeScope,
  readScope,
  removeScope,
  updateScope,
} from "./databricks-secrets/scope-lifecycle";
import {
  checkSecret,
  createSecret,
  diffSecret,
  readSecret,
  removeSecret,
  updateSecret,
} from "./databricks-secrets/secret-lifecycle";
import { databricksCfg } from "./machine/databricks-cfg";
import { EntryLifecycle } from "./machine/entry-lifecycle";
import { keyring } from "./machine/keyring";
import { netrc } from "./machine/netrc";
import type { Store } from "./machine/store";
import { pulumiHome, storeContext } from "./machine/store-context";
import type { Lifecycle, ResourceType } from "./pulumi/lifecycle-type";
import { assertMadeHere } from "./pulumi/not-importable";
import { warn } from "./pulumi/warn";
import { redactError } from "./secret";
import { surroundingsOf } from "./session/resource-surroundings";
import { useConfig } from "./session/surroundings";
import { contextFor } from "./session/token-context";
import { check } from "./token/check";
import { create } from "./token/create";
import { deleteToken } from "./token/delete";
import { diff } from "./token/diff";
import { read } from "./token/read";
import { update } from "./token/update";

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

/** What a resource type does; Pulumi's id, which is the nonce, matters to `read` alone. */
interface Verbs {
  check(olds: Properties, news: Properties): ReturnType<Lifecycle["check"]> | Awaited<ReturnType<Lifecycle["check"]>>;
  diff(olds: Properties, news: Properties): ReturnType<Lifecycle["diff"]> | Awaited<ReturnType<Lifecycle["diff"]>>;
  create(inputs: Properties): ReturnType<Lifecycle["create"]>;
  read(id: string, props: Properties): ReturnType<Lifecycle["read"]>;
  update(olds: Properties, news: Properties): ReturnType<Lifecycle["update"]>;
  delete(props: Properties): ReturnType<Lifecycle["delete"]>;
}

/** The methods of a Pulumi dynamic provider. `configure` is synchronous, so that no call can overtake it. */
function lifecycleOf(type: ResourceType, verbs: Verbs): Lifecycle {
  return {
    configure: ({ config }) => useConfig(config),
    check: guarded((olds, news) => verbs.check(olds, news)),
    diff: guarded((_id, olds, news) => verbs.diff(olds, news)),
    create: guarded((inputs) => verbs.create(inputs)),
    read: guarded((id, props) => {
      // Pulumi also asks to read what this package has not made, by an id alone.
      assertMadeHere(type, props);
      return verbs.read(id, props);
    }),
    update: guarded((_id, olds, news) => verbs.update(olds, news)),
    delete: guarded((_id, props) => verbs.delete(props)),
  };
}

const token = lifecycleOf("Token", {
  check: async (olds, news) => check(await surroundingsOf(olds, news), olds, news),
  diff: (olds, news) => diff(olds, news, Date.now(), warn),
  create: (inputs) => create(contextFor(inputs, inputs), inputs),
  read: (id, props) => read(contextFor(props, props), id, props),
  update: (olds, news) => update(contextFor(olds, news), olds, news),
  delete: (props) => deleteToken(contextFor(props, props), props),
});

const secret = lifecycleOf("Secret", {
  check: async (olds, news) => checkSecret(await surroundingsOf(olds, news), olds, news),
  diff: diffSecret,
  create: (inputs) => createSecret(contextFor(inputs, inputs), inputs, pulumiHome()),
  read: (id, props) => readSecret(contextFor(props, props), id, props),
  update: (olds, news) => updateSecret(contextFor(olds, news), olds, news, pulumiHome()),
  delete: (props) => removeSecret(contextFor(props, props), props, pulumiHome()),
});

const secretScope = lifecycleOf("SecretScope", {
  check: async (olds, news) => checkScope(await surroundingsOf(olds, news), olds, news),
  diff: diffScope,
  create: (inputs) => makeScope(contextFor(inputs, inputs), inputs, pulumiHome()),
  read: (id, props) => readScope(contextFor(props, props), id, props),
  update: (olds, news) => updateScope(contextFor(olds, news), olds, news),
  delete: (props) => removeScope(contextFor(props, props), props, pulumiHome()),
});

function entry(type: ResourceType, store: Store): Lifecycle {
  const entries = new EntryLifecycle(store);
  return lifecycleOf(type, {
    check: (olds, news) => entries.check(storeContext(), olds, news),
    diff: (olds, news) => entries.diff(storeContext(), olds, news),
    create: (inputs) => entries.create(storeContext(), inputs),
    read: (id, props) => entries.read(storeContext(), id, props),
    update: (olds, news) => entries.update(storeContext(), olds, news),
    delete: (props) => entries.delete(storeContext(), props),
  });
}

/** What the delegate loads: for each resource type the methods of a Pulumi dynamic provider. */
export const lifecycles: Record<ResourceType, Lifecycle> = {
  Token: token,
  NetrcEntry: entry("NetrcEntry", netrc),
  DatabricksCfgProfile: entry("DatabricksCfgProfile", databricksCfg),
  KeyringEntry: entry("KeyringEntry", keyring),
  Secret: secret,
  SecretScope: secretScope,
};
