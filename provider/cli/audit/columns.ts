/** Texts in the columns of a terminal, where a letter may take two of them, or none. Pure. */

/** A whole character as people see it: with its accents, or an emoji of several parts. */
const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** East Asian scripts and their full-width forms (Unicode's East Asian Width W and F, by block), and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]/u;
const WIDE_BEYOND = /[\u{17000}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const PLAIN = /^[\x20-\x7e]*$/;

const widthOf = (character: string): number => (WIDE.test(character) || WIDE_BEYOND.test(character) ? 2 : 1);

/** How many columns a text of one line takes. */
export function columnsOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of characters.segment(text)) columns += widthOf(segment);
  return columns;
}

/** The text, or as much of it as fits with a `…` behind. */
export function cutTo(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let [kept, taken] = ["", 0];
  for (const { segment } of characters.segment(text)) {
    taken += widthOf(segment);
    if (taken > columns - 1) break;
    kept += segment;
  }
  return columns > 0 ? `${kept}…` : "";
}

export const padTo = (text: string, columns: number): string =>
  text + " ".repeat(Math.max(0, columns - columnsOf(text)));
