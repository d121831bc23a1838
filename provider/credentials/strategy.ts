import type { Authorization } from "../workspace/authorization";
import type { Source } from "./sources";

/** One way to sign in. It applies to a source that has every setting that it needs. */
export interface Strategy {
  /** The official name, also the value of `authType`. */
  readonly name: string;
  readonly needs: readonly string[];
  /** Absent: this version can not. */
  authorize?(source: Source, setting: (name: string) => string | undefined): Authorization;
}
