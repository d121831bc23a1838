import assert from "node:assert/strict";
import type { Properties } from "../../provider/pulumi/wire";
import { days } from "../../provider/token/schedule";
import { type Fault, type Identity, LocalWorkspace, type TokenRecord } from "../workspace";
import { Machine } from "./machine";
import { ModelStack } from "./stack";
import { CALLS } from "./steps";

/** Which tokens lost attempts left, who may say so, and what is left alone: issue 12, points 2 to 10. */

const LIST = CALLS.list;
const lostAnswer: Fault = { ...CALLS.create, kind: "reset", when: "after" };
const HOUR = 3_600_000;

describe("faults: lost attempts", () => {
  let workspace: LocalWorkspace;
  let machine: Machine;
  let stack: ModelStack;

  beforeEach(async () => {
    workspace = await LocalWorkspace.start();
    workspace.setClock(Date.UTC(2090, 0, 1));
    machine = new Machine(workspace);
    stack = new ModelStack(machine, ["a"], {});
  });
  afterEach(() => workspace.stop());

  const outs = (): Properties => stack.resources[0]!.kept!.outs;
  const codes = (): string[] => (outs()["unfinished"] as Array<{ code: string }>).map(({ code }) => code);
  const wish = (args: Properties): void => {
    for (const resource of stack.resources) resource.args = args;
  };
  async function fine(run: Promise<{ errors: Error[] }>): Promise<void> {
    assert.deepEqual(
      (await run).errors.map(({ message }) => message),
      [],
    );
  }
  async function fails(run: Promise<{ errors: Error[] }>, pattern: RegExp): Promise<void> {
    assert.match((await run).errors.map(({ message }) => message).join("\n"), pattern);
  }
  /** An identity that signs in with a personal access token of those scopes. */
  function withScopes(user: Identity, ...scopes: string[]): Identity {
    return { ...user, token: workspace.mint(user, { scopes, lifetimeSeconds: days(700) }).value };
  }
  /** An `up` whose creations lose their answers, while the list fails after so many times. */
  async function lose(listings = 0): Promise<void> {
    workspace.faults.add({ ...lostAnswer, times: 9 });
    workspace.faults.add({ ...LIST, kind: "server-error", times: 99, skip: listings });
    await stack.up();
    workspace.faults.clear();
  }
  const ours = (): TokenRecord[] => workspace.tokens().filter(({ comment }) => comment.includes("[pulumi "));
  const listCalls = (): number => workspace.calls.filter(({ path }) => path === LIST.path).length;

  describe("who may say that nothing is left", () => {
    for (const [title, identityOfA] of [
      ["A says who it is", (a: Identity) => a],
      ["A's own token may not ask who it belongs to", (a: Identity) => withScopes(a, "authentication")],
    ] as const) {
      it(`${title}: not B, whose token may not ask either; A, or an administrator`, async () => {
        const a = identityOfA(workspace.addUser("a@example.com"));
        const b = withScopes(workspace.addUser("b@example.com"), "authentication");
        machine.identity = a;
        wish({ scopes: ["clusters"] });
        await fine(stack.up());
        wish({ scopes: ["clusters"], triggers: { release: "2" } });
        workspace.faults.add(lostAnswer);
        workspace.faults.add({ ...LIST, kind: "server-error", times: 99, skip: 1 });
        await stack.up();
        workspace.faults.clear();
        assert.deepEqual(codes(), ["creation-unknown"]);
        const [lost] = ours().filter(({ tokenId }) => !JSON.stringify(outs()).includes(tokenId));
        assert.ok(lost);

        machine.identity = b;
        workspace.advance(HOUR);
        await stack.up();
        await stack.refresh();
        assert.deepEqual(codes(), ["creation-unknown"]);
        await fails(stack.destroy(), /CREATION_UNKNOWN|REVOCATION_REFUSED/);
        assert.ok(workspace.isAlive(lost.value));

        machine.identity = a;
        await fine(stack.destroy());
        assert.deepEqual([workspace.isAlive(lost.value), ours()], [false, []]);
      });
    }

    it("the error of a destroy names minter, moment and end; an administrator ends it", async () => {
      machine.identity = workspace.addUser("a@example.com");
      await lose();
      machine.identity = workspace.addUser("b@example.com");
      workspace.advance(HOUR);
      await fails(stack.destroy(), /2090-01-01T.*a@example\.com.*administrator.*2090-04-01T/s);
      machine.identity = workspace.admin;
      await fine(stack.destroy());
      assert.deepEqual(ours(), []);
    });

    it("nobody at all: an hour after the token would have expired by itself", async () => {
      machine.identity = workspace.addUser("a@example.com");
      await lose();
      machine.identity = workspace.addUser("b@example.com");
      workspace.advance(days(90) * 1000 + 2 * HOUR);
      await fine(stack.destroy());
      assert.match(machine.warnings.join("\n"), /has expired by now/);
    });

    it("a state that says neither who minted nor for how long: an administrator, or time", async () => {
      machine.identity = workspace.addUser("a@example.com");
      await fine(stack.up());
      const unfinished = [{ code: "creation-unknown", since: workspace.now() }];
      stack.resources[0]!.kept!.outs = { ...outs(), unfinished };
      const old = { ...stack.resources[0]!.kept! };
      workspace.advance(HOUR);
      await fails(stack.destroy(), /CREATION_UNKNOWN/);
      machine.identity = workspace.admin;
      await fine(stack.destroy());
      stack.resources[0]!.kept = old;
      machine.identity = workspace.addUser("b@example.com");
      workspace.advance(days(90) * 1000 + HOUR);
      await fine(stack.destroy());
    });

    it("the resource's own tokens, while they live", async () => {
      machine.identity = workspace.addUser("a@example.com");
      await fine(stack.up());
      wish({ triggers: { release: "2" } });
      await lose(1);
      assert.deepEqual(codes(), ["creation-unknown"]);
      machine.identity = undefined;
      await fine(stack.destroy());
      assert.deepEqual(ours(), []);
    });

    it("two minters, and a rename between their lost attempts: each is found under the name that it had", async () => {
      machine.identity = workspace.addUser("a@example.com");
      await fine(stack.up());
      wish({ triggers: { release: "2" } });
      await lose(1);
      stack.resources[0]!.name = "renamed";
      machine.identity = workspace.addUser("b@example.com");
      wish({ triggers: { release: "3" } });
      await lose(1);
      assert.ok(ours().some(({ comment }) => comment.includes("renamed")));
      assert.ok(ours().some(({ comment }) => !comment.includes("renamed")));
      workspace.advance(HOUR);
      machine.identity = workspace.admin;
      await fine(stack.destroy());
      assert.deepEqual(ours(), []);
    });

    it("a user's name counts whatever its case", async () => {
      machine.identity = workspace.addUser("a@example.com");
      await fine(stack.up());
      const unfinished = [{ code: "creation-unknown", since: workspace.now(), minter: { userName: "A@Example.com" } }];
      stack.resources[0]!.kept!.outs = { ...outs(), unfinished };
      workspace.advance(HOUR);
      await fine(stack.up());
      assert.deepEqual(codes(), []);
    });
  });

  it("two lost answers under a list whose lag varies: no combination forgets one", async () => {
    const lags = [0, 400, 1_500, 8_000];
    for (const first of lags)
      for (const second of lags)
        for (const third of lags)
          for (const lost of [2, 3]) {
            const one = new ModelStack(machine, ["a"], {});
            workspace.faults.clear();
            workspace.faults.add({ ...lostAnswer, times: lost });
            for (const [index, listLagMs] of [first, second, third, first, second, third].entries())
              workspace.faults.add({ ...LIST, kind: "as-if", settings: { listLagMs }, times: 1 + (index % 2) });
            await one.up();
            workspace.faults.clear();
            const text = JSON.stringify(one.kept());
            const forgotten = ours().filter(({ tokenId }) => !text.includes(tokenId));
            assert.ok(
              forgotten.length === 0 || text.includes("creation-unknown"),
              `lags ${first}, ${second}, ${third}; ${lost} lost: ${forgotten.length} forgotten`,
            );
            await fine(one.up());
            workspace.advance(HOUR);
            await fine(one.up());
            await fine(one.destroy());
            assert.deepEqual(ours(), []);
          }
  });

  describe("the workspace's time", () => {
    const inForty = (): Record<string, string> => ({ date: new Date(workspace.now() + 40 * 24 * HOUR).toUTCString() });
    const rotated = async (): Promise<TokenRecord> => {
      wish({ triggers: { release: "1" } });
      await fine(stack.up());
      const [old] = ours();
      wish({ triggers: { release: "2" } });
      await fine(stack.up());
      workspace.advance(HOUR);
      return old!;
    };

    it("is set by nobody's pages: a replaced token lives for its whole overlap", async () => {
      const old = await rotated();
      for (const call of [LIST, CALLS.me, CALLS.create]) {
        workspace.faults.add({ ...call, kind: "status", status: 503, body: "", headers: inForty(), times: 2 });
      }
      wish({ triggers: { release: "3" } });
      await stack.up();
      workspace.faults.clear();
      await stack.up();
      assert.ok(workspace.isAlive(old.value));
    });

    it("is not set by one success that is off, nor by copies of a cache; where it can't be told nothing is revoked", async () => {
      const old = await rotated();
      const body = { token_infos: [] };
      workspace.faults.add({ ...LIST, kind: "status", status: 200, body, headers: inForty() });
      workspace.faults.add({
        ...LIST,
        kind: "status",
        status: 200,
        body,
        headers: { ...inForty(), age: "9" },
        times: 9,
      });
      machine.skewMs = 45 * 24 * HOUR;
      wish({ triggers: { release: "2" }, overlapSeconds: days(20) });
      await stack.up();
      assert.ok(workspace.isAlive(old.value));
    });

    for (const hours of [-2_000, -30, 30, 2_000]) {
      it(`holds where this machine's clock is off by ${hours} hours`, async () => {
        const old = await rotated();
        machine.skewMs = hours * HOUR;
        wish({ triggers: { release: "2" }, comment: "x" });
        await fine(stack.up());
        assert.ok(workspace.isAlive(old.value));
        // A clock that is slow asks later whether anything is due.
        if (hours > 0) {
          workspace.advance(days(31) * 1000);
          await fine(stack.up());
          await fine(stack.up());
          assert.equal(workspace.isAlive(old.value), false);
        }
        await fine(stack.destroy());
        assert.deepEqual(ours(), []);
      });
    }
  });

  describe("an answer whose words say that nothing was done", () => {
    const words: ReadonlyArray<readonly [string, unknown]> = [
      ["too many requests", { error_code: "RESOURCE_EXHAUSTED", message: "Too many requests" }],
      ["a request limit", { error_code: "REQUEST_LIMIT_EXCEEDED", message: "Too many requests" }],
      ["a quota", { error_code: "QUOTA_EXCEEDED", message: "The quota of 600 tokens is reached" }],
      ["a quota on a page", "<html><title>quota of tokens reached</title></html>"],
      ["a permission", { error_code: "PERMISSION_DENIED", message: "User does not have permission to use tokens." }],
      ["a dead token", { error_code: 403, message: "Invalid access token." }],
      ["not found", { error_code: "RESOURCE_DOES_NOT_EXIST", message: "No valid token with ID x found." }],
      ["nothing", ""],
      ["odd types", { token_value: "x", token_info: { token_id: "y", comment: { toString: 1 } } }],
    ];
    for (const [title, body] of words) {
      for (const status of [200, 408, 499, 500, 502, 503, 504]) {
        for (const listLagMs of [0, 30_000]) {
          it(`${status} with ${title}, a list that lags ${listLagMs / 1000} s: nothing is left unknown`, async () => {
            workspace.settings.listLagMs = listLagMs;
            workspace.faults.add({ ...CALLS.create, kind: "status", status, body, when: "after" });
            await stack.up();
            const text = JSON.stringify(stack.kept());
            const unknown = ours().filter(({ tokenId }) => !text.includes(tokenId));
            assert.ok(unknown.length === 0 || text.includes("creation-unknown"), text);
            workspace.settings.listLagMs = 0;
            workspace.advance(HOUR);
            await fine(stack.up());
            await fine(stack.destroy());
            assert.deepEqual(ours(), []);
          });
        }
      }
    }

    it("only a true 429 is sent again without a look", async () => {
      for (const [status, listings] of [
        [429, 0],
        [503, 1],
      ] as const) {
        const body = { error_code: "REQUEST_LIMIT_EXCEEDED", message: "Too many requests" };
        const before = listCalls();
        workspace.faults.add({ ...CALLS.create, kind: "status", status, body });
        await new ModelStack(machine, [`t${status}`], {}).up();
        assert.ok(listCalls() - before >= listings && (listings > 0 || listCalls() === before), `${status}`);
      }
    });
  });

  describe("a candidate is adopted only for what it is", () => {
    for (const [title, narrowed] of [
      ["scopes", { scopes: ["clusters"] }],
      ["scopes with autoscope", { scopes: ["clusters"], autoscopeEnabled: true }],
      ["a shorter lifetime", { lifetimeSeconds: days(1) }],
    ] as const) {
      for (const who of ["the same user", "somebody who can't see it"]) {
        it(`${title}, signed in as ${who}`, async () => {
          workspace.faults.add({ ...CALLS.me, kind: "server-error", times: 99, skip: 1 });
          await stack.up();
          workspace.faults.clear();
          assert.deepEqual(codes(), ["not-proved"]);
          const [candidate] = ours();
          if (who !== "the same user") machine.identity = workspace.addUser("b@example.com");
          wish(narrowed);
          const { errors } = await stack.up();
          if (who !== "the same user" && errors.length > 0) {
            assert.equal(outs()["tokenValue"], undefined);
            machine.identity = workspace.admin;
            await fine(stack.up());
          }
          const now = ours().find(({ value }) => value === outs()["tokenValue"]);
          assert.deepEqual(now?.scopes, "scopes" in narrowed ? ["clusters"] : undefined);
          assert.ok(workspace.isAlive(now!.value));
          assert.equal(workspace.isAlive(candidate!.value), false);
          assert.ok(
            now!.expiryTime - now!.creationTime <= Number(narrowed["lifetimeSeconds" as never] ?? days(90)) * 1000,
          );
        });
      }
    }

    it("a trigger that was changed after it was minted asks for a younger one", async () => {
      wish({ triggers: { release: "1" } });
      await fine(stack.up());
      workspace.faults.add({ ...CALLS.me, kind: "server-error", times: 99, skip: 1 });
      wish({ triggers: { release: "2" } });
      await stack.up();
      workspace.faults.clear();
      assert.deepEqual(codes(), ["not-proved"]);
      const candidate = ours().at(-1)!;
      wish({ triggers: { release: "3" } });
      await fine(stack.up());
      assert.notEqual(outs()["tokenId"], candidate.tokenId);
      assert.equal(workspace.isAlive(candidate.value), false);
      assert.equal(stack.changes(), false);
    });

    it("what is still asked for becomes the current token, without another one", async () => {
      workspace.faults.add({ ...CALLS.me, kind: "server-error", times: 99, skip: 1 });
      wish({ scopes: ["clusters"] });
      await stack.up();
      workspace.faults.clear();
      wish({ scopes: ["clusters"], comment: "another" });
      await fine(stack.up());
      assert.equal(workspace.tokens({ all: true }).length, 1);
      assert.match(ours()[0]!.comment, /^another \[pulumi/);
    });
  });

  describe("a token whose comment somebody copied", () => {
    const copy = (made: { lifetimeSeconds?: number; scopes?: string[] }, owner = machine.identity!): TokenRecord =>
      workspace.mint(owner, { comment: ours()[0]!.comment, lifetimeSeconds: days(90), ...made });

    for (const [title, made] of [
      ["another lifetime", { lifetimeSeconds: days(365) }],
      ["other scopes", { scopes: ["jobs"] }],
    ] as Array<[string, { lifetimeSeconds?: number; scopes?: string[] }]>) {
      it(`${title}: no rotation and no destroy revokes it, and its id is named`, async () => {
        machine.identity = workspace.addUser("a@example.com");
        await fine(stack.up());
        const theirs = copy(made);
        workspace.advance(HOUR);
        wish({ triggers: { release: "2" } });
        await fine(stack.up());
        assert.ok(workspace.isAlive(theirs.value));
        assert.match(machine.warnings.join("\n"), new RegExp(`${theirs.tokenId}.*left alone`));
        await fine(stack.destroy());
        assert.deepEqual(
          ours().map(({ tokenId }) => tokenId),
          [theirs.tokenId],
        );
      });
    }

    it("with a lifetime of its own, made just before or just after an attempt whose answer was lost", async () => {
      machine.identity = workspace.addUser("a@example.com");
      await fine(stack.up());
      const before = copy({ lifetimeSeconds: days(365) });
      workspace.advance(3_000);
      wish({ triggers: { release: "2" } });
      workspace.faults.add({ ...lostAnswer, times: 9 });
      workspace.faults.add({ ...LIST, kind: "as-if", settings: { listLagMs: 60_000 }, times: 99 });
      await stack.up();
      workspace.faults.clear();
      assert.deepEqual(codes().slice(0, 1), ["creation-unknown"]);
      const after = copy({ lifetimeSeconds: days(365) });
      workspace.advance(HOUR);
      await fine(stack.up());
      assert.ok(workspace.isAlive(before.value) && workspace.isAlive(after.value));
    });

    it("in somebody's list who never minted for the resource, or used where that is shown: left", async () => {
      await fine(stack.up());
      const stranger = workspace.addUser("b@example.com");
      const foreign = copy({}, stranger);
      machine.identity = stranger;
      workspace.advance(HOUR);
      wish({ triggers: { release: "2" } });
      await stack.up();
      assert.ok(workspace.isAlive(foreign.value));

      machine.identity = workspace.admin;
      const used = workspace.mint(stranger, { comment: ours()[0]!.comment, lifetimeSeconds: days(90) });
      used.lastUsedDay = workspace.now();
      workspace.advance(HOUR);
      wish({ triggers: { release: "3" } });
      await fine(stack.up());
      assert.ok(workspace.isAlive(used.value));
    });

    it("one that is just what we ask for, old and never used, is taken for a lost attempt, and named", async () => {
      await fine(stack.up());
      const lost = copy({});
      workspace.advance(HOUR);
      wish({ triggers: { release: "2" } });
      await fine(stack.up());
      assert.equal(workspace.isAlive(lost.value), false);
      assert.match(machine.warnings.join("\n"), new RegExp(`Revoked token ${lost.tokenId}`));
    });
  });

  for (const [title, change] of [
    ["a changed comment", { comment: "new" }],
    ["a trigger", { triggers: { release: "3" } }],
  ] as const) {
    it(`${title} after the current token was revoked elsewhere: the previous token is one that lives, and then all is quiet`, async () => {
      wish({ triggers: { release: "1" } });
      await fine(stack.up());
      wish({ triggers: { release: "2" } });
      await fine(stack.up());
      const living = outs()["previousTokenValue"];
      workspace.revoke(String(outs()["tokenId"]));
      wish({ triggers: { release: "2" }, ...change });
      await fine(stack.up());
      assert.equal(outs()["previousTokenValue"], living);
      assert.ok(workspace.isAlive(String(outs()["previousTokenValue"])));
      assert.equal(stack.changes(), false);
    });
  }

  describe("a workspace that does not keep comments whole", () => {
    for (const [title, keepComment] of [
      ["cut at 64 characters", (text: string) => text.slice(0, 64)],
      ["cut at 30 characters", (text: string) => text.slice(0, 30)],
      ["cut within the nonce", (text: string) => text.slice(0, -8)],
      ["upper case", (text: string) => text.toUpperCase()],
      ["lower case", (text: string) => text.toLowerCase()],
      ["no comment at all", () => ""],
    ] as const) {
      it(`${title}: a lost attempt is found by time and lifetime, and no second one is made once that is known`, async () => {
        stack = new ModelStack(machine, ["a-name", "Another-Name"], { comment: "For the Nightly run" });
        workspace.settings.keepComment = keepComment;
        const people = workspace.mint(workspace.admin, { comment: "", lifetimeSeconds: days(30) });
        await fine(stack.up());
        assert.match(machine.warnings.join("\n"), /did not keep the comment/);
        const before = workspace.tokens().length;
        wish({ triggers: { release: "2" } });
        workspace.faults.add(lostAnswer);
        const creations = (): number => workspace.countCalls("POST /api/2.0/token/create");
        const made = creations();
        const { errors } = await stack.up();
        // One of the two was lost, and not tried again.
        assert.deepEqual([errors.length, creations() - made], [1, 2]);
        assert.equal(workspace.tokens().length, before + 1);
        assert.ok(workspace.isAlive(people.value));
        await fine(stack.up());
        for (const { kept } of stack.resources) assert.ok(workspace.isAlive(String(kept!.outs["tokenValue"])));
        await fine(stack.destroy());
        assert.deepEqual(
          workspace.tokens().map(({ tokenId }) => tokenId),
          [people.tokenId],
        );
      });

      it(`${title}: what a lagging list hides is no destroy that succeeds`, async () => {
        workspace.settings.keepComment = keepComment;
        await fine(stack.up());
        wish({ triggers: { release: "2" } });
        workspace.faults.add(lostAnswer);
        workspace.settings.listLagMs = 30_000;
        await stack.up();
        const lost = workspace.tokens().filter(({ tokenId }) => !JSON.stringify(outs()).includes(tokenId));
        assert.deepEqual([lost.length, codes()], [1, ["creation-unknown"]]);
        workspace.settings.listLagMs = 0;
        workspace.advance(HOUR);
        const { errors } = await stack.destroy();
        assert.ok(errors.length > 0 || workspace.tokens().length === 0, "a destroy succeeded over a living token");
        if (errors.length === 0) return;
        assert.match(errors[0]!.message, /CREATION_UNKNOWN/);
        assert.match(
          machine.warnings.join("\n"),
          new RegExp(`token ${lost[0]!.tokenId} may be what a lost attempt left`),
        );
        // The way out that the warning names.
        workspace.revoke(lost[0]!.tokenId);
        await fine(stack.destroy());
      });
    }
  });

  it("a second lost token that turns up while the first is swept is revoked as well, at once", async () => {
    await fine(stack.up());
    wish({ triggers: { release: "2" } });
    workspace.faults.add({ ...lostAnswer, times: 2 });
    workspace.faults.add({ ...LIST, kind: "as-if", settings: { listLagMs: 1_200 }, times: 3 });
    const began = workspace.now();
    await fine(stack.up());
    assert.ok(workspace.now() - began < 60_000, `${workspace.now() - began} ms`);
    const text = JSON.stringify(outs());
    assert.deepEqual(
      ours().filter(({ tokenId }) => !text.includes(tokenId)),
      [],
    );
  });

  describe("a gateway that sends a creation twice", () => {
    it("leaves nothing where the answer is refused as wider than asked for", async () => {
      wish({ scopes: ["clusters"] });
      workspace.settings.grantScopes = () => undefined;
      workspace.faults.add({ ...CALLS.create, kind: "repeat" });
      await fails(stack.up(), /TOO_WIDE/);
      assert.deepEqual([ours(), stack.kept()], [[], []]);
    });

    it("leaves one that a later rotation revokes", async () => {
      workspace.faults.add({ ...CALLS.create, kind: "repeat" });
      await fine(stack.up());
      assert.equal(ours().length, 2);
      workspace.advance(HOUR);
      wish({ triggers: { release: "2" } });
      await fine(stack.up());
      const text = JSON.stringify(outs());
      assert.ok(ours().every(({ tokenId }) => text.includes(tokenId)));
    });
  });

  describe("what many resources ask together", () => {
    const names = Array.from({ length: 100 }, (_, index) => `t${index}`);

    it("100 lost answers: at most 15 listings", async () => {
      stack = new ModelStack(machine, names, {});
      workspace.faults.add({ ...lostAnswer, times: 100 });
      await fine(stack.up());
      assert.equal(ours().length, 100);
      assert.ok(listCalls() <= 15, `${listCalls()} listings`);
    });

    it("100 answers lost of creations that made nothing: at most 15 listings", async () => {
      stack = new ModelStack(machine, names, {});
      workspace.faults.add({ ...lostAnswer, when: "before", times: 100 });
      await fine(stack.up());
      assert.equal(ours().length, 100);
      assert.ok(listCalls() <= 15, `${listCalls()} listings`);
    });

    it("100 quotas: one listing", async () => {
      workspace.settings.quota = 0;
      stack = new ModelStack(machine, names, {});
      assert.equal((await stack.up()).errors.length, 100);
      assert.equal(listCalls(), 1);
    });

    it("no fault: no listing", async () => {
      stack = new ModelStack(machine, names, {});
      await fine(stack.up());
      assert.equal(listCalls(), 0);
    });
  });

  describe("a harmless failure", () => {
    it("is told when it happens, and a refresh settles it without a rotation or a revocation", async () => {
      workspace.faults.add({ ...CALLS.create, kind: "server-error", when: "before" });
      await fine(stack.up());
      assert.deepEqual(codes(), ["creation-unknown"]);
      assert.match(machine.warnings.join("\n"), /was lost.*pulumi refresh/s);
      await stack.refresh();
      assert.deepEqual(codes(), ["creation-unknown"]);
      workspace.advance(120_000);
      await stack.refresh();
      assert.deepEqual([codes(), stack.changes()], [[], false]);
      assert.equal(workspace.tokens({ all: true }).length, 1);
    });

    it("a refresh leaves what the creation did make to the next up", async () => {
      workspace.faults.add(lostAnswer);
      workspace.settings.listLagMs = 30_000;
      await fine(stack.up());
      workspace.settings.listLagMs = 0;
      workspace.advance(120_000);
      await stack.refresh();
      assert.deepEqual([codes(), ours().length], [["creation-unknown"], 2]);
      await fine(stack.up());
      assert.deepEqual([codes(), ours().length], [[], 1]);
    });
  });
});
