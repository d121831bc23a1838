import { beginCheck, checkBooleans } from "../pulumi/begin-check";
import type { CheckFailure, Fail } from "../pulumi/check-failures";
import type { TokenOrigin } from "../pulumi/origin";
import { type Properties, UNKNOWN } from "../pulumi/wire";
import { checkWorkspace } from "../session/check-workspace";
import type { Surroundings } from "../sign-in";
import { MAX_COMMENT_LENGTH, marker } from "./marker";
import { MAX_LIFETIME_SECONDS, scheduleOf } from "./schedule";

/**
 * Validates the inputs at preview, mints the nonce and resolves the host. Of the old inputs it carries only these two
 * on. What is unknown during preview passes through.
 */
export function check(
  surroundings: Surroundings,
  olds: Properties,
  news: Properties,
): { inputs: Properties; failures: CheckFailure[] } {
  const failures: CheckFailure[] = [];
  const fail = (property: string, reason: string): void => void failures.push({ property, reason });
  const inputs = beginCheck(olds, news);

  checkSchedule(inputs, fail);
  checkScopes(inputs, fail);
  checkComment(inputs, fail);
  checkBooleans(inputs, ["autoscopeEnabled", "allowTokenMinting"], fail);
  const triggers = inputs["triggers"];
  if (triggers !== undefined && triggers !== UNKNOWN && (typeof triggers !== "object" || Array.isArray(triggers))) {
    fail("triggers", 'must be a map, such as { "release": "42" }');
  }
  checkWorkspace(surroundings, olds, inputs, fail, "token");
  return { inputs, failures };
}

function wholeSeconds(inputs: Properties, key: string, least: number, fail: Fail): number | undefined {
  const value = inputs[key];
  if (value === undefined || value === UNKNOWN) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > MAX_LIFETIME_SECONDS) {
    const from = least === 0 ? "0" : "1";
    fail(
      key,
      `must be a whole number of seconds from ${from} to 2^31, not ${JSON.stringify(value)}; ` +
        "days(90) and hours(12) give seconds",
    );
    return undefined;
  }
  return value;
}

function checkSchedule(inputs: Properties, fail: Fail): void {
  const before = ["lifetimeSeconds", "rotateEverySeconds", "overlapSeconds"].filter((key) => inputs[key] !== undefined);
  const lifetime = wholeSeconds(inputs, "lifetimeSeconds", 1, fail);
  const rotateEvery = wholeSeconds(inputs, "rotateEverySeconds", 0, fail);
  const overlap = wholeSeconds(inputs, "overlapSeconds", 0, fail);
  const allKnown = before.length === [lifetime, rotateEvery, overlap].filter((value) => value !== undefined).length;
  if (!allKnown) return;
  const schedule = scheduleOf({
    ...(lifetime !== undefined && { lifetimeSeconds: lifetime }),
    ...(rotateEvery !== undefined && { rotateEverySeconds: rotateEvery }),
    ...(overlap !== undefined && { overlapSeconds: overlap }),
  });
  if (schedule.rotateEverySeconds + schedule.overlapSeconds > schedule.lifetimeSeconds) {
    fail(
      rotateEvery === undefined ? "overlapSeconds" : "rotateEverySeconds",
      `a token of ${schedule.lifetimeSeconds} s can't be rotated after ${schedule.rotateEverySeconds} s and live on ` +
        `for ${schedule.overlapSeconds} s: it would be dead before. Make lifetimeSeconds at least the sum of both`,
    );
  }
}

function checkScopes(inputs: Properties, fail: Fail): void {
  const scopes = inputs["scopes"];
  if (scopes === undefined || scopes === UNKNOWN) return;
  if (!Array.isArray(scopes) || scopes.length === 0) {
    fail("scopes", "must be a list of API scopes; leave it out for a token that may do all that its owner may");
    return;
  }
  scopes.forEach((scope, index) => {
    if (scope === UNKNOWN) return;
    if (typeof scope !== "string" || !/^\S+$/.test(scope)) fail(`scopes[${index}]`, "must be the name of an API scope");
    else if (scope === "authentication" && inputs["allowTokenMinting"] !== true) {
      fail(
        `scopes[${index}]`,
        "a token with the scope `authentication` can mint tokens with any scope; set allowTokenMinting: true if that is meant",
      );
    }
  });
}

function checkComment(inputs: Properties, fail: Fail): void {
  const comment = inputs["comment"];
  if (comment === UNKNOWN) return;
  if (comment !== undefined && typeof comment !== "string") {
    fail("comment", "must be a text");
    return;
  }
  const origin = inputs["origin"] as TokenOrigin;
  const taken = marker(origin, String(inputs["nonce"])).length;
  const room = MAX_COMMENT_LENGTH - taken;
  if (room < 0) fail("comment", tooLongAName(origin, taken));
  else if ((comment ?? "").length > room) {
    fail("comment", `leaves no room for the marker that ties the token to this stack: at most ${room} characters`);
  }
}

/** The marker alone is too long, whatever the comment: says which of its names to shorten. */
function tooLongAName(origin: TokenOrigin, taken: number): string {
  const size = (part: string): number => marker({ organization: "", project: "", stack: "", name: part }, "").length;
  const whose = { name: "resource", stack: "stack", project: "project", organization: "organization" } as const;
  const [longest] = (Object.keys(whose) as Array<keyof typeof whose>).sort((a, b) => size(origin[b]) - size(origin[a]));
  const name = origin[longest!];
  const shown = name.length > 40 ? `${Array.from(name).slice(0, 40).join("")}…` : name;
  return (
    `has no room for the marker that ties the token to this stack: the names in it take ${taken} characters, of ` +
    `${MAX_COMMENT_LENGTH} that a comment may have. Give the ${whose[longest!]} "${shown}" a shorter name ` +
    "(a letter beyond ASCII counts as 6 to 12)"
  );
}
