import { createHash } from "node:crypto";
import type { AuditDocument, AuditedWorkspace } from "../../../audit/document";
import { KINDS, type Kind } from "../../../audit/rows";
import { counts, coverageOf } from "../text";
import { attention } from "./attention";
import { Html, html, NOTHING } from "./html";
import { lifetimes, marks } from "./lifetimes";
import { table } from "./rows";
import { SCRIPT } from "./script";
import { shown } from "./shown";
import { STYLE } from "./style";
import { FLAG_WORDS, KIND_WORDS, VERDICTS } from "./words";

const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Even a text that was not escaped could neither run nor load or send anything. */
const POLICY = [
  "default-src 'none'",
  `style-src ${hash(STYLE)}`,
  `script-src ${hash(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** The colour of a verdict is that of the kind that it is about. */
const TONES = { 0: "managed", 1: "dead", 2: "orphan", 3: "orphan" } as const;

/**
 * The report as one page for a browser, which needs no network. Pure. `written`: by this machine's clock, for a report
 * that could ask no workspace for the time.
 */
export function asPage(found: AuditDocument, written: Date): string {
  const document = shown(found);
  const { exitCode, stacks, workspaces, tokens, pendingOperations } = document;
  const names = stacks.map(({ organization, project, stack }) => `${organization}/${project}/${stack}`).join(", ");
  const { sign, title, text } = VERDICTS[exitCode];
  const pending = pendingOperations > 0 ? `, ${pendingOperations} pending operations in the state` : "";
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${names === "" ? "Databricks tokens" : `${names}: Databricks tokens`}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
${marks}
<header>
<p class="name">databricks-tokens audit, written ${moment(written.toISOString())}</p>
<h1>${names || "Databricks tokens"}</h1>
<div class="verdict ${TONES[exitCode]}"><span class="sign" aria-hidden="true">${sign}</span><p><strong>${title}.</strong> ${text} <span class="muted">Exit code ${exitCode}.</span></p></div>
<p class="counts">${counts(tokens)}${pending}</p>
</header>
<main>
${attention(document)}
${controls(document)}
${workspaces.map((workspace, index) => workspaceOf(document, workspace, index))}
</main>
${legend(document)}
<script>${new Html(SCRIPT)}</script>
</body>
</html>
`;
  return page.markup;
}

const moment = (iso: string): Html => html`<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")} UTC</time>`;

const kindsOf = ({ tokens }: AuditDocument): Array<[Kind, number]> =>
  KINDS.map((kind): [Kind, number] => [kind, tokens.filter((token) => token.kind === kind).length]).filter(
    ([, count]) => count > 0,
  );

/** The script shows them: without it they would do nothing. */
function controls(document: AuditDocument): Html {
  const kinds = kindsOf(document).map(
    ([kind, count]) => html`<button type="button" data-k="${kind}" aria-pressed="false">${kind} ${count}</button>
`,
  );
  return html`<div id="controls" role="search" hidden>
<label>Search <input id="search" type="search" autocomplete="off" spellcheck="false"></label>
<div id="kinds" role="group" aria-label="Kinds to show">
${kinds}</div>
<p id="shown" role="status"></p>
</div>`;
}

function workspaceOf({ tokens }: AuditDocument, workspace: AuditedWorkspace, index: number): Html {
  const { host, listedAt } = workspace;
  const here = tokens.filter((token) => token.host === host);
  return html`<section aria-labelledby="workspace-${index}">
<h2 id="workspace-${index}">${host}</h2>
<p>${sentence(coverageOf(workspace))}${here.length === 0 && workspace.sees !== "nothing" ? " There are none." : ""}${listedAt === null ? NOTHING : html` Listed ${moment(listedAt)}.`}</p>
${lifetimes(here, Date.parse(listedAt ?? ""))}
${here.length > 0 ? html`<h3>Tokens</h3>${table(here, `Tokens on ${host}`)}` : NOTHING}
</section>
`;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** What the words mean that stand on this page. */
function legend(document: AuditDocument): Html {
  const flags = new Set(document.tokens.flatMap((token) => token.flags));
  const meanings = [
    ...kindsOf(document).map(([kind]) => [kind, KIND_WORDS[kind]] as const),
    ...Object.entries(FLAG_WORDS).filter(([flag]) => (flags as ReadonlySet<string>).has(flag)),
  ];
  if (meanings.length === 0) return NOTHING;
  return html`<footer>
<h2>Kinds and flags</h2>
<dl>
${meanings.map(
  ([word, text]) => html`<div><dt>${word}</dt><dd>${text}</dd></div>
`,
)}</dl>
</footer>`;
}
