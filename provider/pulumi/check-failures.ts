export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

export type Fail = (property: string, reason: string) => void;
