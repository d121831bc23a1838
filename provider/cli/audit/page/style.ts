import { COLUMNS } from "./rows";

/** The look of the page. Each part is one idea; nothing in it is loaded from anywhere. */

/** Contrast of every text on its ground is 4.5 to 1 or more, in both schemes. */
const COLOURS = `
:root { color-scheme: light; --ground: #f6f7f9; --sheet: #fff; --text: #1b2026; --muted: #56606c; --rule: #d8dde3;
  --soft: #eceff3; --accent: #0b57a4; --on-accent: #fff;
  --managed: #17653a; --retiring: #0a6070; --orphan: #b3261e; --unclaimed: #9c4100; --dead: #765200; --others: #56606c; }
@media screen and (prefers-color-scheme: dark) {
  :root { color-scheme: dark; --ground: #12151a; --sheet: #1a1e24; --text: #e6e9ed; --muted: #a5afba; --rule: #353c46;
    --soft: #262c34; --accent: #84bbff; --on-accent: #0d1117;
    --managed: #72d09a; --retiring: #68c8d6; --orphan: #ff9088; --unclaimed: #ffb07a; --dead: #e6c065; --others: #a5afba; }
}
.managed { --kind: var(--managed) } .retiring { --kind: var(--retiring) } .orphan { --kind: var(--orphan) }
.unclaimed { --kind: var(--unclaimed) } .dead { --kind: var(--dead) }
.other-stack, .not-ours { --kind: var(--others) }
`;

const TEXT = `
* { box-sizing: border-box }
[hidden] { display: none !important }
html { font: 100%/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; -webkit-text-size-adjust: 100% }
body { margin: 0; background: var(--ground); color: var(--text); overflow-wrap: anywhere }
header, main, footer { max-width: 100rem; margin: 0 auto; padding: 0 1rem }
header { padding-top: 1.5rem }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; font-weight: 650 }
h2 { font-size: 1.125rem; margin: 0 0 .5rem; font-weight: 650 }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; font-weight: 600 }
p { margin: .25rem 0 .5rem; max-width: 60rem }
ul, dl { margin: .25rem 0; padding: 0; list-style: none }
code, tbody td:last-child { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
code { -webkit-user-select: all; user-select: all }
small, .muted { font-size: .875rem; color: var(--muted) }
.name { margin: 0; font-size: .875rem; color: var(--muted) }
section, .verdict { background: var(--sheet); border: 1px solid var(--rule); border-radius: 6px; padding: 1rem; margin: 1rem 0 }
.verdict { display: flex; gap: .25rem 1rem; align-items: baseline; border-left-width: 5px; border-left-color: var(--kind) }
.verdict p { margin: 0 } .verdict strong, .verdict .sign { color: var(--kind) }
.problem { border-left: 3px solid var(--orphan); padding-left: .75rem }
b[class] { font-size: .8125rem; font-weight: 600; color: var(--kind); border: 1px solid; border-radius: 3px; padding: 0 .4em;
  white-space: nowrap }
.tokens li { padding: .3rem 0; border-top: 1px solid var(--rule) } .tokens li:first-child { border-top: 0 }
footer { padding-bottom: 2rem; font-size: .875rem; color: var(--muted) }
footer h2 { font-size: 1rem; margin-top: 1.5rem; color: var(--text) }
dl > div { display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: 0 1rem; padding: .15rem 0 }
dt { font-weight: 600 } dd { margin: 0 }
`;

const CONTROLS = `
#controls { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: 1rem 0 }
#search { font: inherit; color: inherit; background: var(--sheet); border: 1px solid var(--muted); border-radius: 4px;
  padding: .4rem .6rem; width: 18rem; max-width: 100%; margin-left: .5rem }
#kinds { display: flex; flex-wrap: wrap; gap: .4rem }
button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer }
#kinds button { border: 1px solid var(--muted); border-radius: 4px; padding: .25rem .6rem; background: var(--sheet); font-size: .9375rem }
#kinds button[aria-pressed=true] { background: var(--accent); border-color: var(--accent); color: var(--on-accent) }
#kinds button[aria-pressed=true]::before { content: "✓ " / "" }
#shown { margin: 0; color: var(--muted) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
th[aria-sort] { color: var(--accent) }
th[aria-sort=ascending] button::after { content: " ▲" / "" } th[aria-sort=descending] button::after { content: " ▼" / "" }
.js .counts { display: none }
`;

