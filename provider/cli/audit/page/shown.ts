import { redact } from "../../../secret";
import { defused } from "../../printed";
import type { AuditDocument } from "../document";

/**
 * The document as it may be shown to whoever opens a file: without any secret that this process knows, and without
 * characters that are invisible or turn a line around.
 */
export function shown(document: AuditDocument): AuditDocument {
  const texts = new Set<string>();
  const clean = mapped(document, (text) => {
    const visible = defused(text.replace(/[\s\p{Zl}\p{Zp}]+/gu, " ").replace(/\p{C}/gu, ""));
    texts.add(visible);
    return visible;
  });
  // One search for each secret through all the texts: one through each text would take seconds where there are many.
  const all = [...texts].join("\n");
  return redact(all) === all ? clean : mapped(clean, redact);
}

function mapped<T>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  if (Array.isArray(value)) return value.map((item) => mapped(item, change)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, change)])) as T;
}
