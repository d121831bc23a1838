import type { Identity, LocalWorkspace } from "../workspace";

export interface Seen {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON came; undefined where it was none
  json: any;
}

/** Calls a workspace by plain fetch, so that nothing of the provider is between test and answer. */
export class Caller {
  constructor(
    private readonly workspace: LocalWorkspace,
    private readonly as: Pick<Identity, "token"> | { value: string } = workspace.admin,
  ) {}

  /** `call` is `METHOD path`; a body that is a text goes out as it is. */
  async call(call: string, body?: unknown, signal?: AbortSignal): Promise<Seen> {
    const [method = "", path] = call.split(" ");
    const value = "token" in this.as ? this.as.token : this.as.value;
    const answer = await fetch(this.workspace.host + path, {
      method,
      redirect: "manual",
      headers: { authorization: `Bearer ${value}` },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: parse(text) };
  }

  create(body: object = {}): Promise<Seen> {
    return this.call("POST /api/2.0/token/create", body);
  }

  async list(): Promise<string[]> {
    const { json } = await this.call("GET /api/2.0/token/list");
    return (json.token_infos ?? []).map((info: { token_id: string }) => info.token_id);
  }

  delete(tokenId: string): Promise<Seen> {
    return this.call("POST /api/2.0/token/delete", { token_id: tokenId });
  }

  async me(): Promise<number> {
    return (await this.call("GET /api/2.0/preview/scim/v2/Me")).status;
  }
}

/** How a call failed without an answer: the code of fetch's cause. */
export async function broken(call: Promise<Seen>): Promise<string> {
  return call.then(
    ({ status }) => `answered ${status}`,
    (error) => String(error.cause?.code ?? error.name),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