const LIVES = `
.marks { position: absolute; width: 0; height: 0 }
.lives { padding: 0 .75rem 0 0 }
.lives li { display: grid; grid-template-columns: minmax(8rem, 18rem) minmax(0, 1fr); gap: 0 1.5rem; align-items: center }
.lives svg { display: block; width: 100%; height: 24px; overflow: visible; color: var(--kind) }
.lives .axis svg { height: 36px; color: var(--muted) }
.lives text { font-size: .8125rem; fill: var(--muted) }
.label { display: flex; justify-content: space-between; gap: .5rem; align-items: baseline; min-width: 0 }
.label span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
svg line, .line { stroke: currentColor; stroke-width: 2; fill: none } svg .lived { stroke-width: 8; opacity: .75 }
svg .overlap { stroke-width: 8; stroke-dasharray: 2 3 } svg .now { stroke: var(--muted); stroke-width: 1 }
.full { fill: currentColor; stroke: var(--sheet); stroke-width: 1 } .hollow { fill: var(--sheet); stroke: currentColor; stroke-width: 2 }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; font-size: .875rem; color: var(--muted) }
.legend li { display: flex; align-items: center; gap: .4rem }
.legend svg { width: 20px; height: 24px; overflow: visible }
`;

/** Each row is laid out by itself, and only once it is to be seen: a table of 10,000 rows would be laid out as one. */
const TABLE = `
table, thead, tbody { display: block } table { margin-top: .5rem }
tbody tr { content-visibility: auto; contain-intrinsic-size: auto 3rem; border-top: 1px solid var(--rule) }
th { text-align: left; font-size: .875rem; font-weight: 600; color: var(--muted); padding: 0 }
tbody td:last-child { -webkit-user-select: all; user-select: all }
@media screen and (min-width: 68rem) {
  section { padding: 1rem 1.25rem }
  tr { display: grid; gap: 0 .75rem; align-items: start;
    grid-template-columns: 6.25rem minmax(0, 1.2fr) minmax(0, 1.6fr) 5.5rem 5.5rem 5.75rem minmax(0, 1.2fr) minmax(0, 1.7fr) minmax(0, 1fr) 7.5rem }
  tbody td { padding: .4rem 0; font-size: .9375rem } td small { display: block }
  thead { position: sticky; top: 0; background: var(--sheet); z-index: 1 } thead th, .js th button { padding: .4rem 0; text-align: left }
  .js thead th { padding: 0 } th button { width: 100% }
  tbody tr:hover { background: var(--soft) }
  tbody td:last-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: .8125rem; line-height: 1.6 }
}
`;

/** On a narrow screen a row is a card, whose cells name their columns; the heads are there to sort by. */
const CARDS = `
@media screen and (max-width: 67.99rem) {
  .lives li { grid-template-columns: minmax(0, 1fr); padding: .25rem 0 }
  html:not(.js) thead { display: none }
  thead tr { display: flex; flex-wrap: wrap; gap: .4rem; margin-bottom: .6rem } thead tr::before { content: "Sort by"; color: var(--muted); align-self: center }
  th button { border: 1px solid var(--rule); border-radius: 4px; padding: .3rem .6rem }
  tbody tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 0 1.5rem; padding: .6rem 0;
    contain-intrinsic-size: auto 14rem }
  tbody td { position: relative; padding: .1rem 0 .1rem 6.5rem; min-height: 1.45em }
  tbody td:empty { display: none }
  tbody td::before { position: absolute; left: 0; color: var(--muted); font-family: system-ui, sans-serif; font-size: .875rem }
  ${COLUMNS.map(({ head }, index) => `tbody td:nth-child(${index + 1})::before { content: "${head}" }`).join("\n  ")}
  dl > div { grid-template-columns: minmax(0, 1fr); padding: .3rem 0 }
  #controls label, #search { width: 100%; margin: 0 }
}
`;

/**
 * On paper it is a table again, whole, in black on white. Its heads stand on every page, which Chromium does not do with
 * a head that has buttons: there they are no boxes.
 */
const PRINT = `
@page { size: landscape; margin: 12mm }
@media print {
  html { font-size: 8.5pt } body { background: none }
  #controls, .none { display: none !important } .js .counts { display: block }
  header, main, footer { max-width: none; padding: 0 } section, .verdict { border: 0; padding: 0; border-radius: 0 }
  .verdict { border-left: 3pt solid; padding-left: 6pt }
  h2, h3 { break-after: avoid } .lives li, .tokens li, dl > div { break-inside: avoid }
  table { display: table; width: 100%; table-layout: fixed; border-collapse: collapse }
  thead { display: table-header-group; break-inside: avoid } tbody { display: table-row-group }
  tr, tbody tr[hidden] { display: table-row !important; break-inside: avoid; content-visibility: visible }
  th, td { display: table-cell; padding: 2pt 6pt 2pt 0; vertical-align: top; border-bottom: .5pt solid #999 } th { color: inherit }
  th button { display: contents; font-weight: inherit }
  td small { display: block; font-size: inherit } tbody td:last-child { font-size: 7pt }
  ${[9, 11, 14, 8, 8, 8, 10, 14, 8, 10].map((share, index) => `th:nth-child(${index + 1}) { width: ${share}% }`).join(" ")}
  b[class] { border: 0; padding: 0; font-size: inherit; color: inherit } td:first-child { white-space: nowrap }
}
`;

export const STYLE = [COLOURS, TEXT, CONTROLS, LIVES, TABLE, CARDS, PRINT].join("");
