import type { ImageFacts } from '../core/change/items.ts';
import { placesOf } from '../core/fleet/fleet-index.ts';
import { affectedBy, findingsOfImage, type UnitFindings } from '../core/fleet/unit-findings.ts';
import type { Digest } from '../core/image/digest.ts';
import type { Finding } from '../core/match/finding.ts';
import { readSegment } from './fleet-segments.ts';
import type { MatchedFleet } from './night-objects.ts';
import type { ObjectStore } from './ports.ts';
import { RUN_FORMATS, type RunFindings } from './read-run.ts';
import { readObject } from './stored-objects.ts';

/** Findings by yesterday's snapshots and by today's; `null` where there are none. */
export interface Judgements {
  readonly before: readonly Finding[] | null;
  readonly after: readonly Finding[] | null;
}

/** A platform digest of a fleet that was matched. */
interface JudgedImage {
  readonly facts: ImageFacts;
  findings(): Judgements;
  /** Those of the packages that are `changed` alone. */
  changes(): Judgements;
}

/** A fleet that was matched by its units. */
export interface JudgedFleet {
  /** Whether there was anything to match with. */
  readonly isJudged: boolean;
  /** Packages, by their purls without version, of which tonight's snapshots say something else; `null` when there is no telling. */
  readonly changed: ReadonlySet<string> | null;
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
  const affected =
    changes && after
      ? affectedBy(
          index,
          changes.map(([unit]) => unit),
        )
      : null;
  const placeOf = placesOf(index);
  const expand = (units: UnitFindings | null, image: number, wanted?: Uint8Array) =>
    units && findingsOfImage(index, units, image, wanted);
  return {
    isJudged: after !== null,
    changed: affected?.packages ?? null,
    find(digest) {
      const image = placeOf(digest);
      const facts = image === undefined ? undefined : index.facts[index.factsAt[image] ?? 0];
      if (image === undefined || !facts) return undefined;
      return {
        facts,
        findings() {
          return { before: expand(before, image), after: expand(after, image) };
        },
        changes() {
          if (affected?.images[image] === 0) return { before: [], after: [] };
          const wanted = affected?.units;
          return { before: expand(before, image, wanted), after: expand(after, image, wanted) };
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
