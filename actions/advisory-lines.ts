import type { AdvisoryEntry } from '../core/advisory/entry.ts';
import { decodeLines, encodeKey } from '../core/advisory/snapshot.ts';
import { type EntriesOf, timeOf } from '../core/match/look-up.ts';
import { type Unit, unitsByKey } from '../core/match/unit.ts';
import { advisoryFeeds, type FeedState } from '../core/run/run.ts';
import type { ObjectStore } from './ports.ts';
import { KeyNotLookedUpError, openSnapshot } from './read-snapshot.ts';

/**
 * What some feeds say of units, as of one time. It is kept as lines: they take a third of
 * the memory of entries, which live no longer than somebody looks at them.
 */
export interface AdvisoryLines {
  readonly sources: readonly Source[];
  /** Ecosystems that the feeds speak of. */
  readonly ecosystems: ReadonlySet<string>;
  /** Milliseconds. */
  readonly time: number;
  /** @throws MalformedObjectError, KeyNotLookedUpError */
  readonly entriesOf: EntriesOf;
}

/** What one feed says: its lines by what they are looked up by (`encodeKey`). */
interface Source {
  readonly feed: string;
  readonly lines: ReadonlyMap<string, string>;
}

/** Reads what states of feeds say of the same units. */
export interface AdvisoryReader {
  /** What is read of a snapshot is read once. @throws ObjectMissingError, MalformedObjectError */
  read(feeds: readonly FeedState[], at: string): Promise<AdvisoryLines>;
  /** The units of which `now` may say something else than `before` said; `undefined` when there is no telling. */
  changedUnits(before: AdvisoryLines, now: AdvisoryLines): ReadonlySet<number> | undefined;
}

export function createAdvisoryReader(objects: ObjectStore, units: readonly Unit[]): AdvisoryReader {
  const open = onceEach((key: string) => openSnapshot(objects, key));
  // What is looked up depends on the ecosystems there are: some releases have several.
  const unitsWith = onceEach((known: string) => unitsByKey(units, new Set(JSON.parse(known))));
  const load = onceEach(async (question: string): Promise<Source> => {
    const [key, known]: readonly [string, string] = JSON.parse(question);
    const { feed, lines } = await open(key);
    return { feed, lines: await lines([...unitsWith(known).keys()].sort()) };
  });
  const withdrawals = createWithdrawals();
  return {
    async read(feeds, at) {
      const time = timeOf(at);
      const keys = advisoryFeeds(feeds).flatMap(({ key }) => key ?? []);
      const ecosystems = new Set<string>();
      for (const key of keys) for (const each of (await open(key)).ecosystems) ecosystems.add(each);
      const known = keyOf(ecosystems);
      const sources: Source[] = [];
      for (const key of keys) sources.push(await load(JSON.stringify([key, known])));
      const asked = unitsWith(known);
      const entriesOf: EntriesOf = (key) => {
        const encoded = encodeKey(key);
        if (!asked.has(encoded)) throw new KeyNotLookedUpError(key);
        const entries = entriesIn(sources, encoded);
        withdrawals.note(encoded, entries, time);
        return entries;
      };
      return { sources, ecosystems, time, entriesOf };
    },

    changedUnits(before, now) {
      if (!isComparable(before, now)) return undefined;
      const asked = unitsWith(keyOf(now.ecosystems));
      const changed = new Set(withdrawals.until(now.time));
      for (const [place, { lines }] of now.sources.entries()) {
        const past = before.sources[place]?.lines;
        for (const key of differing(asked.keys(), past, lines)) changed.add(key);
      }
      return new Set([...changed].flatMap((key) => asked.get(key) ?? []));
    },
  };
}

/** Whether the same units are asked for by the same names of the same feeds; what was withdrawn comes not back. */
function isComparable(before: AdvisoryLines, now: AdvisoryLines): boolean {
  return (
    now.time >= before.time &&
    keyOf(now.ecosystems) === keyOf(before.ecosystems) &&
    now.sources.length === before.sources.length &&
    now.sources.every(({ feed }, place) => feed === before.sources[place]?.feed)
  );
}

function* differing(
  keys: Iterable<string>,
  left: Source['lines'] | undefined,
  right: Source['lines'],
): Generator<string> {
  if (left === right) return;
  for (const key of keys) if (left?.get(key) !== right.get(key)) yield key;
}

function keyOf(ecosystems: ReadonlySet<string>): string {
  return JSON.stringify([...ecosystems].sort());
}

function entriesIn(sources: readonly Source[], key: string): AdvisoryEntry[] {
  let found: AdvisoryEntry[] | undefined;
  for (const { feed, lines } of sources) {
    const text = lines.get(key);
    if (text === undefined) continue;
    const entries = decodeLines(feed, text);
    found = found ? [...found, ...entries] : entries;
  }
  return found ?? [];
}

/** What was read that will be withdrawn, but was not yet: the same lines say less then. */
function createWithdrawals() {
  const next = new Map<string, number>();
  return {
    note(key: string, entries: readonly AdvisoryEntry[], time: number): void {
      for (const { withdrawn } of entries) {
        const at = withdrawn === null ? Number.NaN : Date.parse(withdrawn);
        if (at > time) next.set(key, Math.min(at, next.get(key) ?? at));
      }
    },
    /** What something was withdrawn of by then. */
    until(time: number): string[] {
      return [...next].filter(([, at]) => at <= time).map(([key]) => key);
    },
  };
}

/** Asks each question once. */
function onceEach<Answer>(ask: (question: string) => Answer): (question: string) => Answer {
  const answers = new Map<string, Answer>();
  return (question) => {
    const answer = answers.get(question) ?? ask(question);
    answers.set(question, answer);
    return answer;
  };
}
