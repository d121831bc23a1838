import { type Properties, UNKNOWN } from "../pulumi/wire";
import { knowingAzureHost, type Surroundings } from "../sign-in";
import { surroundings } from "./surroundings";

/** Where a resource id is all that names the workspace, Azure is asked for its address before `check`, which is pure. */
export async function surroundingsOf(olds: Properties, news: Properties): Promise<Surroundings> {
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
