import type { AuditDocument, AuditedToken } from "../document";
import { DUE } from "../exit-code";
import { type Html, html, NOTHING } from "./html";

/** More of one sort stand in the table, where they can be sorted and searched. */
const MOST = 50;

/** What somebody has to do something about, the worst first. */
export function attention(document: AuditDocument): Html {
  const { workspaces, problems, tokens, revocation, advice } = document;
  const unread = workspaces.flatMap(({ host, problem }) => (problem ? [{ ...problem, host }] : []));
  const sorts = SORTS.map((sort) => ({ ...sort, found: tokens.filter((token) => sort.is(token)) }));
  const parts = [
    ...problems.map(({ text, code }) => html`<p class="problem">Could not tell: ${text} <code>${code}</code></p>`),
    ...unread.map(({ host, text, code }) => html`<p class="problem">${host}: ${text} <code>${code}</code></p>`),
    ...(revocation ? [outcomes(revocation)] : []),
    ...sorts.filter(({ found }) => found.length > 0).map((sort) => listOf(sort, sort.found, revocation !== null)),
    ...advice.map((text) => html`<p>${text}</p>`),
  ];
  return html`<section aria-labelledby="attention"><h2 id="attention">Needs attention</h2>
${parts.length > 0 ? parts : html`<p>Nothing.</p>`}
</section>`;
}

interface Sort {
  readonly title: string;
  /** What to do; not said where it has just been done. */
  readonly toDo?: string;
  is(token: AuditedToken): boolean;
}

const isDue = ({ kind, flags }: AuditedToken): boolean =>
  kind !== "dead" && flags.some((flag) => DUE.includes(flag) || (flag === "expiring" && kind === "managed"));

const SORTS: readonly Sort[] = [
  {
    title: "Orphans: no state has them, but their nonce is known",
    toDo: "databricks-tokens audit --revoke-orphans",
    is: ({ kind, flags }) => kind === "orphan" && !flags.includes("expired"),
  },
  {
    title: "Unclaimed: this stack's marker, but an unknown nonce, or a sign that it may be somebody's",
    toDo: "databricks-tokens audit --revoke ID",
    is: ({ kind, flags }) => kind === "unclaimed" && !flags.includes("expired"),
  },
  {
    title: "Dead: the state has them, and nobody can sign in with them",
    toDo: "pulumi up",
    is: (t) => t.kind === "dead",
  },
  { title: "Due", toDo: "pulumi up", is: isDue },
  {
    title: "Not sure: whether they live, or whose they are, could not be told",
    is: ({ flags }) => flags.includes("not-seen") || flags.includes("not-sure"),
  },
];

function listOf({ title, toDo }: Sort, tokens: readonly AuditedToken[], done: boolean): Html {
  const items = tokens.slice(0, MOST).map(({ kind, name, flags, host, tokenId }) => {
    const told = flags.length > 0 ? html` <span class="muted">${flags.join(", ")}</span>` : NOTHING;
    return html`<li><b class="${kind}">${kind}</b> ${name ?? ""}${told} <code>${tokenId}</code> <span class="muted">${host}</span></li>
`;
  });
  const more = tokens.length - items.length;
  return html`<h3>${title}</h3>
${toDo !== undefined && !done ? html`<p>What ends this: <code>${toDo}</code></p>` : NOTHING}
<ul class="tokens">
${items}</ul>
${more > 0 ? html`<p>${more} more stand in the table.</p>` : NOTHING}
`;
}

function outcomes(revocation: NonNullable<AuditDocument["revocation"]>): Html {
  if (revocation.length === 0) return html`<h3>Revocation</h3><p>Nothing was to be revoked.</p>`;
  const items = revocation.map(
    ({ tokenId, outcome, reason }) =>
      html`<li><b>${outcome}</b> <code>${tokenId}</code>${reason === "" ? NOTHING : html` ${reason}`}</li>
`,
  );
  return html`<h3>Revocation</h3>
<ul class="tokens">
${items}</ul>
`;
}
