import assert from "node:assert/strict";
import * as context from "../../provider/session/context";
import * as minters from "../../provider/session/minter";
import * as proof from "../../provider/session/proof";
import * as listings from "../../provider/token/listing";
import * as lostAttempts from "../../provider/token/lost";
import * as revoke from "../../provider/token/revoke";
import * as rotation from "../../provider/token/rotation";
import * as saved from "../../provider/token/saved-failure";
import * as schedule from "../../provider/token/schedule";
import * as state from "../../provider/token/state";
import * as sweep from "../../provider/token/sweep";
import * as unfinished from "../../provider/token/unfinished";
import * as wider from "../../provider/token/wider";
import * as answers from "../../provider/workspace/error-from-response";
import { play, type Sequence } from "./play";
import { CALLS, WORDINGS } from "./steps";
import type { Step } from "./world";

/**
 * The suite can fail: each protection of the lifecycle is switched off in turn, and the world sees what it protects
 * from. With the protection on, the same sequence passes.
 */

// biome-ignore lint/suspicious/noExplicitAny: any module, any function
type Any = any;
/** A module, one of its functions, and what takes its place for callers in other files. */
type Off = readonly [module: Any, name: string, by: (...args: Any[]) => unknown];

interface Protection {
  readonly title: string;
  readonly off: readonly Off[];
  readonly steps: readonly Step[];
  readonly breaks: RegExp;
}

const up: Step = { do: "up" };
const destroy: Step = { do: "destroy" };
const fault = (call: keyof typeof CALLS, more: Omit<Extract<Step, { do: "fault" }>["fault"], "path">): Step => ({
  do: "fault",
  fault: { ...CALLS[call], ...more },
});
const wish = (args: object): Step => ({ do: "wish", args: { ...args } });
const lostAnswer = fault("create", { kind: "reset", when: "after" });

const { sweep: sweepOnce, settle: settleOnce } = sweep;
const { judge } = lostAttempts;
const { retire } = rotation;

/** One list without it is enough for it, whatever the revocation was answered. */
async function sweepThatBelieves(...[context, listing, attempts, after]: Parameters<typeof sweepOnce>) {
  const look = async (from: number | undefined) =>
    (await listing.tokens(from)).filter((token) => judge(token, attempts, context.client.serverNow()) === "lost");
  const found = await look(after);
  if (found.length === 0) return [];
  await Promise.all(found.map(({ tokenId }) => listing.revoke(tokenId).catch(() => undefined)));
  while ((await look(context.now())).length > 0) await context.sleep(500);
  return found;
}

const { errorFromResponse } = answers;

/** Believes an answer that speaks of too many requests, as a gateway's may. */
function byItsWords(...[answer]: Parameters<typeof errorFromResponse>) {
  return Object.assign(errorFromResponse(answer), answer.body.includes("RESOURCE_EXHAUSTED") && { ambiguous: false });
}

/** The owner's rotation loses its answer, and an hour later somebody else runs, who can't see what it left. */
const lostThenAStranger: Protection["steps"] = [
  { do: "identity", who: "owner" },
  lostAnswer,
  fault("list", { kind: "server-error", times: 99 }),
  up,
  { do: "mend" },
  { do: "identity", who: "stranger" },
  { do: "wait", hours: 1 },
  up,
];

