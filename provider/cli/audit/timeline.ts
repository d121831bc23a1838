import { columnsOf, cutTo, padTo } from "./columns";
import type { AuditedToken } from "./document";
import type { Kind } from "./kinds";
import { coloured, type Paper } from "./paper";

/**
 * The lifetimes of a stack's tokens, drawn to one scale in the width of the paper. Meaning is in the shapes: colour only
 * helps. Pure.
 */

const DAY_MS = 86_400_000;
/** Where no terminal says how wide it is. */
const WIDTH = 100;
/** Less room shows nothing. */
const LEAST_CHART = 20;
const [NAME_WIDTH, LEAST_NAME] = [24, 6];
/** More than so many resources in a workspace don't fit on a screen: those whose turn comes first are drawn. */
const MOST = 30;
/** A token of ten years would leave no room for the others. */
const REACH_MS = 365 * DAY_MS;

const OURS: readonly Kind[] = ["managed", "retiring", "orphan", "unclaimed", "dead"];

const SHAPES = {
  created: "├",
  past: "━",
  left: "─",
  overlap: "┄",
  now: "│",
  due: "◆",
  revoked: "◇",
  expires: "┤",
  gone: "✕",
  before: "◂",
  beyond: "▸",
};
type Shapes = Readonly<Record<keyof typeof SHAPES, string>>;
const ASCII: Shapes = {
  created: "[",
  past: "=",
  left: "-",
  overlap: ".",
  now: "|",
  due: "*",
  revoked: "o",
  expires: "]",
  gone: "x",
  before: "<",
  beyond: ">",
};

/** Empty where there is nothing to draw. `now`: the workspace's time, epoch ms. */
export function timeline(tokens: readonly AuditedToken[], now: number, paper: Paper): string {
  const ours = tokens.filter(({ kind, createdAt }) => OURS.includes(kind) && createdAt !== null);
  if (ours.length === 0 || Number.isNaN(now)) return "";
  const groups = inTurn(ours, now);
  const drawn = (paper.all ? groups : groups.slice(0, MOST)).flat();
  const shapes = paper.ascii ? ASCII : SHAPES;
  const labels = labelled(drawn, paper.width ?? WIDTH);
  const scale = scaleOf(drawn, now, labels.chart);
  const lines = drawn.map((token, index) => {
    const bar = draw(token, now, scale, shapes).trimEnd();
    return `${labels.texts[index]}${coloured(bar, token.kind, paper)}`.trimEnd();
  });
  const left = groups.length - new Set(drawn.map(({ name }) => name)).size;
  const more = paper.all || groups.length <= MOST ? [] : [`${left} more, whose turn comes later; --all draws them`];
  return [axis(scale, now, labels.width), ...lines, ...more, ...legend(drawn, shapes, paper.width ?? WIDTH)].join("\n");
}

const at = (time: string | null): number | undefined => (time === null ? undefined : Date.parse(time));

/** The next thing that happens to a token, epoch ms. */
const nextOf = ({ rotatesAt, retiringUntil, expiresAt }: AuditedToken): number =>
  Math.min(...[rotatesAt, retiringUntil, expiresAt].map((time) => at(time) ?? Number.POSITIVE_INFINITY));

/** The tokens of each resource, oldest first; the resource whose turn is next on top. */
function inTurn(tokens: readonly AuditedToken[], now: number): AuditedToken[][] {
  const groups = new Map<string, AuditedToken[]>();
  for (const token of tokens) groups.set(token.name ?? "", [...(groups.get(token.name ?? "") ?? []), token]);
  const turn = (group: readonly AuditedToken[]): number =>
    Math.min(...group.map((token) => (token.kind === "dead" ? now : nextOf(token))));
  const sorted = [...groups.values()].map((group) => ({ group, turn: turn(group) })).sort((a, b) => a.turn - b.turn);
  return sorted.map(({ group }) => group.sort((a, b) => at(a.createdAt)! - at(b.createdAt)!));
}

/** What stands before each bar, and how wide it and the chart are. */
function labelled(tokens: readonly AuditedToken[], width: number): { texts: string[]; width: number; chart: number } {
  const kindWidth = Math.max(...tokens.map(({ kind }) => kind.length)) + 2;
  const nameWidth = Math.min(NAME_WIDTH, Math.max(...tokens.map(({ name }) => columnsOf(name ?? "")))) + 2;
  // First the kind goes, then the name gets shorter.
  const withKind = width - nameWidth - kindWidth >= LEAST_CHART;
  const room = Math.min(nameWidth, Math.max(LEAST_NAME, width - LEAST_CHART));
  const texts = tokens.map(({ name, kind }) => {
    const label = padTo(cutTo(name ?? "", room - 2), room);
    return withKind ? label + kind.padEnd(kindWidth) : label;
  });
  const taken = room + (withKind ? kindWidth : 0);
  return { texts, width: taken, chart: Math.max(1, width - taken) };
}

