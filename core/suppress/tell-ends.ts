import type { Alert } from '../alert/alert.ts';
import type { AlertText } from '../alert/compose-alert.ts';
import { counted } from '../alert/compose-alert.ts';
import { tell } from '../change/matter.ts';
import type { LineageRow } from '../lineage/lineage.ts';
import { hashOf } from '../object/json-object.ts';
import { dayOf, daysBetween } from './days.ts';
import type { Suppression, SuppressionSet } from './suppression.ts';

/** Days before the end of a suppression at which its owner is told. */
const STEPS = [14, 3, 0];

/** What a night knows of suppressions that end. */
export interface EndsInput {
  /** Time of the night, RFC 3339. */
  readonly at: string;
  readonly set: SuppressionSet | undefined;
  /** The night before, and what was decided by then. */
  readonly before: { readonly at: string; readonly set: SuppressionSet | undefined } | undefined;
  readonly rows: readonly LineageRow[];
}

/** An end that comes near: told and done. */
interface ToldEnd {
  /** What it is, for its hash. */
  readonly what: readonly unknown[];
  readonly text: AlertText;
}

/** Tells the ends that come near, each under an id of what its entry says, the end and the step. */
export function tellEnds(input: EndsInput): Alert[] {
  return findEnds(input).map(({ what, text }) => tell(hashOf(what), {}, text).alert);
}

/**
 * Ends that come near, once a step: a night that was missed leaves only the last one. What was
 * decided later than a step has passed it already.
 */
export function findEnds({ at, set, before, rows }: EndsInput): ToldEnd[] {
  const knownBefore = new Map(before?.set?.entries.map((each) => [hashOf(saidBy(each)), each]));
  return (set?.entries ?? []).flatMap((entry) => {
    const { date } = entry.end;
    const step = stepOf(entry, at);
    if (!date || step === undefined) return [];
    const said = saidBy(entry);
    const known = knownBefore.get(hashOf(said));
    if (before && known && stepOf(known, before.at) === step) return [];
    // What was over before any night knew of it has silenced nothing.
    if (!known && at >= date.over) return [];
    const what = ['suppression-ends', said, step];
    return [{ what, text: describeEnd(entry, date.last, at, rows) }];
  });
}

/**
 * What an entry decides, and until when: what was told of it is told of that. Its name may be given
 * to another decision, and another to this one.
 */
function saidBy({ vulnerability, packages, images, workloads, end }: Suppression) {
  const [names, places, runs] = [packages, images, workloads].map((each) => each.toSorted());
  return { vulnerability, packages: names, images: places, workloads: runs, last: end.date?.last };
}

/** The last step that a time has reached. */
function stepOf({ end: { date }, from }: Suppression, at: string): number | undefined {
  if (!date || at < from) return undefined;
  const left = daysBetween(dayOf(at), date.last);
  const whole = daysBetween(dayOf(from), date.last);
  return STEPS.findLast((step) => left <= step && whole > step);
}

function describeEnd(
  { id, vulnerability, owner, author, reason }: Suppression,
  last: string,
  at: string,
  rows: readonly LineageRow[],
): AlertText {
  const silenced = rows.flatMap(({ lineage, suppressed = [] }) => {
    const own = suppressed.filter(({ suppressed: by }) => by.entry === id);
    return own.map((item) => ({ lineage, item }));
  });
  return {
    kind: 'suppression',
    severity: 'none',
    cause: 'suppression',
    title: `Suppression ${id} of ${vulnerability} ${whenText(daysBetween(dayOf(at), last), last)}: ${owner}`,
    remedy:
      silenced.length > 0
        ? `Fix it, or let ${owner} judge again and give the entry ${id} another end.`
        : `Nothing is silenced by it any more: take the entry ${id} out.`,
    subject: vulnerability,
    lineages: silenced.map(({ lineage }) => lineage),
    details: [
      `${counted(silenced.length, 'finding')} silenced by it now`,
      `Owner: ${owner}; author: ${author}`,
      reason,
    ],
  };
}

function whenText(days: number, last: string): string {
  if (days < 0) return `ended on ${last}`;
  if (days === 0) return `ends today, ${last}`;
  return `ends in ${counted(days, 'day')}, on ${last}`;
}
