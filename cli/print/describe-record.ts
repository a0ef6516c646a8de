import type { RangeEvent } from '../../core/advisory/entry.ts';
import type { RangeGround } from '../../core/advisory/evaluate.ts';
import type { RecordStatus } from '../../core/advisory/status.ts';
import { limited } from '../../core/alert/compose-alert.ts';
import type { ConsideredRecord } from '../../core/match/explain-match.ts';
import type { OwnerUnit } from '../../core/match/unit.ts';

/** Ranges and components of a record that are told. */
const SHOWN = 3;

const STATUSES: Readonly<Record<RecordStatus, string>> = {
  affected: 'its publisher has confirmed it',
  'pending-upstream': 'its publisher waits for a fix from upstream',
  'fix-not-planned': 'its publisher plans no fix',
  'analysis-not-planned': 'its publisher does not plan to look into it',
  'under-investigation': 'its publisher is still looking into it',
  'end-of-life': 'this release gets no more fixes from its publisher',
  unimportant: 'its publisher sees no danger in it',
  informational: 'it is news of the package, no vulnerability',
};

/** What a publisher's word means, as the end of a sentence. */
export function describeStatus(status: RecordStatus): string {
  return STATUSES[status];
}

/** One record that was considered: what it is about, what was compared, what came of it. */
export function describeRecord(each: ConsideredRecord, of: OwnerUnit): string {
  const who = `${each.record} (feed ${each.feed}) is about ${subjectOf(each, of)}`;
  const why = passedOver(each, of);
  if (why !== null) return `${who}: ${why}.`;
  const said = [`${who}. ${capital(rangesOf(each))}`, ...compared(each)].join('; ');
  const so = each.affected ? 'affected' : 'not affected';
  return [`${said}: ${so}.`, ...statusOf(each), ...componentsOf(each)].join(' ');
}

function subjectOf({ name, foundBy, arch, ecosystem }: ConsideredRecord, of: OwnerUnit): string {
  const role =
    foundBy === 'origin'
      ? `, the origin of ${of.name}`
      : of.source !== null && name === of.source.name && name !== of.name
        ? `, the source of ${of.name}`
        : '';
  const where = ecosystem === of.ecosystem ? '' : ` in any release of ${ecosystem}`;
  return `${name}${role}${where}${arch === null ? '' : ` on ${arch}`}`;
}

function passedOver({ passedOver: why, withdrawn }: ConsideredRecord, of: OwnerUnit) {
  switch (why) {
    case null:
      return null;
    case 'withdrawn':
      return `withdrawn ${withdrawn ?? ''}, so it says nothing any more`;
    case 'no-versions':
      return 'it names no version, so it says nothing of any';
    case 'own-records-decide':
      return `${of.name} has records of its own, which decide`;
    case 'not-for-subpackages':
      return 'it says that it does not hold for its sub-packages';
    case 'other-architecture':
      return `passed over, the package is for ${of.arch ?? 'another architecture'}`;
  }
}

/** What the ranges say of versions: those that hit, where any does. */
function rangesOf({ ground, affected }: ConsideredRecord): string {
  const { ranges, listed } = ground;
  const hits = ranges.filter((each) => each.affected);
  const told = affected && hits.length > 0 ? hits : ranges;
  if (told.length === 0) return listed ? 'it lists versions one by one' : 'it lists other versions';
  const texts = [...new Set(told.map(({ range }) => rangeText(range)))];
  return `it affects ${limited(texts, SHOWN).join(', and ')}`;
}

function rangeText(range: readonly RangeEvent[]): string {
  const limits = range.filter(([kind]) => kind === 'limit').map(([, version]) => version);
  const events = range.filter(([kind]) => kind !== 'limit');
  const spans = spansOf(events)?.map(([from, end]) => spanText(from, end));
  const text = spans?.join(', ') ?? `what lies between ${events.map(eventText).join(', ')}`;
  return limits.length > 0 ? `${text} (before ${limits.join(' or ')})` : text;
}

type Span = readonly [from: string, end: RangeEvent | undefined];

/** Each beginning with its end; `undefined` where two beginnings or two ends follow each other. */
function spansOf(events: readonly RangeEvent[]): Span[] | undefined {
  const spans: Span[] = [];
  for (let at = 0; at < events.length; at += 2) {
    const [begin, end] = [events[at], events[at + 1]];
    if (begin?.[0] !== 'introduced' || end?.[0] === 'introduced') return undefined;
    spans.push([begin[1], end]);
  }
  return spans;
}

function eventText([kind, version]: RangeEvent): string {
  return `${kind.replace('_', ' ')} ${version}`;
}

function spanText(from: string, end: RangeEvent | undefined): string {
  if (!end)
    return from === '0'
      ? 'every version, no fix is known'
      : `${from} and all above, no fix is known`;
  const [kind, to] = end;
  if (kind === 'fixed' && from === to) return 'no version';
  const until = kind === 'fixed' ? `below ${to}` : `up to ${to}`;
  return from === '0' ? `versions ${until}` : `versions from ${from}, ${until}`;
}

/** `17.8-r1 is below 17.8-r3`. */
function compared({ ground, installed, fallback, affected }: ConsideredRecord): string[] {
  if (fallback) {
    return [
      `${installed} cannot be compared, so only a record that lists it or holds for all can hit`,
    ];
  }
  if (ground.listed && !ground.ranges.some((each) => each.affected)) {
    const how = ground.listed === 'text' ? '' : ' in another spelling';
    return [`${installed} is among those it lists${how}`];
  }
  const hit = ground.ranges.find((each) => each.affected === affected && each.event !== null);
  const text = hit && comparison(installed, hit);
  return text ? [text] : [];
}

function comparison(installed: string, { event, order }: RangeGround): string | undefined {
  if (!event || order === null) return undefined;
  const [kind, version] = event;
  if (version === '0') return undefined;
  if (order === '=')
    return `${installed} is ${kind === 'fixed' ? 'the fixed version' : 'just that version'}`;
  return `${installed} is ${order === '<' ? 'below' : 'above'} ${version}`;
}

function statusOf({ status, affected, fixedIn }: ConsideredRecord): string[] {
  if (status === null || !affected || (fixedIn !== null && status === 'affected')) return [];
  return [`${capital(describeStatus(status))}.`];
}

function componentsOf({ components }: ConsideredRecord): string[] {
  if (components.length === 0) return [];
  const told = components.map(({ name, version, type, location, status }) => {
    const where = location === '' ? '' : ` in ${location}`;
    const what = [type, name, version].filter((part) => part !== '').join(' ');
    return `${what}${where}${status === '' ? '' : ` (${status.replaceAll('_', ' ')})`}`;
  });
  return [`In the package it is about ${limited(told, SHOWN).join(', ')}.`];
}

/** A sentence begins with a capital. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