const PROTECTIONS: readonly Protection[] = [
  {
    title: "an identity that can't be compared is nobody",
    off: [[minters, "sameMinter", () => true]],
    steps: lostThenAStranger,
    breaks: /leaked/,
  },
  {
    title: "what a lost answer left is swept",
    off: [
      [sweep, "sweep", async () => []],
      [sweep, "settle", async () => "settled"],
      [sweep, "sweepMinters", async () => []],
    ],
    steps: [lostAnswer, up, up],
    breaks: /leaked/,
  },
  {
    title: "what a lost answer left is gone once it is in no list and its id is unknown",
    off: [[sweep, "sweep", sweepThatBelieves]],
    steps: [
      fault("delete", { kind: "not-found" }),
      fault("create", { kind: "close", when: "after" }),
      fault("list", { kind: "empty-list", skip: 3 }),
      { do: "up", replace: true },
    ],
    breaks: /leaked/,
  },
  {
    title: "not listed yet is no proof of absence",
    off: [[sweep, "settle", (...args: Parameters<typeof settleOnce>) => settleOnce(...args).then(() => "settled")]],
    steps: [{ do: "slow", list: 20 }, lostAnswer, up, up],
    breaks: /leaked/,
  },
  {
    title: "a creation of unknown outcome is noted",
    off: [[unfinished, "noteLostAttempt", () => undefined]],
    steps: [{ do: "slow", list: 20 }, lostAnswer, up],
    breaks: /leaked/,
  },
  {
    title: "a lost attempt is looked for among its minter's tokens",
    off: [
      [
        listings,
        "listingOf",
        async (...[context, credential]: Parameters<typeof listings.listingOf>) =>
          listings.ownListing(context, credential),
      ],
    ],
    steps: lostThenAStranger,
    breaks: /leaked/,
  },
  {
    title: "what failed late is saved",
    off: [[saved, "saved", (_state: Any, _props: Any, _now: Any, cause: Error) => cause]],
    steps: [fault("me", { kind: "server-error", times: 99, skip: 1 }), up],
    breaks: /leaked/,
  },
  {
    title: "a token that is wider than asked for is not used",
    off: [[wider, "widerThan", () => undefined]],
    steps: [{ do: "grant", what: "every-scope" }, wish({ scopes: ["jobs"] }), up],
    breaks: /leaked/,
  },
  {
    title: "a new token is proved to work before anybody has it",
    off: [[proof, "proveUntil", async () => ({ verdict: "alive" })]],
    steps: [{ do: "slow", work: 20 }, up],
    breaks: /outage/,
  },
  {
    title: "not found is no proof of death",
    off: [[proof, "prove", async () => ({ verdict: "refused" })]],
    steps: [up, fault("delete", { kind: "not-found" }), destroy],
    breaks: /leaked/,
  },
  {
    title: "an accepted revocation is no proof of death",
    off: [[proof, "proveUntil", async () => ({ verdict: "refused" })]],
    steps: [up, fault("delete", { kind: "no-effect" }), destroy],
    breaks: /leaked|does not work/,
  },
  {
    title: "a refusal is no proof of death while a token is on its way",
    off: [[revoke, "revokeUnproved", revoke.revokeAndProve]],
    steps: [
      { do: "grant", what: "every-scope" },
      { do: "slow", work: 5 },
      fault("delete", { kind: "redirect-login" }),
      wish({ scopes: ["jobs"] }),
      up,
    ],
    breaks: /leaked/,
  },
  {
    title: "an empty list alone marks nothing as gone",
    off: [[proof, "prove", async () => ({ verdict: "refused" })]],
    steps: [up, fault("list", { kind: "empty-list" }), { do: "refresh" }, up, up],
    breaks: /lost/,
  },
  {
    title: "an overlap is counted by the workspace's clock",
    off: [[context, "serverTime", async ({ now }: context.TokenContext) => now()]],
    steps: [up, wish({ overlapSeconds: 600, triggers: { release: "1" } }), { do: "clock", hours: 30 }, up, up],
    breaks: /outage/,
  },
  {
    title: "the run that mints a successor does not revoke its predecessor",
    off: [[rotation, "retire", (work: Parameters<typeof retire>[0]) => retire(work, work.state.retiring)]],
    steps: [up, wish({ overlapSeconds: 0, triggers: { release: "1" } }), up],
    breaks: /outage/,
  },
  {
    title: "a replaced token lives on for its overlap",
    off: [[schedule, "revokeAfter", (_token: Any, _schedule: Any, now: number) => now]],
    steps: [up, wish({ triggers: { release: "1" } }), up, up],
    breaks: /outage/,
  },
  {
    title: "a token whose marker somebody has copied is left alone",
    off: [
      [
        lostAttempts,
        "judge",
        (...[token, attempts, now]: Parameters<typeof judge>) =>
          judge(token, attempts, now) === "none" ? "none" : "lost",
      ],
    ],
    steps: [up, { do: "copy" }, wish({ triggers: { release: "1" } }), up],
    breaks: /a person's token was revoked/,
  },
  {
    title: "whether a call may have taken effect is told by its status, whatever its words",
    off: [[answers, "errorFromResponse", byItsWords]],
    steps: [fault("create", { kind: "status", status: 503, body: WORDINGS[0], when: "after" }), up, up],
    breaks: /leaked/,
  },
  {
    title: "a sweep spares what the state knows",
    off: [[state, "knownIds", () => new Set()]],
    steps: [up, { do: "wait", hours: 1 }, wish({ triggers: { release: "1" } }), up],
    breaks: /outage/,
  },
];

describe("faults: each protection is needed", () => {
  for (const { title, off, steps, breaks } of PROTECTIONS) {
    it(title, async () => {
      const sequence: Sequence = { names: ["a"], steps };
      await play(sequence);
      const originals = off.map(([module, name]) => module[name]);
      try {
        for (const [module, name, by] of off) module[name] = by;
        await assert.rejects(play(sequence), breaks);
      } finally {
        off.forEach(([module, name], index) => {
          module[name] = originals[index];
        });
      }
    });
  }
});
