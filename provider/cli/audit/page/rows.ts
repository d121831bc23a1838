import type { AuditedToken } from "../../../audit/document";
import { type Html, html, NOTHING } from "./html";

/** The table of a workspace's tokens, every one of them. */

interface Column {
  readonly head: string;
  /** How it is sorted; `number`: by `data-s` of the cell, where an empty one is not known; `id`: nobody reads its order. */
  readonly by: "kind" | "number" | "text" | "id";
  cell(token: AuditedToken): Html;
}

const text = (value: string): Html => html`<td role="cell">${value}</td>`;
const key = (value: number | null, content: Html): Html =>
  html`<td role="cell" data-s="${value === null ? "" : value}">${content}</td>`;
/** Seconds are enough to sort by. */
const seconds = (time: string | null): number | null => (time === null ? null : Math.floor(Date.parse(time) / 1000));
const days = (count: number | null, time: string): Html =>
  html`${count === null ? "" : `${count} d `}<small>${time.slice(0, 10)}</small>`;

/** Those of the terminal's table, with nothing cut. style.ts names them by their place. */
export const COLUMNS: readonly Column[] = [
  { head: "Kind", by: "kind", cell: ({ kind }) => html`<td role="cell"><b class="${kind}">${kind}</b></td>` },
  { head: "Name", by: "text", cell: nameCell },
  { head: "Owner", by: "text", cell: ownerCell },
  { head: "Age", by: "number", cell: ageCell },
  { head: "Left", by: "number", cell: leftCell },
  { head: "Last used", by: "number", cell: usedCell },
  { head: "Flags", by: "text", cell: flagsCell },
  { head: "Comment", by: "text", cell: ({ comment }) => text(comment) },
  { head: "Scopes", by: "text", cell: ({ scopes }) => text(scopes?.join(", ") ?? "all") },
  { head: "Token id", by: "id", cell: ({ tokenId }) => text(tokenId) },
];

function nameCell({ kind, name, marker }: AuditedToken): Html {
  const stack = kind === "other-stack" && marker ? `${marker.organization}/${marker.project}/${marker.stack}` : "";
  return html`<td role="cell">${name ?? ""}${stack === "" ? NOTHING : html` <small>${stack}</small>`}</td>`;
}

/** A narrow column breaks it behind its `@`. */
function ownerCell({ owner }: AuditedToken): Html {
  const [, name = "", domain = owner ?? ""] = /^(.*@)(.*)$/.exec(owner ?? "") ?? [];
  return html`<td role="cell">${name}${name === "" ? NOTHING : html`<wbr>`}${domain}</td>`;
}

/** The youngest is the least. */
function ageCell({ createdAt, ageDays }: AuditedToken): Html {
  const created = seconds(createdAt);
  return key(created === null ? null : -created, createdAt === null ? html`?` : days(ageDays, createdAt));
}

function leftCell({ expiresAt, daysLeft }: AuditedToken): Html {
  const never = Number.POSITIVE_INFINITY;
  return key(seconds(expiresAt) ?? never, expiresAt === null ? html`never` : days(daysLeft, expiresAt));
}

function usedCell({ lastUsedOn, usageKnown }: AuditedToken): Html {
  if (lastUsedOn === null) return key(usageKnown ? 0 : null, html`${usageKnown ? "never" : "?"}`);
  return key(seconds(lastUsedOn), html`${lastUsedOn}`);
}

function flagsCell({ flags, retiringUntil }: AuditedToken): Html {
  return text([...flags, ...(retiringUntil === null ? [] : [`until ${retiringUntil.slice(0, 10)}`])].join(", "));
}

/** Roles besides elements: where a row is drawn as a card, some browsers forget that it is one. */
export function table(tokens: readonly AuditedToken[], title: string): Html {
  const heads = COLUMNS.map(({ head, by }) => html`<th role="columnheader" scope="col" data-by="${by}">${head}</th>`);
  const rows = tokens.map(
    (token) => html`<tr role="row" data-k="${token.kind}">${COLUMNS.map((column) => column.cell(token))}</tr>
`,
  );
  return html`<table role="table" aria-label="${title}">
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">
${rows}</tbody>
</table>
<p class="none" hidden>No token here is what you look for.</p>
`;
}
