import { jsonObject } from "./values";

/** What an error answer says, whichever of Databricks' shapes it has. */
export interface ErrorBody {
  /** Symbolic code such as `RESOURCE_DOES_NOT_EXIST`; empty where there is none, or only a number. */
  readonly errorCode: string;
  readonly message: string;
  /** Whether it came in one of the API's own shapes: JSON, or `CODE: message`. */
  readonly fromApi: boolean;
  readonly html: boolean;
}

const NOTHING: ErrorBody = { errorCode: "", message: "", fromApi: false, html: false };

/** Characters of a body that are read at all where it is no JSON. */
const MAX_READ = 64 * 1024;
/** A symbolic code is short; what is longer is something else. */
const LONGEST_CODE = 100;

const text = (value: unknown): string => (typeof value === "string" ? value.slice(0, MAX_READ) : "");
const code = (value: unknown): string => text(value).slice(0, LONGEST_CODE);

/** Whether a body is a page for people. */
export function isHtml(body: string, contentType = ""): boolean {
  return (
    /^text\/html\b/i.test(contentType) ||
    /^(<!doctype html|<html|<head|<body)/i.test(body.slice(0, MAX_READ).trimStart())
  );
}

/** Reads `{error_code, message}`, `{error}`, SCIM's `{detail}`, `CODE: message`, an HTML page, plain text, or nothing. */
export function readErrorBody(body: string, contentType = ""): ErrorBody {
  if (body.trim() === "") return NOTHING;
  if (isHtml(body, contentType)) return { ...NOTHING, message: fromPage(body), html: true };
  const json = jsonObject(body);
  if (json) return fromJson(json);
  // What follows looks at the start alone: an error of many megabytes is none that people read.
  const start = body.slice(0, MAX_READ).trim();
  const match = /^([A-Z][A-Z0-9_]{2,80}): ?/.exec(start);
  if (match) return { errorCode: match[1]!, message: start.slice(match[0].length).trim(), fromApi: true, html: false };
  return { ...NOTHING, message: start };
}

function fromJson(json: Record<string, unknown>): ErrorBody {
  // `error` is a code in OAuth's answers (`invalid_client`), a sentence elsewhere, an object with both in a few.
  const nested = typeof json["error"] === "object" && json["error"] !== null ? json["error"] : {};
  const { code: nestedCode, message } = nested as Record<string, unknown>;
  const error = text(json["error"]);
  const oauth = /^[a-z_]{1,100}$/.test(error) ? error : "";
  const said = [json["message"], message, json["detail"], json["error_description"], oauth === "" ? error : ""];
  return {
    errorCode: code(json["error_code"]) || code(nestedCode) || code(json["scimType"]) || oauth,
    message: said.map(text).find((part) => part !== "") ?? "",
    fromApi: true,
    html: false,
  };
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: " " };

/** The title and the preformatted part of an error page: `<title>Error 403 Invalid access token.</title>`. */
function fromPage(page: string): string {
  const start = page.slice(0, MAX_READ);
  const parts = ["title", "pre"].map((tag) => contentOf(start, tag));
  return parts
    .map((part) => part.replace(/&(\w{1,8}|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole).trim())
    .filter((part) => part !== "")
    .join(": ");
}

const MAX_CONTENT = 2_000;

/** The text of the first such element. */
function contentOf(page: string, tag: string): string {
  const lower = page.toLowerCase();
  for (let at = lower.indexOf(`<${tag}`); at >= 0; at = lower.indexOf(`<${tag}`, at + 1)) {
    // Not `<present>`, which begins alike.
    if (!/[\s>]/.test(lower.charAt(at + tag.length + 1))) continue;
    const opened = lower.indexOf(">", at);
    if (opened < 0) return "";
    const end = page.indexOf("<", opened);
    return page.slice(opened + 1, end < 0 ? undefined : end).slice(0, MAX_CONTENT);
  }
  return "";
}
