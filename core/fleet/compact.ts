import type { ImageFacts } from '../change/items.ts';
import type { Digest } from '../image/digest.ts';
import type { IndexedImage } from '../inventory/inventory.ts';
import { type Unit, unitKey } from '../match/unit.ts';
import { type FleetIndex, membersOf } from './fleet-index.ts';

/** What an index is to hold. */
export interface Wanted {
  /** @default every digest of the parts */
  readonly digests?: ReadonlySet<Digest>;
  /** Images whose platforms are known. @default none */
  readonly images?: Iterable<IndexedImage>;
}

/** One image of one of the parts. */
interface Source {
  readonly digest: Digest;
  readonly part: number;
  readonly image: number;
}

/**
 * Puts indexes together: a base and what came since, without what is not wanted any more.
 * A digest that several of them have is taken from the first. The result is the same as
 * that of indexing the same inventories anew.
 */
export function compact(parts: readonly FleetIndex[], wanted: Wanted = {}): FleetIndex {
  const sources = sourcesOf(parts, wanted.digests);
  const used = parts.map(({ units, facts }) => ({
    units: new Uint8Array(units.length),
    facts: new Uint8Array(facts.length),
  }));
  let size = 0;
  for (const { part, image } of sources) {
    const [from, marks] = [parts[part], used[part]];
    if (!from || !marks) continue;
    marks.facts[from.factsAt[image] ?? 0] = 1;
    const members = membersOf(from, image);
    for (let n = 0; n < members.length; n++) marks.units[members[n] ?? 0] = 1;
    size += members.length;
  }
  const units = merge<Unit>(
    parts.map((part) => part.units),
    used.map((each) => each.units),
    unitKey,
  );
  const facts = merge<ImageFacts>(
    parts.map((part) => part.facts),
    used.map((each) => each.facts),
    (each) => JSON.stringify(each),
  );
  return {
    units: units.merged,
    facts: facts.merged,
    ...lists(parts, sources, { units: units.places, facts: facts.places, size }),
    images: imagesOf(wanted.images),
  };
}

function sourcesOf(
  parts: readonly FleetIndex[],
  wanted: ReadonlySet<Digest> | undefined,
): Source[] {
  const sources = new Map<Digest, Source>();
  for (const [part, { digests }] of parts.entries()) {
    for (const [image, digest] of digests.entries()) {
      if (sources.has(digest) || wanted?.has(digest) === false) continue;
      sources.set(digest, { digest, part, image });
    }
  }
  return sorted(sources);
}

interface Merged<Value> {
  /** Distinct, by key. */
  readonly merged: readonly Value[];
  /** By part: where each of its values has gone. */
  readonly places: readonly Uint32Array[];
}

/** The used values of all parts, each once, sorted by key. */
function merge<Value>(
  parts: readonly (readonly Value[])[],
  used: readonly Uint8Array[],
  keyOf: (value: Value) => string,
): Merged<Value> {
  const byKey = new Map<string, { readonly value: Value; place: number }>();
  const found = parts.map((values, part) =>
    values.map((value, place) => {
      if (used[part]?.[place] !== 1) return undefined;
      const key = keyOf(value);
      const known = byKey.get(key);
      if (known) return known;
      const first = { value, place: 0 };
      byKey.set(key, first);
      return first;
    }),
  );
  const all = sorted(byKey);
  for (const [place, each] of all.entries()) each.place = place;
  return {
    merged: all.map(({ value }) => value),
    places: found.map((each) => Uint32Array.from(each, (value) => value?.place ?? 0)),
  };
}

interface Places {
  readonly units: readonly Uint32Array[];
  readonly facts: readonly Uint32Array[];
  /** Of all lists together. */
  readonly size: number;
}

/** The images' own lists. Parts and result sort units alike, so that a list stays sorted. */
function lists(
  parts: readonly FleetIndex[],
  sources: readonly Source[],
  places: Places,
): Pick<FleetIndex, 'digests' | 'factsAt' | 'starts' | 'members'> {
  const factsAt = new Uint32Array(sources.length);
  const starts = new Uint32Array(sources.length + 1);
  const members = new Uint32Array(places.size);
  let end = 0;
  for (const [place, { part, image }] of sources.entries()) {
    const [from, units, facts] = [parts[part], places.units[part], places.facts[part]];
    if (!from || !units || !facts) continue;
    factsAt[place] = facts[from.factsAt[image] ?? 0] ?? 0;
    const own = membersOf(from, image);
    for (let n = 0; n < own.length; n++) members[end++] = units[own[n] ?? 0] ?? 0;
    starts[place + 1] = end;
  }
  return { digests: sources.map(({ digest }) => digest), factsAt, starts, members };
}

function imagesOf(images: Iterable<IndexedImage> = []): IndexedImage[] {
  return sorted(new Map([...images].map((image) => [image.digest, image])));
}

/** Values by their keys. Sorted without a function of ours, which would be called a million times. */
function sorted<Value>(map: ReadonlyMap<string, Value>): Value[] {
  const values: Value[] = [];
  for (const key of [...map.keys()].sort()) {
    const value = map.get(key);
    if (value !== undefined) values.push(value);
  }
  return values;
}
