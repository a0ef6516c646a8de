import { barePurl, findingOfKey } from '../../core/change/items.ts';
import { isSameId } from '../../core/explain/asked.ts';
import type { Item, LineageRow, OpenItem, SuppressedItem } from '../../core/lineage/lineage.ts';
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

/** A lineage's items, those that are suppressed too. */
type Items = Pick<LineageRow, 'items' | 'suppressed'>;

/** The open item of a finding on a lineage. */
export function openItem({ items }: Items, names: FindingNames): OpenItem | undefined {
  return items.find((each) => isNamed(each, names));
}

/** As `openItem`, of what somebody has decided not to hear of. */
export function suppressedItem(
  { suppressed = [] }: Items,
  names: FindingNames,
): SuppressedItem | undefined {
  return suppressed.find((each) => each.package === names.purl && isNamed(each, names));
}

function isNamed({ key, ids: known }: Item, { ids, purl }: FindingNames): boolean {
  if (findingOfKey(key)?.purl !== barePurl(purl)) return false;
  return known.some((name) => ids.some((id) => isSameId(name, id)));
}

function isFound(row: Items, names: FindingNames): boolean {
  return openItem(row, names) !== undefined || suppressedItem(row, names) !== undefined;
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
    if (!row || !isFound(row, names)) continue;
    const night = byNight.get(lineage);
    const pushedAt = heads.get(row.channel)?.pushedAt;
    if (run && night && isFound(night, names)) {
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
    const isOpen = row !== undefined && isFound(row, names);
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
