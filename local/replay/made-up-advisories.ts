import type { WrittenEvent } from '../world/world-event.ts';
import { InvalidLocksError } from './invalid-locks-error.ts';
import { originOf } from './replay-image.ts';

/** What a tag held from a time on, as `name=version`. */
interface PublishedSet {
  /** RFC 3339. */
  readonly at: string;
  readonly packages: readonly string[];
}

const FEED = 'chainguard';
const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
/** From advisory to fix: at least one night sees the finding open. */
const OPEN_FOR = 36 * HOUR;

const ARCHES = ['aarch64', 'x86_64'];

/** What a made-up record says; the rest of it is the same for all. */
interface Story {
  /** Day after the first publication on which it appears, at noon. */
  readonly day: number;
  readonly title: string;
  readonly name: string;
  readonly arches: readonly string[];
  /** Version that ends it; `'0'`: no version was ever affected. */
  readonly fixed?: string;
  /** Chainguard's mark on a record that is meant for all that is built from the package. */
  readonly isForSubpackages: boolean;
  readonly withdrawnAfterDays?: number;
}

/**
 * Six advisories that nobody published, about packages that the sets really hold, in the
 * shape of Chainguard's OSV v3 feed: each makes the history do one thing.
 *
 * @param sets what ran, oldest first
 * @throws InvalidLocksError when the history has no package for one of them
 */
export function makeUpAdvisories(sets: readonly PublishedSet[]): WrittenEvent[] {
  const [first] = sets;
  if (!first) throw new InvalidLocksError('no package set to write advisories for');
  const start = Date.parse(`${first.at.slice(0, 10)}T12:00:00.000Z`);
  return tellStories(sets, start).flatMap((story, index) => writeStory(story, index, start));
}

function tellStories(sets: readonly PublishedSet[], start: number): Story[] {
  const origin = lastingOrigin(sets);
  const update = findUpdate(sets, start + 3 * DAY);
  const [disclosed, oneArch, notAffected, withdrawn] = lastingPackages(sets).filter(
    (name) => name !== update?.name,
  );
  if (!disclosed || !oneArch || !notAffected || !withdrawn || !origin || !update) {
    throw new InvalidLocksError(
      'the advisories need four lasting packages, an origin with sub-packages and an update',
    );
  }
  const plain = { arches: ARCHES, isForSubpackages: false };
  return [
    { ...plain, day: 2, title: 'disclosed while it runs', name: disclosed },
    { ...plain, day: 3, title: 'fixed by a later lock', ...update },
    { ...plain, day: 4, title: 'one architecture only', name: oneArch, arches: ['aarch64'] },
    { ...plain, day: 5, title: 'not affected', name: notAffected, fixed: '0' },
    { ...plain, day: 6, title: 'withdrawn', name: withdrawn, withdrawnAfterDays: 3 },
    { ...plain, day: 7, title: 'by origin', name: origin, isForSubpackages: true },
  ];
}

/** Packages of every set that are built from no other, and that no other is built from. */
function lastingPackages(sets: readonly PublishedSet[]): string[] {
  const names = namesInAll(sets);
  return names.filter((name) => originOf(name) === name && isAlone(name, names));
}

/** Whether a package is the only one of its origin: what names it names nothing else. */
function isAlone(name: string, names: readonly string[]): boolean {
  return names.every((other) => other === name || originOf(other) !== originOf(name));
}

/** The first origin of lasting packages that is itself in no set. */
function lastingOrigin(sets: readonly PublishedSet[]): string | undefined {
  const names = new Set(sets.flatMap(({ packages }) => packages.map(nameOf)));
  const origins = Map.groupBy(namesInAll(sets), originOf);
  return [...origins].find(([origin, subs]) => !names.has(origin) && subs.length > 1)?.[0];
}

/** The first update, well after `from`, of a package that is the only one of its origin. */
function findUpdate(
  sets: readonly PublishedSet[],
  from: number,
): { readonly name: string; readonly fixed: string } | undefined {
  const running = sets.findLast(({ at }) => Date.parse(at) <= from) ?? sets[0];
  const versions = new Map(running?.packages.map((each) => [nameOf(each), versionOf(each)]));
  const candidates = new Set([...versions.keys()].filter((name, _, all) => isAlone(name, all)));
  for (const { at, packages } of sets.filter((set) => Date.parse(set.at) > from)) {
    const updated = packages.filter(
      (each) => candidates.has(nameOf(each)) && versions.get(nameOf(each)) !== versionOf(each),
    );
    const [first] = updated;
    if (first && Date.parse(at) >= from + OPEN_FOR) {
      return { name: nameOf(first), fixed: versionOf(first) };
    }
    // What is updated before a night saw it open would never be told.
    for (const each of updated) candidates.delete(nameOf(each));
  }
  return undefined;
}

function namesInAll(sets: readonly PublishedSet[]): string[] {
  const [first, ...rest] = sets.map(({ packages }) => new Set(packages.map(nameOf)));
  return [...(first ?? [])].filter((name) => rest.every((names) => names.has(name))).sort();
}

function nameOf(text: string): string {
  return text.slice(0, text.indexOf('='));
}

function versionOf(text: string): string {
  return text.slice(text.indexOf('=') + 1);
}

function writeStory(story: Story, index: number, start: number): WrittenEvent[] {
  const at = new Date(start + story.day * DAY).toISOString();
  // Ids of the real form that no registrar has given: all x, and seven digits.
  const id = `CGA-xxxx-xxxx-xx2${index + 2}`;
  const advised: WrittenEvent = {
    at,
    do: 'advise',
    feed: FEED,
    record: writeRecord(story, id, at),
  };
  if (story.withdrawnAfterDays === undefined) return [advised];
  const end = new Date(start + (story.day + story.withdrawnAfterDays) * DAY).toISOString();
  return [advised, { at: end, do: 'withdraw', feed: FEED, id }];
}

function writeRecord(story: Story, id: string, at: string) {
  const { name, arches, fixed, title, isForSubpackages } = story;
  return {
    id,
    modified: at,
    published: at,
    summary: `Made up for a replay: ${title}`,
    upstream: [`CVE-2026-90000${id.slice(-2)}`],
    affected: arches.map((arch) => ({
      package: { ecosystem: 'Chainguard', name, purl: `pkg:apk/chainguard/${name}?arch=${arch}` },
      ranges: [
        {
          type: 'ECOSYSTEM',
          events: [{ introduced: '0' }, ...(fixed === undefined ? [] : [{ fixed }])],
        },
      ],
      ecosystem_specific: {
        components: [
          {
            component_location: '/.PKGINFO',
            component_name: name,
            component_type: 'apk',
            latest_event_status: statusOf(fixed),
            latest_event_timestamp: at,
          },
        ],
      },
      database_specific: { chainguard: { applies_to_subpackages: isForSubpackages } },
    })),
  };
}

function statusOf(fixed: string | undefined): string {
  if (fixed === undefined) return 'detection';
  return fixed === '0' ? 'false_positive_determination' : 'fixed';
}
