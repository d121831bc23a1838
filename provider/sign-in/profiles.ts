import { DatabricksTokensError } from "../errors";
import { quote } from "../http/quote";
import { type Section, type Sections, sectionsOf } from "./profile-grammar";

/** One profile of `.databrickscfg`. */
export interface Profile {
  /** By their lower-case names; a later line of the same key does not count: see `problem`. */
  readonly settings: ReadonlyMap<string, string>;
  /** Why it can't be used; the others of the file can. */
  readonly problem?: DatabricksTokensError;
}

/**
 * Reads `.databrickscfg` by the grammar of the official SDK for Python; keys before any section are DEFAULT's, as other
 * official clients have it. A profile that stands twice is never merged: one's token would go to the other's host.
 * @throws DatabricksTokensError INVALID_CONFIG for a line that is nothing, with its place, never with its text: that may be
 * a secret
 */
export function readProfiles(text: string, shown: string): Map<string, Profile> {
  const byName = new Map<string, Section[]>();
  const sections = all(sectionsOf(text));
  const [odd] = sections.flatMap(({ strange }) => strange);
  if (odd) throw unreadable(shown, `line ${odd.line}, column ${odd.column} is neither [profile] nor key = value`);
  for (const section of sections) {
    const same = byName.get(section.name);
    if (same) same.push(section);
    else byName.set(section.name, [section]);
  }
  return new Map([...byName].map(([name, sections]) => [name, profileOf(name, sections, shown)]));
}

function all({ sections, homeless }: Sections): Section[] {
  return homeless.settings.length + homeless.strange.length > 0 ? [homeless, ...sections] : sections;
}

function profileOf(name: string, sections: readonly Section[], shown: string): Profile {
  const [first] = sections;
  const settings = new Map(first!.settings.map(({ key, value }) => [key, value]));
  const what = whyNot(name, sections);
  if (what === undefined) return { settings };
  return { settings, problem: unreadable(shown, what) };
}

const unreadable = (shown: string, what: string): DatabricksTokensError =>
  new DatabricksTokensError("INVALID_CONFIG", `${shown} can't be read: ${what}`);

function whyNot(name: string, sections: readonly Section[]): string | undefined {
  const profile = `profile ${quote(name)}`;
  if (sections.length > 1) {
    const lines = sections.map(({ header, settings }) => header.number || settings[0]?.number || 1);
    return `${profile} stands in it twice (lines ${lines.join(" and ")}): leave one`;
  }
  const [{ settings }] = sections as [Section];
  const firstLines = new Map<string, number>();
  for (const { key, number } of settings) {
    const before = firstLines.get(key);
    if (before !== undefined)
      return `${quote(key)} of ${profile} is set twice (lines ${before} and ${number}): leave one`;
    firstLines.set(key, number);
  }
  return undefined;
}
