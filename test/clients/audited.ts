import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditDocument } from "../../provider/audit/document";
import { Secret } from "../../provider/secret";
import { markComment } from "../../provider/token/marker";
import type { TokenRecord } from "../../provider/token/state";
import { databricksTokens, type Ended } from "../engine/tool";
import { DAY, exported, type Made, NOW, OURS } from "../unit/audit/audit-state";
import { LocalWorkspace, type TokenRecord as Minted } from "../workspace";

/** Texts that would do something if a page took them for more than texts; `hacked` is what they would set. */
export const HOSTILE = {
  comment: `</td></table></script><script>hacked=1</script><img src=x onerror="hacked=1">' & done`,
  owner: `"><svg/onload=hacked=1>@example.com`,
  name: `'><a href="javascript:hacked=1" autofocus onfocus=hacked=1>x</a>`,
};

/** A workspace with tokens of every kind, an exported state that knows its own of them, and the audit of both. */
export class Audited {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "pdt-page-")));
  readonly page = join(this.folder, "page.html");
  readonly state = join(this.folder, "state.json");
  /** What must be on no page: every token's value, and the state's own. */
  readonly secrets: string[] = [];

  private constructor(readonly workspace: LocalWorkspace) {}

  static async start(): Promise<Audited> {
    const audited = new Audited(await LocalWorkspace.start());
    audited.fill();
    return audited;
  }

  private fill(): void {
    const { workspace, secrets } = this;
    const eve = workspace.addUser(HOSTILE.owner);
    const ada = workspace.addUser("ada@example.com");
    const mint = (daysAgo: number, asked: Parameters<LocalWorkspace["mint"]>[1], owner = workspace.admin): Minted => {
      workspace.setClock(NOW - daysAgo * DAY);
      return workspace.mint(owner, asked);
    };
    const lifetimeSeconds = 90 * 86_400;
    const ours = (daysAgo: number, name: string, nonce: string, text = "", origin = OURS): Minted =>
      mint(daysAgo, { lifetimeSeconds, comment: markComment(text, { ...origin, name }, nonce) });
    const held = ({ tokenId, value, creationTime, expiryTime }: Minted): Partial<TokenRecord> => ({
      ...{ tokenId, creationTime, expiryTime, tokenValue: new Secret(value) },
    });
    const [now, old] = [ours(10, "ci", "aa", "for CI"), ours(69, "ci", "aa", "for CI")];
    const [due, gone] = [ours(59, "etl-10", "bb"), ours(100, "etl-2", "cc")];
    ours(3, "ci", "aa");
    ours(40, HOSTILE.name, "dd");
    ours(30, "ci", "aa", "", { ...OURS, stack: "prod" });
    mint(5, { comment: HOSTILE.comment, scopes: ["sql", "authentication"] }, eve);
    // A value that does not look like a token: only who has read the state knows that it is one.
    const odd = `Zx${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`;
    mint(200, { comment: `mine is ${odd} and ${due.value}`, lifetimeSeconds: 400 * 86_400 }, ada);
    // Not at midnight sharp: days are counted whole.
    workspace.setClock(NOW + DAY / 4);
    const host = workspace.host;
    const made: Made[] = [
      { host, name: "ci", nonce: "aa", current: held(now), retiring: [{ ...held(old), revokeAfter: NOW + 20 * DAY }] },
      { host, name: "etl-10", nonce: "bb", current: held(due) },
      { host, name: "etl-2", nonce: "cc", current: { ...held(gone), tokenValue: new Secret(odd) } },
    ];
    writeFileSync(this.state, exported(made));
    secrets.push(odd, workspace.admin.token, ...workspace.tokens({ all: true }).map(({ value }) => value));
  }

  /** Runs the audit; `document` where `--json` is among the arguments. */
  async run(...args: string[]): Promise<Ended & { document: AuditDocument }> {
    const { host, admin } = this.workspace;
    const env = {
      PATH: process.env.PATH ?? "",
      HOME: this.folder,
      DATABRICKS_HOST: host,
      DATABRICKS_TOKEN: admin.token,
    };
    const ended = await databricksTokens(["audit", ...args], { cwd: this.folder, env });
    return { ...ended, document: args.includes("--json") ? JSON.parse(ended.stdout) : undefined };
  }

  html(): string {
    return readFileSync(this.page, "utf8");
  }

  async stop(): Promise<void> {
    await this.workspace.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
