import assert from "node:assert/strict";
import { type Properties, UNKNOWN } from "../../../provider/pulumi/wire";
import { Secret } from "../../../provider/secret";
import { diff } from "../../../provider/token/diff";
import { writeState } from "../../../provider/token/state";
import type { Unfinished } from "../../../provider/token/unfinished";

const host = "https://adb-1.2.azuredatabricks.net";
const inputs = {
  origin: { organization: "o", project: "p", stack: "s", name: "n" },
  nonce: "abc",
  host,
  hostSource: "config" as const,
  comment: "c",
  scopes: ["jobs", "clusters"],
  triggers: { a: "1" },
};
const DAY = 86_400_000;

/** The outputs as the engine hands them to diff: secrets unwrapped. */
function held(unfinished: Unfinished[] = []): Properties {
  const current = { tokenId: "1", tokenValue: new Secret("v"), creationTime: 0, expiryTime: 90 * DAY };
  const state = writeState({ inputs, current, owner: "me", unfinished, candidates: [], retiring: [] }, 0);
  const plain = (value: unknown): unknown => (value as { value?: unknown } | undefined)?.value ?? value;
  return Object.fromEntries(Object.entries(state).map(([key, value]) => [key, plain(value)]));
}

const answer = (news: object, at = DAY, olds = held()): string => {
  const { changes, replaces } = diff(olds, { ...inputs, ...news }, at);
  return replaces.length > 0 ? `replaces ${replaces.join()}` : changes ? "changes" : "same";
};

describe("diff", () => {
  const rows: Array<[string, object, string]> = [
    ["nothing", {}, "same"],
    ["scopes in another order", { scopes: ["clusters", "jobs"] }, "same"],
    ["a default written out", { lifetimeSeconds: 90 * 86_400 }, "same"],
    ["a renamed stack: a stale marker is no change by itself", { origin: { ...inputs.origin, stack: "x" } }, "same"],
    ["where the host came from", { hostSource: "environment" }, "same"],
    ["comment", { comment: "d" }, "changes"],
    ["scopes", { scopes: ["jobs"] }, "changes"],
    ["scopes removed", { scopes: undefined }, "changes"],
    ["lifetime", { lifetimeSeconds: 86_400 }, "changes"],
    ["autoscope", { autoscopeEnabled: true }, "changes"],
    ["triggers", { triggers: { a: "2" } }, "changes"],
    ["schedule", { overlapSeconds: 5 }, "changes"],
    ["another host", { host: "https://adb-9.9.azuredatabricks.net" }, "replaces host"],
    ["workspace unknown as a whole", { workspace: UNKNOWN }, "replaces workspace"],
    ["a member of workspace unknown", { workspace: { host: UNKNOWN } }, "changes"],
    ["an unknown trigger", { triggers: { a: UNKNOWN } }, "changes"],
  ];
  for (const [title, news, expected] of rows) it(`${title}: ${expected}`, () => assert.equal(answer(news), expected));

  it("asks for an update while something is unfinished", () => {
    assert.equal(answer({}, DAY, held([{ code: "creation-unknown", since: 0 }])), "changes");
  });
  it("refuses a state of a newer schema, and says what to install", () => {
    assert.throws(() => diff({ ...held(), schemaVersion: 2 }, inputs, 0), /newer one.*STATE_NOT_OURS/s);
  });
});
