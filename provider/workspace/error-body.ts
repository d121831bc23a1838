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

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Whether a body is a page for people. */
export function isHtml(body: string, contentType = ""): boolean {
  return /^text\/html\b/i.test(contentType) || /^\s*(<!doctype html|<html|<head|<body)/i.test(body);
}

/** Reads `{error_code, message}`, `{error}`, SCIM's `{detail}`, `CODE: message`, an HTML page, plain text, or nothing. */
export function readErrorBody(body: string, contentType = ""): ErrorBody {
  if (body.trim() === "") return NOTHING;
  if (isHtml(body, contentType)) return { ...NOTHING, message: fromPage(body), html: true };
  const json = parse(body);
  if (json) return fromJson(json);
  const match = /^\s*([A-Z][A-Z0-9_]{2,}):\s*([\s\S]*)$/.exec(body);
  if (match) return { errorCode: match[1]!, message: match[2]!, fromApi: true, html: false };
  return { ...NOTHING, message: body };
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function fromJson(json: Record<string, unknown>): ErrorBody {
  // `error` is a code in OAuth's answers (`invalid_client`), a sentence elsewhere, an object with both in a few.
  const nested = typeof json["error"] === "object" && json["error"] !== null ? json["error"] : {};
  const { code, message } = nested as Record<string, unknown>;
  const error = text(json["error"]);
  const oauth = /^[a-z_]+$/.test(error) ? error : "";
  const said = [json["message"], message, json["detail"], json["error_description"], oauth === "" ? error : ""];
  return {
    errorCode: text(json["error_code"]) || text(code) || text(json["scimType"]) || oauth,
    message: said.map(text).find((part) => part !== "") ?? "",
    fromApi: true,
    html: false,
  };
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: " " };

/** The title and the preformatted part of an error page: `<title>Error 403 Invalid access token.</title>`. */
function fromPage(page: string): string {
  const parts = ["title", "pre"].map((tag) => new RegExp(`<${tag}\\b[^>]*>([^<]{0,2000})`, "i").exec(page)?.[1] ?? "");
  return parts
    .map((part) => part.replace(/&(\w+|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole).trim())
    .filter((part) => part !== "")
    .join(": ");
}
