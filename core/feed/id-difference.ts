/** Records of two states of a feed, by id. */
export interface IdDifference {
  readonly lost: number;
  readonly added: number;
  /** The first of those lost, in their order. */
  readonly examples: readonly string[];
}

type SortedIds = AsyncIterable<readonly string[]>;

const EXAMPLES = 10;

/** Counts what two sorted lists (UTF-16 code units, each id once) do not share; holds a batch of each. */
export async function countDifference(before: SortedIds, after: SortedIds): Promise<IdDifference> {
  const [left, right] = [cursorOf(before), cursorOf(after)];
  const examples: string[] = [];
  let [lost, added] = [0, 0];
  let [a, b] = [await left(), await right()];
  while (a !== undefined || b !== undefined) {
    if (isBelow(a, b)) {
      if (lost++ < EXAMPLES) examples.push(a);
      a = await left();
    } else if (isBelow(b, a)) {
      added++;
      b = await right();
    } else {
      [a, b] = [await left(), await right()];
    }
  }
  return { lost, added, examples };
}

/** Whether an id comes before another; after the end comes nothing. */
function isBelow(id: string | undefined, other: string | undefined): id is string {
  return id !== undefined && (other === undefined || id < other);
}

/** The next id each time; `undefined` at the end. */
function cursorOf(batches: SortedIds): () => string | undefined | Promise<string | undefined> {
  const iterator = batches[Symbol.asyncIterator]();
  let batch: readonly string[] = [];
  let at = 0;
  async function turn(): Promise<string | undefined> {
    const next = await iterator.next();
    if (next.done) return undefined;
    batch = next.value;
    at = 0;
    return batch.length === 0 ? turn() : batch[at++];
  }
  return () => (at < batch.length ? batch[at++] : turn());
}
