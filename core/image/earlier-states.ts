/** What a kept file was in a layer below the one that wrote it anew. */
export interface EarlierState {
  /** The layer that brought it so. */
  readonly layer: number;
  /** Its bytes; gone once it was let go, and with it all that stood below. */
  content?: Buffer;
  /** What it was before that. */
  below?: EarlierState;
}

/**
 * The earlier states that an image holds. One file can have as many as there are layers, each as large
 * as a file may be: of all of them together only the newest are held.
 */
export class EarlierStates {
  readonly #limit: number;
  /** The oldest first; those before `#first` were let go. */
  #held: EarlierState[] = [];
  #first = 0;
  #bytes = 0;

  /** @param limit bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Holds a state, and lets the oldest go that there is no room for. */
  hold(layer: number, content: Buffer, below: EarlierState | undefined): EarlierState {
    const state: EarlierState = { layer, content, ...(below && { below }) };
    this.#held.push(state);
    this.#bytes += content.length;
    while (this.#bytes > this.#limit) this.#letGo();
    return state;
  }

  #letGo(): void {
    const oldest = this.#held[this.#first];
    if (!oldest) return;
    this.#first += 1;
    this.#bytes -= oldest.content?.length ?? 0;
    delete oldest.content;
    delete oldest.below;
    // Moved together now and then: not with each one, which would cost their number squared.
    if (this.#first * 2 <= this.#held.length) return;
    this.#held = this.#held.slice(this.#first);
    this.#first = 0;
  }
}
