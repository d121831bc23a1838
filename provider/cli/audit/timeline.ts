import type { AuditedToken } from "../../audit/document";
import { columnsOf, cutTo, padTo } from "./columns";
import { type Lifetime, legendOf, lifetimesOf, momentText, type Span, spanOf } from "./lifetime";
import { coloured, type Terminal } from "./terminal";

/**
 * The lifetimes of a stack's tokens, drawn to one scale in the width of the terminal. Meaning is in the shapes: colour only
 * helps. Pure.
 */

/** Where no terminal says how wide it is. */
const WIDTH = 100;
/** Less room shows nothing. */
const LEAST_CHART = 20;
const [NAME_WIDTH, LEAST_NAME] = [24, 6];
/** More than so many don't fit on a screen: those whose turn comes first are drawn. */
const MOST = 30;
const SHAPES = {
  created: "├",
  lived: "━",
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
  lived: "=",
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
export function timeline(tokens: readonly AuditedToken[], now: number, terminal: Terminal): string {
  const lives = lifetimesOf(tokens, now).flat();
  if (lives.length === 0) return "";
  const drawn = terminal.all ? lives : lives.slice(0, MOST);
  const shapes = terminal.ascii ? ASCII : SHAPES;
  const labels = labelled(
    drawn.map(({ token }) => token),
    terminal.width ?? WIDTH,
  );
  const scale = { ...spanOf(drawn, now), columns: labels.chart };
  const lines = drawn.map((lifetime, index) => {
    const bar = draw(lifetime, now, scale, shapes).trimEnd();
    return `${labels.texts[index]}${coloured(bar, lifetime.token.kind, terminal)}`.trimEnd();
  });
  const left = lives.length - drawn.length;
  const more = left > 0 ? [`${left} more, whose turn comes later; --all draws them`] : [];
  return [axis(scale, now, labels.width), ...lines, ...more, ...legend(drawn, shapes, terminal.width ?? WIDTH)].join(
    "\n",
  );
}

/** What stands before each bar, and how wide it and the chart are. */
function labelled(tokens: readonly AuditedToken[], width: number): { texts: string[]; width: number; chart: number } {
  const kindWidth = tokens.reduce((most, { kind }) => Math.max(most, kind.length), 0) + 2;
  const longest = tokens.reduce((most, { name }) => Math.max(most, columnsOf(name ?? "")), 0);
  const nameWidth = Math.min(NAME_WIDTH, longest) + 2;
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

interface Scale extends Span {
  readonly columns: number;
}

const columnOf = (time: number, { from, until, columns }: Scale): number =>
  Math.round(((time - from) / (until - from)) * (columns - 1));

function draw(lifetime: Lifetime, now: number, scale: Scale, shapes: Shapes): string {
  const cells: string[] = new Array(scale.columns).fill(" ");
  const put = (time: number | undefined, shape: string): void => {
    if (time !== undefined && time >= scale.from && time <= scale.until) cells[columnOf(time, scale)] = shape;
  };
  const fill = (span: Span | undefined, shape: string): void => {
    if (span === undefined || span.until <= span.from || span.until < scale.from) return;
    const first = Math.max(0, columnOf(Math.max(span.from, scale.from), scale));
    cells.fill(shape, first, columnOf(Math.min(span.until, scale.until), scale) + 1);
  };
  const { created, lived, left, overlap, due, revoked, expires, gone } = lifetime;
  put(now, shapes.now);
  fill(lived, shapes.lived);
  fill(left, shapes.left);
  fill(overlap, shapes.overlap);
  put(created, shapes.created);
  put(expires, shapes.expires);
  put(gone, shapes.gone);
  put(revoked, shapes.revoked);
  put(due, shapes.due);
  if (created < scale.from) cells[0] = shapes.before;
  if (gone === undefined && (expires === undefined || expires > scale.until)) cells[scale.columns - 1] = shapes.beyond;
  return cells.join("");
}

/** Dates at the ends and `now` between, where it does not stand on them. */
function axis(scale: Scale, now: number, indent: number): string {
  const [first, last] = [momentText(scale.from, scale), momentText(scale.until, scale)];
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
function legend(lifetimes: readonly Lifetime[], shapes: Shapes, width: number): string[] {
  const lines: string[] = [];
  for (const [mark, text] of legendOf(lifetimes)) {
    const item = `${shapes[mark]} ${text}`;
    const longer = `${lines.at(-1) ?? ""}  ${item}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(item);
  }
  return lines;
}
