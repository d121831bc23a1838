import { beginCheck, checkBooleans } from "../pulumi/begin-check";
import type { Fail } from "../pulumi/check-failures";
import { type EntryOrigin, originText } from "../pulumi/origin";
import { type Properties, UNKNOWN } from "../pulumi/wire";
import { checkWorkspace } from "../session/check-workspace";
import type { Surroundings, WorkspaceInput } from "../sign-in";

/** 128 KB, as the workspace counts them. */
export const MAX_VALUE_BYTES = 131_072;

/** What secrets and scopes have in common. */
export interface WorkspaceEntryInputs {
  readonly adopt: boolean;
  readonly workspace?: WorkspaceInput;
  readonly host: string;
  readonly hostSource: string;
  readonly origin: EntryOrigin;
  /** 24 hex digits: the resource's Pulumi id. */
  readonly nonce: string;
}

/** The inputs with nonce and host, which alone are carried on from the old ones. */
export function checkedInputs(
  surroundings: Surroundings,
  olds: Properties,
  news: Properties,
  fail: Fail,
  what: string,
): Properties {
  const inputs = beginCheck(olds, news);
  checkBooleans(inputs, ["adopt"], fail);
  checkWorkspace(surroundings, olds, inputs, fail, what);
  return inputs;
}

/** The name of a scope or key. */
export function checkName(inputs: Properties, property: string, fail: Fail): void {
  const name = inputs[property];
  if (name === UNKNOWN) return;
  if (typeof name === "string" && /^[\w.@/-]{1,128}$/.test(name)) return;
  fail(
    property,
    `${name === undefined ? "is required: " : ""}must be 1 to 128 letters, digits and . _ - @ / [SECRET_NAME_INVALID]`,
  );
}

export function checkValue(inputs: Properties, property: string, fail: Fail): void {
  const value = inputs[property];
  if (value === UNKNOWN) return;
  const problem = valueProblem(value);
  if (problem) fail(property, `${problem} [SECRET_VALUE_INVALID]`);
}

function valueProblem(value: unknown): string | undefined {
  if (value === undefined) return "is required";
  if (typeof value !== "string") return "must be a text";
  if (value === "") return "must not be empty";
  if (!value.isWellFormed()) return "has half a surrogate pair, which no UTF-8 can hold";
  const bytes = Buffer.byteLength(value);
  return bytes > MAX_VALUE_BYTES ? `has ${bytes} bytes; a secret holds 128 KB (${MAX_VALUE_BYTES}) at most` : undefined;
}

export function readEntryInputs(props: Properties): WorkspaceEntryInputs {
  const workspace = props["workspace"] as WorkspaceInput | undefined;
  return {
    adopt: props["adopt"] === true,
    ...(workspace && { workspace }),
    host: String(props["host"]),
    hostSource: String(props["hostSource"]),
    origin: props["origin"] as EntryOrigin,
    nonce: String(props["nonce"]),
  };
}

/** What replaces: another workspace, or one that is about to be deleted, as a token's. */
export function workspaceReplaces(olds: Properties, news: Properties): string[] {
  // The engine asks with whole inputs unknown when it is about to delete what they come from.
  if (news["workspace"] === UNKNOWN) return ["workspace"];
  return news["host"] !== UNKNOWN && news["host"] !== olds["host"] ? ["host"] : [];
}

export const workspaceChanged = (olds: Properties, news: Properties): boolean =>
  ["workspace", "hostSource"].some((key) => !isSame(olds[key], news[key]));

/** Renamed, or moved into a component, with an alias: the state says who it is by now. */
export const originChanged = (olds: Properties, news: Properties): boolean =>
  news["origin"] !== UNKNOWN && originText(olds["origin"] as EntryOrigin) !== originText(news["origin"] as EntryOrigin);

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a ?? {})) === JSON.stringify(sorted(b ?? {}));
const sorted = (value: unknown): unknown =>
  typeof value === "object" && value !== null ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) : value;
