/**
 * What cards of one kind keep together. Home Assistant makes the cards of a strategy anew whenever an entity, device or
 * area comes or goes, as the picture of a first survey does: what was typed, chosen or found is to be there after that.
 */
export class Kept<T extends object> {
  readonly now: T;
  #told = new Set<() => void>();

  constructor(first: T) {
    this.now = first;
  }

  set(change: Partial<T>): void {
    Object.assign(this.now, change);
    for (const tell of this.#told) tell();
  }

  /** Have `tell` called with each change; what is given back ends that. */
  follow(tell: () => void): () => void {
    this.#told.add(tell);
    return () => this.#told.delete(tell);
  }
}
