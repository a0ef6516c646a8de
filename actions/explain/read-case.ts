import { findingOfKey } from '../../core/change/items.ts';
import { isSameId, mayBeNamed } from '../../core/explain/asked.ts';
import type { Examined } from './examine.ts';
import type { ExplainedCase, Place, PlaceLineage } from './explained.ts';
import { findFixed } from './find-fixed.ts';
import type { Target } from './find-targets.ts';
import { type KnownImages, readKnownImages } from './known-images.ts';
import { type FindingNames, openItem, openSince, suppressedItem } from './open-since.ts';
import { readPlace } from './read-place.ts';
import type { Search } from './search.ts';

/** Images of a finding that are told about one by one. */
const PLACES = 5;

/** Reads where one package is that was examined, and what there is to say of these images. @throws ObjectMissingError, MalformedObjectError */
export async function readCase(
  search: Search,
  { unit, explanation, holders }: Examined,
  id: string,
): Promise<ExplainedCase> {
  const isAffected = explanation.verdict === 'affected';
  const asked = { id, named: unit.purl };
  const all = holders();
  // Where it is open first: there somebody has to do something.
  const sorted = [
    ...all.filter(({ rows }) => hasOpen(rows, asked)),
    ...all.filter(({ rows }) => !hasOpen(rows, asked)),
  ];
  const shown = sorted.slice(0, PLACES);
  const platforms = new Map<string, KnownImages>();
  const places: Place[] = [];
  for (const target of shown) {
    const known =
      platforms.get(target.platform) ??
      (await readKnownImages(search.state, search.objects, search.past, target.platform));
    platforms.set(target.platform, known);
    const placed = await readPlace(search.objects, { target, unit }, known);
    const fixed = isAffected
      ? await findFixed(search, target, { ...placed, known }, { id, unit })
      : [];
    // Beside one that is dropped the same package may be open.
    const ids = isAffected ? explanation.ids : [];
    const lineages = await readLineages(search, target, { ids, purl: unit.purl });
    places.push({ ...placed, called: target.called ?? null, lineages, fixed });
  }
  const { finding } = explanation;
  return {
    unit,
    explanation,
    likelihood: await search.advisories.likelihood(explanation),
    suppressed: (isAffected && finding && search.silencedBy?.(finding)) || null,
    places,
    more: sorted.length - shown.length,
  };
}

async function readLineages(
  { objects, past }: Search,
  target: Target,
  names: FindingNames,
): Promise<PlaceLineage[]> {
  const lineages = target.rows.map(({ lineage }) => lineage);
  const since = await openSince(objects, past, lineages, names);
  return target.rows.map((row) => ({
    lineage: row.lineage,
    kind: row.kind,
    reference: row.reference,
    imageDigest: row.imageDigest,
    stale: row.stale,
    origin: openItem(row, names)?.origin ?? null,
    suppressed: suppressedItem(row, names)?.suppressed ?? null,
    since: since.get(row.lineage) ?? null,
  }));
}

/** A vulnerability, of a package or of any. */
export interface Asked {
  readonly id: string;
  readonly named: string | null;
}

/** Whether a vulnerability is open, or suppressed, on one of these lineages. */
export function hasOpen(rows: Target['rows'], asked: Asked): boolean {
  return rows.some((row) => openPurls(row, asked).length > 0);
}

/** The packages, by their purls without version, in which a vulnerability is open or suppressed on a lineage. */
export function openPurls(
  { items, suppressed = [] }: Target['rows'][number],
  { id, named }: Asked,
): string[] {
  return [...items, ...suppressed].flatMap(({ key, ids }) => {
    const purl = findingOfKey(key)?.purl;
    if (purl === undefined || !ids.some((each) => isSameId(each, id))) return [];
    return named === null || mayBeNamed(purl, named) ? [purl] : [];
  });
}
