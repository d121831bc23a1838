import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import { delegateText } from "../../provider/delegate";
import type { Properties } from "../../provider/token/state";
import { ROOT } from "../engine/stack";

const load = createRequire(join(ROOT, "package.json"));
const services = load("@pulumi/pulumi/proto/provider_grpc_pb");
const messages = load("@pulumi/pulumi/proto/provider_pb");
const status = load("@pulumi/pulumi/proto/status_pb");
const { Struct } = load("google-protobuf/google/protobuf/struct_pb");

/** What a failed create or update left for the state. */
export interface Saved extends Error {
  id?: string;
  properties?: Properties;
  reasons?: string[];
}

/** The real dynamic-provider process, spoken to as the engine does: gRPC, props with the delegate's text. */
export class Provider {
  stderr = "";

  private constructor(
    private readonly child: ChildProcess,
    private readonly client: grpc.Client & Record<string, (...args: unknown[]) => unknown>,
  ) {}

  /** `sdk`: the `node_modules` whose dynamic provider runs, in place of the repository's own. */
  static async start(
    env: Record<string, string>,
    config: Record<string, string> = {},
    sdk = join(ROOT, "node_modules"),
  ): Promise<Provider> {
    const script = load.resolve(join(sdk, "@pulumi", "pulumi", "cmd", "dynamic-provider"));
    const child = spawn(process.execPath, [script, ""], {
      cwd: ROOT,
      env: { PATH: process.env.PATH ?? "", HOME: "/nonexistent", PULUMI_NODEJS_PROJECT: "p", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const port = await new Promise<string>((done, failed) => {
      child.stdout.once("data", (chunk) => done(String(chunk).trim()));
      child.once("exit", (code) => failed(new Error(`the provider exited ${code}`)));
    });
    const client = new services.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const provider = new Provider(child, client);
    child.stderr.on("data", (chunk) => (provider.stderr += chunk));
    const configure = new messages.ConfigureRequest();
    configure.setArgs(Struct.fromJavaScript(config));
    await provider.call("configure", configure);
    return provider;
  }

  async check(
    olds: Properties,
    news: Properties,
    type = "Token",
  ): Promise<{ inputs: Properties; failures: Array<{ property: string; reason: string }> }> {
    const request = new messages.CheckRequest();
    request.setOlds(Struct.fromJavaScript(olds));
    request.setNews(Struct.fromJavaScript({ ...news, __provider: delegateText(type) }));
    const answer = await this.call("check", request);
    return {
      inputs: answer.getInputs().toJavaScript(),
      failures: answer
        .getFailuresList()
        .map((item: { toObject(): { property: string; reason: string } }) => item.toObject()),
    };
  }

  async diff(id: string, olds: Properties, news: Properties): Promise<{ changes: boolean; replaces: string[] }> {
    const request = new messages.DiffRequest();
    request.setId(id);
    request.setOlds(Struct.fromJavaScript(olds));
    request.setNews(Struct.fromJavaScript(news));
    const answer = await this.call("diff", request);
    return {
      changes: answer.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME,
      replaces: answer.getReplacesList(),
    };
  }

  async create(inputs: Properties): Promise<{ id: string; outs: Properties }> {
    const request = new messages.CreateRequest();
    request.setProperties(Struct.fromJavaScript(inputs));
    const answer = await this.call("create", request);
    return { id: answer.getId(), outs: unwrap(answer.getProperties().toJavaScript()) };
  }

  async read(id: string, props: Properties): Promise<{ id: string; props: Properties }> {
    const request = new messages.ReadRequest();
    request.setId(id);
    request.setProperties(Struct.fromJavaScript(props));
    const answer = await this.call("read", request);
    return { id: answer.getId(), props: unwrap(answer.getProperties().toJavaScript()) };
  }

  async update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }> {
    const request = new messages.UpdateRequest();
    request.setId(id);
    request.setOlds(Struct.fromJavaScript(olds));
    request.setNews(Struct.fromJavaScript(news));
    return { outs: unwrap((await this.call("update", request)).getProperties().toJavaScript()) };
  }

  async delete(id: string, props: Properties): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setId(id);
    request.setProperties(Struct.fromJavaScript(props));
    await this.call("delete", request);
  }

  /** Waits for a warning: standard error comes by another way than the answers, and may come after them. */
  async told(pattern: RegExp, times = 1): Promise<void> {
    const all = new RegExp(pattern.source, `${pattern.flags.replace("g", "")}g`);
    for (let tries = 0; tries < 250; tries += 1) {
      if ((this.stderr.match(all)?.length ?? 0) >= times) return;
      await sleep(20);
    }
    throw new Error(`standard error has not told ${times} × ${pattern}:\n${this.stderr}`);
  }

  stop(): void {
    this.client.close();
    this.child.kill();
  }

  // biome-ignore lint/suspicious/noExplicitAny: generated messages have no types
  private call(method: string, request: unknown): Promise<any> {
    return new Promise((done, failed) => {
      this.client[method]?.(request, (error: grpc.ServiceError | null, answer: unknown) => {
        if (error) failed(withSaved(error));
        else done(answer);
      });
    });
  }
}

function withSaved(error: grpc.ServiceError): Saved {
  const [details] = error.metadata?.get("grpc-status-details-bin") ?? [];
  const saved: Saved = new Error(error.details);
  if (details) {
    const [any] = status.Status.deserializeBinary(details).getDetailsList();
    const failed = messages.ErrorResourceInitFailed.deserializeBinary(any.getValue_asU8());
    saved.id = failed.getId();
    saved.properties = unwrap(failed.getProperties().toJavaScript());
    saved.reasons = failed.getReasonsList();
  }
  return saved;
}

/** The engine hands secrets back unwrapped: this host does not accept them. */
function unwrap(props: Properties): Properties {
  const plain = (value: unknown): unknown =>
    typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value
      ? (value as unknown as { value: unknown }).value
      : value;
  return Object.fromEntries(Object.entries(props).map(([key, value]) => [key, plain(value)]));
}
