/** Markup, in which nothing is left to escape. */
export class Html {
  constructor(readonly markup: string) {}
}

type Part = Html | readonly Html[] | string | number;

const SPECIAL = /[&<>"']/g;
const NAMES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** A template whose texts are escaped wherever they stand: between tags or in a quoted attribute. */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let markup = template[0]!;
  for (let index = 0; index < parts.length; index += 1) markup += markupOf(parts[index]!) + template[index + 1]!;
  return new Html(markup);
}

function markupOf(part: Part): string {
  if (typeof part === "string") return part.replace(SPECIAL, (character) => NAMES[character]!);
  if (typeof part === "number") return String(part);
  return part instanceof Html ? part.markup : part.map(({ markup }) => markup).join("");
}

export const NOTHING = html``;
