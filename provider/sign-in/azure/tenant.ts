import { DatabricksTokensError } from "../../errors";
import { connectTo } from "../../http/connection";
import { exchange } from "../../http/exchange";
import type { SignIn } from "../strategy";

const found = new Map<string, string>();

/** The tenant that is set, else the one that the workspace's own sign-in page sends people to. */
export async function tenantOf(strategy: string, signIn: SignIn, until: number): Promise<string> {
  const tenant = signIn.setting("azureTenantId") ?? (await discoveredTenant(signIn, until));
  if (tenant !== undefined) return tenant;
  throw new DatabricksTokensError(
    "INVALID_CONFIG",
    `The sign-in ${strategy} (${signIn.from}) needs a tenant, and ${signIn.host} names none: set azureTenantId or ARM_TENANT_ID`,
  );
}

/** By `GET /aad/auth`: the first segment of the path in its Location, which is not followed. */
async function discoveredTenant(signIn: SignIn, until: number): Promise<string | undefined> {
  const { host, surroundings, timeoutMs } = signIn;
  const known = found.get(host);
  if (known !== undefined) return known;
  const { dispatcher } = connectTo(host, timeoutMs, surroundings.env);
  try {
    const incoming = await exchange(dispatcher, {
      url: new URL(`${host}/aad/auth`),
      method: "GET",
      headers: {},
      body: undefined,
      timeoutMs: Math.max(1, Math.min(timeoutMs, until - Date.now())),
    });
    const location = "failure" in incoming ? undefined : incoming.headers["location"];
    const segment = location && URL.canParse(location) ? new URL(location).pathname.split("/")[1] : undefined;
    if (!segment || !/^[0-9A-Za-z.-]+$/.test(segment)) return undefined;
    found.set(host, segment);
    return segment;
  } finally {
    await dispatcher.close();
  }
}
