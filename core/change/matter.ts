import type { Alert, Cause, Thread } from '../alert/alert.ts';
import type { AlertText } from '../alert/compose-alert.ts';
import { composeAlert } from '../alert/compose-alert.ts';
import type { Digest } from '../image/digest.ts';
import type { Item, RuntimeMove } from '../lineage/lineage.ts';
import { hashOf } from '../object/json-object.ts';
import type { EndedSuppression } from './compare-lineage.ts';

/** One thing to tell, gathered from every lineage that it concerns. */
export interface Matter {
  /** `exploited`: an open finding became known to be exploited; `unsuppressed`: a suppression is over. Both are told as `disclosed`. */
  readonly kind: 'regression' | 'new-workload' | 'disclosed' | 'exploited' | 'unsuppressed';
  readonly cause: Cause;
  /** `registry/repository:tag` for an image's matter, the finding's id for an advisory's. */
  readonly subject: string;
  /** The digest that brought it; `null` for an advisory. */
  readonly imageDigest: Digest | null;
  /** What a lineage pointed at before, when somebody chose an older digest. */
  readonly previousDigest: Digest | null;
  /** Of `unsuppressed`: what had silenced it, and why it does no more. */
  readonly over?: EndedSuppression;
  /** What the matter opened. */
  readonly items: Map<string, Item>;
  /** What it tells of that was open already, and stays with the thread it has. */
  readonly known: Map<string, Item>;
  readonly moves: Map<string, RuntimeMove>;
  readonly lineages: Set<string>;
}

/** Matters by the key under which lineages join them. */
export type Matters = Map<string, Matter>;

/** Adds to the matter of a key, opening it if it is new. */
export function joinMatter(
  matters: Matters,
  key: string,
  opening: Omit<Matter, 'items' | 'known' | 'moves' | 'lineages'>,
): Matter {
  const known = matters.get(key);
  if (known) return known;
  const matter: Matter = {
    ...opening,
    items: new Map(),
    known: new Map(),
    moves: new Map(),
    lineages: new Set(),
  };
  matters.set(key, matter);
  return matter;
}

/**
 * What a matter is, path and time left out: the digest or records that brought it
 * and what they brought (design: an alert's id must be the same by day and by night).
 */
export function matterHash(matter: Matter): string {
  // One message a vulnerability, whatever its records come to say.
  if (matter.kind === 'exploited') return hashOf(['exploited', matter.subject]);
  if (matter.kind === 'unsuppressed') {
    // An entry may be over here today and there another day: by another fix, or another edit of the file.
    const { entry, until, version } = matter.over?.by ?? {};
    return hashOf(['unsuppressed', matter.subject, entry, until, version, recordsOf(matter)]);
  }
  if (matter.kind === 'disclosed') {
    return hashOf(['disclosed', matter.subject, recordsOf(matter)]);
  }
  return hashOf([
    matter.kind,
    matter.cause,
    matter.imageDigest,
    matter.previousDigest,
    [...matter.items.keys()].sort(),
    [...matter.moves.keys()].sort(),
  ]);
}

/** What the records say that a matter is of, each once. */
function recordsOf({ items }: Matter): string[] {
  const records = [...items.values()].flatMap((item) => item.records);
  return [...new Set(records.map(({ id, hash }) => `${id} ${hash}`))].sort();
}

/** The id of a matter in its present episode. */
export function episodeId(matter: string, ended: Readonly<Record<string, number>>): string {
  const episodes = ended[matter] ?? 0;
  return episodes === 0 ? matter : hashOf([matter, episodes]);
}

/** A matter's alert with the thread it opens. */
export interface ToldMatter {
  readonly alert: Alert;
  readonly thread: Thread;
}

/** Makes the alert of a matter; `text` says how it reads. */
export function tell(
  matter: string,
  ended: Readonly<Record<string, number>>,
  text: AlertText,
): ToldMatter {
  const alertId = episodeId(matter, ended);
  const alert = composeAlert(alertId, alertId, text);
  const { kind, severity, title, subject } = alert;
  return { alert, thread: { threadId: alertId, matter, kind, severity, title, subject } };
}