interface Scale {
  readonly from: number;
  readonly until: number;
  readonly columns: number;
}

function scaleOf(tokens: readonly AuditedToken[], now: number, columns: number): Scale {
  const moments = tokens.flatMap(({ createdAt, expiresAt }) => [at(createdAt)!, at(expiresAt) ?? now]);
  const from = Math.max(Math.min(now, ...moments), now - REACH_MS);
  const until = Math.min(Math.max(now, ...moments), now + REACH_MS);
  return { from, until: Math.max(until, from + 60_000), columns };
}

const columnOf = (time: number, { from, until, columns }: Scale): number =>
  Math.round(((time - from) / (until - from)) * (columns - 1));

function draw(token: AuditedToken, now: number, scale: Scale, shapes: Shapes): string {
  const cells: string[] = new Array(scale.columns).fill(" ");
  const put = (time: number | undefined, shape: string): void => {
    if (time !== undefined && time >= scale.from && time <= scale.until) cells[columnOf(time, scale)] = shape;
  };
  const span = (from: number, until: number, shape: string): void => {
    const first = Math.max(0, columnOf(Math.max(from, scale.from), scale));
    const last = columnOf(Math.min(until, scale.until), scale);
    if (until > from && until >= scale.from) cells.fill(shape, first, last + 1);
  };
  const created = at(token.createdAt)!;
  const expires = at(token.expiresAt);
  const isDead = token.kind === "dead";
  const due = at(token.rotatesAt);
  const overlapFrom = token.overlapEndsAt === null ? at(token.replacedAt) : Math.max(due ?? now, now);
  const overlapEnds = at(token.overlapEndsAt) ?? at(token.retiringUntil);
  const lives = overlapEnds ?? due ?? expires ?? Number.POSITIVE_INFINITY;
  put(now, shapes.now);
  span(created, Math.min(now, isDead ? (expires ?? now) : now), shapes.past);
  if (!isDead) span(now, lives, shapes.left);
  if (overlapFrom !== undefined && overlapEnds !== undefined) span(overlapFrom, overlapEnds, shapes.overlap);
  put(created, shapes.created);
  put(expires, isDead && expires !== undefined && expires <= now ? shapes.gone : shapes.expires);
  if (isDead && (expires === undefined || expires > now)) put(now, shapes.gone);
  put(overlapEnds, shapes.revoked);
  put(due, shapes.due);
  if (created < scale.from) cells[0] = shapes.before;
  if (!isDead && (expires === undefined || expires > scale.until)) cells[scale.columns - 1] = shapes.beyond;
  return cells.join("");
}

/** Dates at the ends and `now` between, where it does not stand on them; of short lives with the time of day. */
function axis(scale: Scale, now: number, indent: number): string {
  const short = scale.until - scale.from < 3 * DAY_MS;
  const text = (time: number): string => {
    const iso = new Date(time).toISOString();
    return short ? `${iso.slice(5, 10)} ${iso.slice(11, 16)}Z` : iso.slice(0, 10);
  };
  const [first, last] = [text(scale.from), text(scale.until)];
  const line = padTo(scale.columns > first.length ? first : "", scale.columns).split("");
  const write = (label: string, column: number): void => {
    const free = line.slice(Math.max(0, column - 1), column + label.length + 1).every((cell) => cell === " ");
    if (column >= 0 && column + label.length <= scale.columns && free) line.splice(column, label.length, ...label);
  };
  write("now", Math.max(0, columnOf(now, scale) - 1));
  write(last, scale.columns - last.length);
  return " ".repeat(indent) + line.join("").trimEnd();
}

/** Of the shapes that are drawn, in as many lines as it takes. */
function legend(tokens: readonly AuditedToken[], shapes: Shapes, width: number): string[] {
  const has = (test: (token: AuditedToken) => boolean): boolean => tokens.some(test);
  const items: Array<[keyof Shapes, string, boolean]> = [
    ["created", "created", true],
    ["past", "lived", true],
    ["due", "rotation due", has(({ rotatesAt }) => rotatesAt !== null)],
    ["overlap", "overlap", has(({ overlapEndsAt, replacedAt }) => (overlapEndsAt ?? replacedAt) !== null)],
    ["revoked", "revoked", has(({ overlapEndsAt, retiringUntil }) => (overlapEndsAt ?? retiringUntil) !== null)],
    ["expires", "expires", has(({ kind }) => kind !== "dead")],
    ["gone", "dead", has(({ kind }) => kind === "dead")],
  ];
  const lines: string[] = [];
  for (const [shape, text, shown] of items) {
    const item = `${shapes[shape]} ${text}`;
    const longer = `${lines.at(-1) ?? ""}  ${item}`;
    if (!shown) continue;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(item);
  }
  return lines;
}
