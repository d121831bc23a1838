import "./node-version";
import { storeContext } from "./process/store-context";
import { type DynamicConfig, surroundings, useConfig } from "./process/surroundings";
import { contextFor } from "./process/token-context";
import { databricksCfg } from "./stores/databricks-cfg";
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

/**
 * What the delegate loads: for each resource type the methods of a Pulumi dynamic provider. `configure` is synchronous,
 * so that no call can overtake it.
 */
export const lifecycles = {
  Token: {
    configure(request: { config: DynamicConfig }): void {
      useConfig(request.config);
    },
    check: async (olds: Properties, news: Properties) => check(surroundings(), olds, news),
    diff: async (_id: string, olds: Properties, news: Properties) => diff(olds, news, Date.now()),
    create: async (inputs: Properties) => create(contextFor(inputs, inputs), inputs),
    read: async (id: string, props: Properties) => read(contextFor(props, props), id, props),
    update: async (_id: string, olds: Properties, news: Properties) => update(contextFor(olds, news), olds, news),
    delete: async (_id: string, props: Properties) => deleteToken(contextFor(props, props), props),
  },
  NetrcEntry: entriesOf(netrc),
  DatabricksCfgProfile: entriesOf(databricksCfg),
  KeyringEntry: entriesOf(keyring),
};

function entriesOf(store: Store) {
  const entries = new EntryLifecycle(store);
  return {
    configure(request: { config: DynamicConfig }): void {
      useConfig(request.config);
    },
    check: async (olds: Properties, news: Properties) => entries.check(storeContext(), olds, news),
    diff: async (_id: string, olds: Properties, news: Properties) => entries.diff(storeContext(), olds, news),
    create: async (inputs: Properties) => entries.create(storeContext(), inputs),
    read: async (id: string, props: Properties) => entries.read(storeContext(), id, props),
    update: async (_id: string, olds: Properties, news: Properties) => entries.update(storeContext(), olds, news),
    delete: async (_id: string, props: Properties) => entries.delete(storeContext(), props),
  };
}
