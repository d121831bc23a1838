import { DatabricksTokensError } from "../errors";
import { quote } from "../http/quote";

/** Which workspace an answer comes from, against the one that people expect. */
export class WorkspaceCheck {
  #found: string | undefined;

  /** `from`: who says so, for people. */
  constructor(
    private readonly host: string,
    private readonly expected: { readonly id: string; readonly from: string },
  ) {}

  get isDone(): boolean {
    return this.#found === this.expected.id;
  }

  /** `header`: X-Databricks-Org-Id of an answer. @throws DatabricksTokensError WRONG_WORKSPACE */
  look(header: string | undefined): void {
    if (header === undefined || header.trim() === "") return;
    this.#found = header.trim();
    if (this.isDone) return;
    const { id, from } = this.expected;
    throw new DatabricksTokensError(
      "WRONG_WORKSPACE",
      `${this.host} is the workspace ${quote(this.#found)}, but ${from} says ${quote(id)}: nothing was changed there. ` +
        "Correct the host or the id",
    );
  }

  /** Before a change: it must be known by now. @throws DatabricksTokensError WRONG_WORKSPACE */
  assertDone(): void {
    if (this.isDone) return;
    const { id, from } = this.expected;
    throw new DatabricksTokensError(
      "WRONG_WORKSPACE",
      `${this.host} does not say which workspace it is, and ${from} expects ${quote(id)}: nothing was changed there. ` +
        "Look whether that is a workspace's own address, or leave the id out",
    );
  }
}
