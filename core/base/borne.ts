import { itemKeyOf } from '../change/items.ts';
import type { Digest } from '../image/digest.ts';
import type { Finding } from '../match/finding.ts';
import type { Standing } from './standing.ts';

/** A finding of something that comes with the base of its image. */
export interface Borne {
  readonly lineage: string;
  /** Of its item. */
  readonly key: string;
  readonly standing: Standing;
}

/** What says whether the finding of an item comes with the base of an image, and how that base stands. */
export type StandingOf = (digest: Digest, key: string) => Standing | undefined;

/** Whether the base has the very package in this version: else what was built on it has brought, or changed, it. */
export function isBorne(
  { packages }: Standing,
  { package: purl }: Pick<Finding, 'package'>,
): boolean {
  return packages?.has(purl) ?? false;
}

/** Says of the items of images which come with their bases: those of which all findings do. */
export function createStandingOf(
  standingOf: (digest: Digest) => Standing | undefined,
  findingsOf: (digest: Digest) => readonly Finding[],
): StandingOf {
  const byDigest = new Map<Digest, ReadonlyMap<string, readonly Finding[]>>();
  return (digest, key) => {
    const standing = standingOf(digest);
    if (!standing?.packages) return undefined;
    const byKey = byDigest.get(digest) ?? Map.groupBy(findingsOf(digest), itemKeyOf);
    byDigest.set(digest, byKey);
    const findings = byKey.get(key) ?? [];
    const isOfBase = findings.length > 0 && findings.every((each) => isBorne(standing, each));
    return isOfBase ? standing : undefined;
  };
}

/** Whether the newest build of the base is without it; `null` where that is not known. */
export function isGone({ standing, key }: Pick<Borne, 'standing' | 'key'>): boolean | null {
  const { newestFindings } = standing;
  return newestFindings === null ? null : !newestFindings.has(key);
}
