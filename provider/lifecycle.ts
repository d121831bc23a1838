import "./node-version";
import { knowingAzureHost, type Surroundings } from "./credentials";
import { type DynamicConfig, surroundings, useConfig } from "./process/surroundings";
import { contextFor } from "./process/token-context";
import { check } from "./token/check";
import { create } from "./token/create";
import { deleteToken } from "./token/delete";
import { diff } from "./token/diff";
import { read } from "./token/read";
import { type Properties, UNKNOWN } from "./token/state";
import { update } from "./token/update";

/** Where a resource id is all that names the workspace, Azure is asked for its address before `check`, which is pure. */
async function surroundingsOf(olds: Properties, news: Properties): Promise<Surroundings> {
  const texts = (value: unknown): Record<string, string> =>
    Object.fromEntries(Object.entries(Object(value)).filter(([, item]) => typeof item === "string")) as never;
  const workspace = news["workspace"];
  const isUnknown = [workspace, ...Object.values(Object(workspace))].includes(UNKNOWN);
  if (isUnknown) return surroundings();
  const { azureWorkspaceResourceId: id } = texts(olds["workspace"]);
  const { host } = texts(olds);
  const old = host !== undefined && host !== UNKNOWN && id !== undefined ? { host, azureWorkspaceResourceId: id } : {};
  return knowingAzureHost(surroundings(), texts(workspace), old);
}

/**
 * What the delegate loads: for each resource type the methods of a Pulumi dynamic provider. `configure` is synchronous,
 * so that no call can overtake it.
 */
export const lifecycles = {
  Token: {
    configure(request: { config: DynamicConfig }): void {
      useConfig(request.config);
    },
    check: async (olds: Properties, news: Properties) => check(await surroundingsOf(olds, news), olds, news),
    diff: async (_id: string, olds: Properties, news: Properties) => diff(olds, news, Date.now()),
    create: async (inputs: Properties) => create(contextFor(inputs, inputs), inputs),
    read: async (id: string, props: Properties) => read(contextFor(props, props), id, props),
    update: async (_id: string, olds: Properties, news: Properties) => update(contextFor(olds, news), olds, news),
    delete: async (_id: string, props: Properties) => deleteToken(contextFor(props, props), props),
  },
};
