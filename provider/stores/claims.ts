/**
 * Which entry of the program stands where, as far as this process knows: it runs all resources of one `up`, and checks
 * each before it deletes what the program no longer has. Resources are told apart by their origin with its parent
 * (origin.ts): two components may each have one of the same name. Each type has its own claims.
 */
export class Claims {
  /** By place: who is to stand there. */
  readonly #wanted = new Map<string, string>();
  /** By place: the nonce of who was last written there. */
  readonly #written = new Map<string, string>();

  /** The other resource that claims the place; undefined: it is `origin`'s now. */
  claim(place: string, origin: string): string | undefined {
    const other = this.#wanted.get(place);
    if (other !== undefined && other !== origin) return other;
    for (const [key, holder] of this.#wanted) if (holder === origin) this.#wanted.delete(key);
    this.#wanted.set(place, origin);
    return undefined;
  }

  written(place: string, nonce: string): void {
    this.#written.set(place, nonce);
  }

  /** Whether the place is another resource's now, such as one that was renamed: then it is not to be emptied. */
  isElsewhere(place: string, origin: string, nonce: string): boolean {
    const wanted = this.#wanted.get(place);
    const written = this.#written.get(place);
    return (wanted !== undefined && wanted !== origin) || (written !== undefined && written !== nonce);
  }

  released(place: string, origin: string, nonce: string): void {
    if (this.#wanted.get(place) === origin) this.#wanted.delete(place);
    if (this.#written.get(place) === nonce) this.#written.delete(place);
  }
}
