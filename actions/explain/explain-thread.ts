import type { Alert } from '../../core/alert/alert.ts';
import { findingOfKey } from '../../core/change/items.ts';
import { closest } from '../../core/explain/closest.ts';
import type { Run } from '../../core/run/run.ts';
import type { ObjectStore } from '../ports.ts';
import { RUN_FORMATS } from '../read-run.ts';
import { findObject } from '../stored-objects.ts';
import type { Outcome, ThreadAnswer, ThreadItem } from './explained.ts';
import { findRun } from './find-resolved.ts';
import type { Search } from './search.ts';

/** Nights whose alerts are looked through. */
const NIGHTS_BACK = 60;

/** Digits of an id by which people are told of it. */
const DIGITS = 8;

/** Findings and checks that are told one by one. */
const ITEMS = 20;

/**
 * Says what a thread is about: what was told under it, and what of that is open still.
 * `digits`: its id, or the beginning of it as messages write it.
 *
 * @throws MalformedObjectError
 */
export async function explainThread(search: Search, digits: string): Promise<Outcome> {
  const { objects, past } = search;
  const isMeant = (id: string) => id.startsWith(digits.toLowerCase());
  const open = past.threads.find(({ threadId }) => isMeant(threadId));
  const told = await findTold(objects, past, isMeant);
  const id = open?.threadId ?? told[0]?.threadId;
  if (id === undefined) {
    const known = past.threads.map(({ threadId }) => threadId.slice(0, DIGITS));
    const similar = closest(digits.slice(0, DIGITS), known);
    return { kind: 'unknown', asked: digits, what: 'thread', similar };
  }
  const items = itemsOf(search, id);
  return {
    kind: 'thread',
    thread: id,
    isOpen: open !== undefined,
    title: open?.title ?? told.at(-1)?.title ?? '',
    told: told.map(({ at, kind, title, remedy, lineages }) => ({
      at,
      kind,
      title,
      remedy,
      lineages,
    })),
    items: items.slice(0, ITEMS),
    more: Math.max(0, items.length - ITEMS),
  };
}

type Told = Alert & Pick<ThreadAnswer['told'][number], 'at'>;

/** What was told under a thread, oldest first; nights are gone back to the one that opened it. */
async function findTold(
  objects: ObjectStore,
  { run: last, told }: Search['past'],
  isMeant: (id: string) => boolean,
): Promise<readonly Told[]> {
  const found: Told[] = [];
  const take = (alerts: readonly Alert[], at: string | null) =>
    found.unshift(
      ...alerts.filter(({ threadId }) => isMeant(threadId)).map((alert) => ({ ...alert, at })),
    );
  take(told, null);
  let run = last;
  for (let night = 0; run && night < NIGHTS_BACK; night++) {
    take(await alertsOf(objects, run.alerts), run.at);
    take(await alertsOf(objects, run.told), null);
    // The first word of a thread has its id.
    if (found.some(({ alertId, threadId }) => alertId === threadId)) break;
    run = run.base === null ? undefined : await findRun(objects, run.base);
  }
  return [...new Map(found.map((alert) => [alert.alertId, alert])).values()];
}

/** None of a night that keeps them no more. */
async function alertsOf(objects: ObjectStore, key: Run['alerts']): Promise<readonly Alert[]> {
  return (await findObject<readonly Alert[]>(objects, RUN_FORMATS.alerts, key)) ?? [];
}

/** What is open under a thread in the images that are asked about. */
function itemsOf({ targets }: Search, thread: string): readonly ThreadItem[] {
  const items = new Map<string, ThreadItem & { readonly lineages: string[] }>();
  for (const row of targets.flatMap(({ rows }) => rows)) {
    for (const { key, title, severity, fixedIn, origin } of row.items) {
      if (typeof origin === 'string' || origin.thread !== thread) continue;
      const known = items.get(key);
      if (known) known.lineages.push(row.lineage);
      else {
        const { id, purl } = findingOfKey(key) ?? { id: key.slice('check|'.length), purl: null };
        items.set(key, {
          key,
          id,
          package: purl,
          title,
          severity,
          fixedIn,
          lineages: [row.lineage],
        });
      }
    }
  }
  return [...items.values()];
}
