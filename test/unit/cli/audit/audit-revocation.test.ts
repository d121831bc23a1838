import assert from "node:assert/strict";
import type { RevocationResult } from "../../../../provider/audit/plan";
import type { Row } from "../../../../provider/audit/rows";
import type { SignedIn, WorkspaceListing } from "../../../../provider/cli/audit/listing";
import { revokeAll } from "../../../../provider/cli/audit/revocation";
import { DatabricksTokensError } from "../../../../provider/errors";
import { useConfig } from "../../../../provider/session/surroundings";
import { contextFor } from "../../../../provider/session/token-context";
import { LocalWorkspace } from "../../../workspace";

const LIST = "GET /api/2.0/token-management/tokens";

describe("audit: revoking several tokens", () => {
  let workspace: LocalWorkspace;
  let ids: string[];
  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    ids = ["a", "b", "c"].map((comment) => workspace.mint(workspace.admin, { comment }).tokenId);
  });
  afterEach(async () => {
    useConfig({ get: () => undefined });
    await workspace.stop();
  });

  async function revoked({
    proveDeadMs = 0,
    own = false,
    allowed = async () => {},
  }: {
    proveDeadMs?: number;
    own?: boolean;
    allowed?(): Promise<void>;
  } = {}): Promise<RevocationResult[]> {
    const config: Record<string, string> = {
      "databricks:token": workspace.admin.token,
      "databricks:host": workspace.host,
    };
    useConfig({ get: (key) => config[key] });
    const context = contextFor({ host: workspace.host }, {});
    const limits = { ...context.limits, proveDeadMs };
    const way: SignedIn = { context: { ...context, limits }, credential: context.credentials[0]! };
    const { host } = workspace;
    const sight: WorkspaceListing = own
      ? { host, ownerOf: new Map(ids.map((id) => [id, way])), unseenOwners: [] }
      : { host, administrator: way, ownerOf: new Map(), unseenOwners: [] };
    return revokeAll(
      ids.map((tokenId) => ({ host, tokenId }) as Row),
      [sight],
      allowed,
    );
  }
  const of = (outcomes: readonly RevocationResult[]) =>
    outcomes.map(({ outcome, reason }) => (outcome === "revoked" ? outcome : /\[(\w+)\]$/.exec(reason)?.[1]));
  const path = (id: string): string => `/api/2.0/token-management/tokens/${id}`;

  it("asks before each whether it may; one list proves all gone, and each id is asked for", async () => {
    const seen: string[] = [];
    const allowed = async (): Promise<void> => void seen.push(`${workspace.tokens().length} alive`);
    assert.deepEqual(of(await revoked({ allowed })), ["revoked", "revoked", "revoked"]);
    assert.deepEqual(seen, ["3 alive", "2 alive", "1 alive"]);
    assert.equal(workspace.countCalls(LIST), 1);
    for (const id of ids) assert.equal(workspace.countCalls(`GET ${path(id)}`), 1);
  });

  it("one's own tokens: by the calls that everybody has", async () => {
    assert.deepEqual(of(await revoked({ own: true })), ["revoked", "revoked", "revoked"]);
    assert.equal(workspace.countCalls("GET /api/2.0/token/list"), 1);
    assert.equal(workspace.calls.filter((call) => call.path.includes("management")).length, 0);
  });

  it("a run that begins meanwhile leaves the rest; what was revoked until then is proved", async () => {
    let asked = 0;
    const allowed = async (): Promise<void> => {
      if (++asked === 2) throw new DatabricksTokensError("RUN_UNDER_WAY", "a run");
    };
    assert.deepEqual(of(await revoked({ allowed })), ["revoked", "RUN_UNDER_WAY", "RUN_UNDER_WAY"]);
    assert.equal(asked, 2);
    assert.deepEqual(
      workspace.tokens().map(({ tokenId }) => tokenId),
      ids.slice(1),
    );
  });

  it("a token that is refused, or whose id can't be asked for, is no failure of the others", async () => {
    workspace.faults.add({ kind: "permission-denied", method: "DELETE", path: path(ids[0]!) });
    workspace.faults.add({ kind: "permission-denied", method: "GET", path: path(ids[1]!) });
    assert.deepEqual(of(await revoked()), ["PERMISSION_DENIED", "PERMISSION_DENIED", "revoked"]);
  });

  it("accepted without effect, or still listed: not confirmed. A list that lags is looked at again", async () => {
    workspace.faults.add({ kind: "no-effect", method: "DELETE", path: path(ids[1]!) });
    assert.deepEqual(of(await revoked()), ["revoked", "REVOCATION_NOT_CONFIRMED", "revoked"]);
    workspace.advance(60_000);
    workspace.settings.listLagMs = 600;
    assert.deepEqual(of(await revoked()), ["revoked", "REVOCATION_NOT_CONFIRMED", "revoked"]);
    assert.deepEqual(of(await revoked({ proveDeadMs: 10_000 })), ["revoked", "revoked", "revoked"]);
  });

  it("an empty list alone is no proof, and neither is an id that is not found", async () => {
    workspace.faults.add({ kind: "no-effect", method: "DELETE", path: path(ids[0]!) });
    workspace.faults.add({ kind: "empty-list", path: LIST.slice(4) });
    workspace.faults.add({ kind: "no-effect", method: "DELETE", path: path(ids[1]!) });
    workspace.faults.add({ kind: "not-found", method: "GET", path: path(ids[1]!), skip: 1 });
    assert.deepEqual(of(await revoked()), ["REVOCATION_NOT_CONFIRMED", "REVOCATION_NOT_CONFIRMED", "revoked"]);
    workspace.faults.add({ kind: "no-effect", method: "DELETE", path: path(ids[1]!) });
    assert.equal(of(await revoked())[1], "REVOCATION_NOT_CONFIRMED");
  });

  it("no list at all: nothing is confirmed, and it says why", async () => {
    workspace.faults.add({ kind: "permission-denied", path: LIST.slice(4) });
    assert.deepEqual(of(await revoked()), ["PERMISSION_DENIED", "PERMISSION_DENIED", "PERMISSION_DENIED"]);
    assert.equal(workspace.tokens().length, 0);
  });
});
