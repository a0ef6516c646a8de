import { barePurl, findingOfKey } from '../../core/change/items.ts';
import { isSameId } from '../../core/explain/asked.ts';
import type { LineageRow, OpenItem } from '../../core/lineage/lineage.ts';
import { type Run, shardOf } from '../../core/run/run.ts';
import type { ObjectStore } from '../ports.ts';
import type { Past } from '../read-past.ts';
import { RUN_FORMATS } from '../read-run.ts';
import { findObject } from '../stored-objects.ts';
import type { Since } from './explained.ts';
import { findRun } from './find-resolved.ts';

/** Nights that are gone back, at most: each is read by itself. */
const NIGHTS_BACK = 100;

/** A finding by its names: it may have been known by another one before. */
export interface FindingNames {
  readonly ids: readonly string[];
  readonly purl: string;
}

/** The open item of a finding on a lineage. */
export function openItem(
  { items }: Pick<LineageRow, 'items'>,
  { ids, purl }: FindingNames,
): OpenItem | undefined {
  const bare = barePurl(purl);
  return items.find(
    ({ key, ids: names }) =>
      findingOfKey(key)?.purl === bare &&
      names.some((name) => ids.some((id) => isSameId(name, id))),
  );
}

/**
 * Since when a finding is open on each of some lineages: no row keeps it, so the nights before are
 * asked, back to the first that had nothing of it.
 */
export async function openSince(
  objects: ObjectStore,
  { run, rows, runRows, heads }: Past,
  lineages: readonly string[],
  names: FindingNames,
): Promise<ReadonlyMap<string, Since>> {
  const since = new Map<string, Since>();
  const byNight = new Map(runRows.map((row) => [row.lineage, row]));
  const asked = new Set<string>();
  for (const lineage of lineages) {
    const row = rows.get(lineage);
    if (!row || !openItem(row, names)) continue;
    const night = byNight.get(lineage);
    const pushedAt = heads.get(row.channel)?.pushedAt;
    if (run && night && openItem(night, names)) {
      since.set(lineage, { at: run.at, by: 'at-least' });
      asked.add(lineage);
    } else if (pushedAt !== undefined) since.set(lineage, { at: pushedAt, by: 'push' });
  }
  await goBack(objects, run, { asked, since, names });
  return since;
}

interface Search {
  /** Lineages of which the beginning is not known yet. */
  readonly asked: Set<string>;
  readonly since: Map<string, Since>;
  readonly names: FindingNames;
}

async function goBack(objects: ObjectStore, last: Run | undefined, search: Search): Promise<void> {
  let run = last;
  for (let night = 0; run && search.asked.size > 0 && night < NIGHTS_BACK; night++) {
    run = await stepBack(objects, run, search);
  }
}

/** Looks into the night before; `undefined` where there is none, or it is not kept. */
async function stepBack(
  objects: ObjectStore,
  { at, base }: Run,
  { asked, since, names }: Search,
): Promise<Run | undefined> {
  if (base === null) {
    for (const lineage of asked) since.set(lineage, { at, by: 'first-night' });
    return undefined;
  }
  const before = await findRun(objects, base);
  if (!before) return undefined;
  const rows = await findRows(objects, before, asked);
  for (const lineage of [...asked]) {
    const row = rows.get(lineage);
    const isOpen = row !== undefined && openItem(row, names) !== undefined;
    since.set(lineage, isOpen ? { at: before.at, by: 'at-least' } : { at, by: 'night' });
    if (!isOpen) asked.delete(lineage);
  }
  return before;
}

async function findRows(
  objects: ObjectStore,
  { rows }: Run,
  lineages: Iterable<string>,
): Promise<ReadonlyMap<string, LineageRow>> {
  const keys = new Set([...lineages].flatMap((each) => rows[shardOf(each, rows.length)] ?? []));
  const found = new Map<string, LineageRow>();
  for (const key of keys) {
    const shard = await findObject<readonly LineageRow[]>(objects, RUN_FORMATS.rows, key);
    for (const row of shard ?? []) found.set(row.lineage, row);
  }
  return found;
}
