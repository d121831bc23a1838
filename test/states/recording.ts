import assert from "node:assert/strict";
import type { Properties } from "../../provider/pulumi/wire";
import type { Kept } from "../faults/stack";
import { type Step, World } from "../faults/world";

/**
 * A stack of one token as some version of this package left it, with the workspace that it was left on. Hosts, ids and
 * values are placeholders (`{{host}}`, `{{id:0}}`, `{{value:0}}`): no secret, and nothing like one, is in a file.
 */
export interface Recording {
  /** The workspace's clock at the end, epoch milliseconds. */
  readonly now: number;
  /** The program's arguments. */
  readonly args: Properties;
  /** What the engine kept. */
  readonly kept: Kept;
  /** Every token that the workspace ever made, the placeholders' numbers in order. */
  readonly tokens: ReadonlyArray<{
    readonly comment: string;
    readonly scopes?: string[];
    readonly creationTime: number;
    readonly expiryTime: number;
    readonly revoked: boolean;
  }>;
}

/** Who signs in while a state is recorded: a user without special rights. */
const WHO: Step = { do: "identity", who: "owner" };

/** Plays `steps` by the lifecycle of this working tree, and gives what is left as the text of a file. */
export async function record(steps: readonly Step[]): Promise<string> {
  const world = await World.start(["a"]);
  try {
    for (const step of [WHO, ...steps]) await world.step(step);
    const [resource] = world.stack.resources;
    assert.ok(resource?.kept, "nothing was saved");
    const tokens = world.workspace.tokens({ all: true });
    const recording: Recording = {
      now: world.workspace.now(),
      args: resource.args,
      kept: resource.kept,
      tokens: tokens.map(({ comment, scopes, creationTime, expiryTime, revokedAt }) => {
        return { comment, ...(scopes && { scopes }), creationTime, expiryTime, revoked: revokedAt !== undefined };
      }),
    };
    let text = JSON.stringify(recording, undefined, 2).replaceAll(world.workspace.host, "{{host}}");
    tokens.forEach(({ tokenId, value }, index) => {
      text = text.replaceAll(tokenId, `{{id:${index}}}`).replaceAll(value, `{{value:${index}}}`);
    });
    return `${text}\n`;
  } finally {
    await world.end();
  }
}

const TIMES = ["now", "since", "until", "creationTime", "expiryTime", "revokeAfter"];
const DATES = ["expiresAt", "rotatesAt"];

/** Makes the recorded tokens anew on a fresh workspace, and a stack that has the state. Times move to the world's. */
export async function restore(text: string): Promise<World> {
  const { args, now: recorded } = JSON.parse(text) as Recording;
  const world = await World.start(["a"], args);
  const { workspace, machine, stack } = world;
  await world.step(WHO);
  const now = workspace.now();
  const moved = JSON.parse(text, (key, value) => {
    if (TIMES.includes(key) && value >= 0) return value - recorded + now;
    return DATES.includes(key) && value ? new Date(Date.parse(value) - recorded + now).toISOString() : value;
  }) as Recording;
  let state = JSON.stringify(moved.kept).replaceAll("{{host}}", workspace.host);
  moved.tokens.forEach(({ comment, scopes, creationTime, expiryTime, revoked }, index) => {
    workspace.setClock(creationTime);
    const lifetimeSeconds = (expiryTime - creationTime) / 1000;
    const made = workspace.mint(machine.identity!, { comment, lifetimeSeconds, ...(scopes && { scopes }) });
    state = state.replaceAll(`{{id:${index}}}`, made.tokenId).replaceAll(`{{value:${index}}}`, made.value);
    if (revoked) workspace.revoke(made.tokenId);
  });
  workspace.setClock(now);
  stack.resources[0]!.kept = JSON.parse(state) as Kept;
  return world;
}
