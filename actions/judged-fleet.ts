import type { ImageFacts } from '../core/change/items.ts';
import { placesOf } from '../core/fleet/fleet-index.ts';
import { findingsOfImage, imagesWith, type UnitFindings } from '../core/fleet/unit-findings.ts';
import type { Digest } from '../core/image/digest.ts';
import type { Finding } from '../core/match/finding.ts';
import { readSegment } from './fleet-segments.ts';
import type { MatchedFleet } from './night-objects.ts';
import type { ObjectStore } from './ports.ts';
import { RUN_FORMATS, type RunFindings } from './read-run.ts';
import { readObject } from './stored-objects.ts';

/** A platform digest of a fleet that was matched. */
export interface JudgedImage {
  readonly facts: ImageFacts;
  /** Whether it has other findings by today's snapshots than by yesterday's, or there is no telling. */
  readonly isChanged: boolean;
  /** By yesterday's snapshots and by today's; `null` where there are none. Made when asked for. */
  findings(): {
    readonly before: readonly Finding[] | null;
    readonly after: readonly Finding[] | null;
  };
}

/** A fleet that was matched by its units. */
export interface JudgedFleet {
  /** Whether there was anything to match with. */
  readonly isJudged: boolean;
  /** A digest; `undefined` for one that was not read. */
  find(digest: Digest): JudgedImage | undefined;
}

/** Reads what the matching has left. @throws ObjectMissingError, MalformedObjectError */
export async function readMatchedFleet(
  objects: ObjectStore,
  { index: { key }, findings, before: changes }: MatchedFleet,
): Promise<JudgedFleet> {
  const index = await readSegment(objects, key);
  const { units: after } = await readObject<RunFindings>(objects, RUN_FORMATS.findings, findings);
  const before = changes && withChanges(after ?? [], changes);
  const changed =
    changes && after
      ? imagesWith(
          index,
          changes.map(([unit]) => unit),
        )
      : null;
  const placeOf = placesOf(index);
  const expand = (units: UnitFindings | null, image: number) =>
    units && findingsOfImage(index, units, image);
  return {
    isJudged: after !== null,
    find(digest) {
      const image = placeOf(digest);
      const facts = image === undefined ? undefined : index.facts[index.factsAt[image] ?? 0];
      if (image === undefined || !facts) return undefined;
      const isChanged = changed?.[image] !== 0;
      return {
        facts,
        isChanged,
        findings() {
          const now = expand(after, image);
          return { before: isChanged ? expand(before, image) : now, after: now };
        },
      };
    },
  };
}

function withChanges(
  after: UnitFindings,
  changes: NonNullable<MatchedFleet['before']>,
): UnitFindings {
  const before = [...after];
  for (const [unit, findings] of changes) before[unit] = findings;
  return before;
}
