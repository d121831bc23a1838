import type { AuditedToken } from "../../../audit/document";
import { type Lifetime, legendOf, lifetimesOf, type Mark, momentText, type Span, spanOf } from "../lifetime";
import { type Html, html, NOTHING } from "./html";

/**
 * The lifetimes of a stack's tokens as bars to one scale: the shapes that the terminal has, and the same meaning in
 * them. Places are percentages, so that a bar is as wide as its screen; colours are the stylesheet's.
 */

/** More bars say nothing to anybody; the tokens of all stand in the table. */
const MOST = 200;

/** Drawn around the middle of a bar, at the moment that they mark. */
const MARKS: Readonly<Record<Exclude<Mark, "lived" | "overlap"> | "before" | "beyond", Html>> = {
  created: html`<path id="created" class="line" d="M4 4H0V20H4"/>`,
  expires: html`<path id="expires" class="line" d="M-4 4H0V20H-4"/>`,
  due: html`<path id="due" class="full" d="M0 5L6 12L0 19L-6 12Z"/>`,
  revoked: html`<path id="revoked" class="hollow" d="M0 5L6 12L0 19L-6 12Z"/>`,
  gone: html`<path id="gone" class="line" d="M-5 7L5 17M-5 17L5 7"/>`,
  before: html`<path id="before" class="full" d="M7 6V18L0 12Z"/>`,
  beyond: html`<path id="beyond" class="full" d="M-7 6V18L0 12Z"/>`,
};

/** Once a page. */
export const marks = html`<svg class="marks" aria-hidden="true"><defs>${Object.values(MARKS)}</defs></svg>`;

/** Nothing where there is nothing to draw. `now`: the workspace's time, epoch ms. */
export function lifetimes(tokens: readonly AuditedToken[], now: number): Html {
  const all = lifetimesOf(tokens, now).flat();
  if (all.length === 0) return NOTHING;
  const drawn = all.slice(0, MOST);
  const span = spanOf(drawn, now);
  const bars = drawn.map((lifetime) => {
    const { kind, name } = lifetime.token;
    return html`<li class="${kind}"><span class="label"><span>${name ?? ""}</span> <b class="${kind}">${kind}</b></span>${bar(lifetime, now, span)}</li>
`;
  });
  const more = all.length - drawn.length;
  return html`<h3>Lifetimes</h3>
<ul class="lives">
<li class="axis" aria-hidden="true"><span></span>${axis(now, span)}</li>
${bars}</ul>
${more > 0 ? html`<p>${more} more, whose turn comes later, stand in the table.</p>` : NOTHING}
<ul class="legend" aria-hidden="true">${legendOf(drawn).map(([mark, text]) => html`<li>${sample(mark)} ${text}</li>`)}</ul>
`;
}

/** Where a moment stands; what is outside stands at the edge. */
function place(time: number, { from, until }: Span): string {
  const part = (time - from) / (until - from);
  return `${(Math.min(1, Math.max(0, part)) * 100).toFixed(2)}%`;
}

const stroke = (name: string, from: string, until: string): Html =>
  html`<line class="${name}" x1="${from}" x2="${until}" y1="12" y2="12"/>`;
const mark = (name: string, at: string): Html => html`<use href="#${name}" x="${at}"/>`;

function bar(lifetime: Lifetime, now: number, span: Span): Html {
  const { created, lived, left, overlap, due, revoked, expires, gone } = lifetime;
  const part = (name: string, of: Span | undefined): Html =>
    of === undefined || of.until <= of.from || of.until < span.from
      ? NOTHING
      : stroke(name, place(of.from, span), place(of.until, span));
  const at = (name: Mark, time: number | undefined): Html =>
    time === undefined || time < span.from || time > span.until ? NOTHING : mark(name, place(time, span));
  const isBeyond = gone === undefined && (expires === undefined || expires > span.until);
  return html`<svg role="img"><title>${told(lifetime)}</title><line class="now" x1="${place(now, span)}" x2="${place(now, span)}" y1="0" y2="24"/>${[
    part("left", left),
    part("lived", lived),
    part("overlap", overlap),
    at("created", created),
    gone === expires ? NOTHING : at("expires", expires),
    at("gone", gone),
    at("revoked", revoked),
    at("due", due),
    created < span.from ? mark("before", "0%") : NOTHING,
    isBeyond ? mark("beyond", "100%") : NOTHING,
  ]}</svg>`;
}

/** The bar in words: its name for a screen reader, and what a mouse over it shows. */
function told({ token, created, overlap, due, revoked, expires, gone }: Lifetime): string {
  const on = (time: number | undefined, otherwise = ""): string =>
    time === undefined || !Number.isFinite(time) ? otherwise : `${new Date(time).toISOString().slice(0, 16)}Z`;
  const parts: Array<[string, string]> = [
    ["created", on(created)],
    ["rotation due", on(due)],
    ["overlap from", on(overlap?.from)],
    ["revoked", on(revoked)],
    ["expires", on(expires, "never")],
    ["dead", gone === undefined ? "" : "yes"],
  ];
  const moments = parts.filter(([, when]) => when !== "").map((pair) => pair.join(" "));
  return `${token.name ?? token.tokenId}, ${token.kind}: ${moments.join(", ")}`;
}

/** The ends of the scale, and `now` in a line of its own, where it can't run into them. */
function axis(now: number, span: Span): Html {
  const at = place(now, span);
  const percent = Number.parseFloat(at);
  const anchor = percent < 10 ? "start" : percent > 90 ? "end" : "middle";
  return html`<svg><text x="0" y="12">${momentText(span.from, span)}</text><text x="100%" y="12" text-anchor="end">${momentText(span.until, span)}</text><text x="${at}" y="28" text-anchor="${anchor}">now</text><line class="now" x1="${at}" x2="${at}" y1="32" y2="36"/></svg>`;
}

function sample(name: Mark): Html {
  const drawn = name === "lived" || name === "overlap" ? stroke(name, "0%", "100%") : mark(name, "50%");
  return html`<svg>${drawn}</svg>`;
}
