import type { RangeEvent } from '../../core/advisory/entry.ts';
import type { RangeGround } from '../../core/advisory/evaluate.ts';
import type { RecordStatus } from '../../core/advisory/status.ts';
import { limited } from '../../core/alert/compose-alert.ts';
import type { ConsideredRecord } from '../../core/match/explain-match.ts';
import type { OwnerUnit } from '../../core/match/unit.ts';
import { baseOf } from '../../core/version/scheme-of.ts';

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
  const by = `${each.record} (feed ${each.feed}) is about`;
  const why = passedOver(each, of);
  if (why !== null) return `${by} ${subjectOf(each, of)}: ${why}.`;
  const who = `${by} ${subjectOf(each, of)}${borrowed(each, of)}`;
  const said = [`${who}. ${capital(rangesOf(each))}`, ...compared(each)].join('; ');
  const so = each.affected ? 'affected' : each.fallback ? 'not counted' : 'not affected';
  return [`${said}: ${so}.`, ...statusOf(each), ...componentsOf(each)].join(' ');
}

function subjectOf({ name, foundBy, arch, ecosystem }: ConsideredRecord, of: OwnerUnit): string {
  const role =
    foundBy === 'origin'
      ? `, the ${originWord(of)} of ${of.name}`
      : of.source !== null && name === of.source.name && name !== of.name
        ? `, the source of ${of.name}`
        : '';
  const where = releaseText(ecosystem, of);
  return `${name}${where}${arch === null ? '' : ` on ${arch}`}${role}`;
}

/** What an apk is built from is called its origin, anything else its source. */
export function originWord({ type }: OwnerUnit): 'origin' | 'source' {
  return type === 'apk' ? 'origin' : 'source';
}

function releaseText(ecosystem: string, of: OwnerUnit): string {
  if (ecosystem === of.ecosystem) return '';
  return ecosystem === baseOf(of.ecosystem)
    ? ` in any release of ${ecosystem}`
    : ` in ${ecosystem}`;
}

/** One in eleven vulnerabilities is written down for one architecture alone. */
function borrowed({ arch }: ConsideredRecord, of: OwnerUnit): string {
  const isOther = arch !== null && of.arch !== null && of.arch !== 'noarch' && of.arch !== arch;
  return isOther ? `, which counts as long as there is none for ${of.arch}` : '';
}

function passedOver(
  { passedOver: why, withdrawn, foundBy, arch }: ConsideredRecord,
  of: OwnerUnit,
) {
  switch (why) {
    case null:
      return null;
    case 'withdrawn':
      return `withdrawn${withdrawn === null ? '' : ` on ${withdrawn.slice(0, 10)}`}, so it says nothing any more`;
    case 'no-versions':
      return 'it names no version, so it says nothing of any';
    case 'own-records-decide':
      return foundBy === 'own'
        ? `there are records for ${of.ecosystem}, which decide`
        : `${of.name} has records of its own, which decide`;
    case 'not-for-subpackages':
      return 'it says that it does not hold for its sub-packages';
    case 'other-architecture':
      return `passed over, the package is for ${of.arch ?? 'another architecture'}`;
    case 'clears-other-architecture':
      return `it says so of ${arch} alone, which clears nothing in a package for ${of.arch}`;
    case 'clears-unknown-stream':
      return 'it may be about another stream of the module, so it clears nothing';
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
  const before = limits.length > 0 ? ` before ${limits.join(' or ')}` : '';
  const spans = spansOf(events)?.map(([from, end]) => spanText(from, end, before));
  return spans?.join(', ') ?? `what lies between ${range.map(eventText).join(', ')}`;
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

function spanText(from: string, end: RangeEvent | undefined, before: string): string {
  if (!end) {
    const all = from === '0' ? 'every version' : `${from} and all above`;
    return before === '' ? `${all}, no fix is known` : all + before;
  }
  const [kind, to] = end;
  if (kind === 'fixed' && from === to) return 'no version';
  const until = kind === 'fixed' ? `below ${to}` : `up to and including ${to}`;
  const text = from === '0' ? `versions ${until}` : `versions from ${from}, ${until}`;
  return text + before;
}

/** `17.8-r1 is below 17.8-r3`. */
function compared({ ground, installed, fallback, affected }: ConsideredRecord): string[] {
  if (fallback) return [`${installed} cannot be compared, ${fallbackText(ground, affected)}`];
  if (ground.listed && !ground.ranges.some((each) => each.affected)) {
    return [`${installed} is one of them${ground.listed === 'text' ? '' : ', written otherwise'}`];
  }
  const decided = ground.ranges.find((each) => each.affected === affected && each.event !== null);
  const text = decided && comparison(installed, decided);
  return text ? [text] : [];
}

function fallbackText({ listed }: ConsideredRecord['ground'], affected: boolean): string {
  if (!affected) return 'so only a record that lists it would count';
  return listed ? 'but the record lists it' : 'but every version is affected';
}

function comparison(
  installed: string,
  { event, order, affected }: RangeGround,
): string | undefined {
  if (!event || order === null) return undefined;
  const [kind, version] = event;
  if (version === '0') return undefined;
  if (affected && kind === 'introduced') return `${installed} is one of them`;
  if (order === '=') return `${installed} is ${EQUAL[kind]}`;
  return `${installed} is ${order === '<' ? 'below' : 'above'} ${version}`;
}

/** What a version is that is that of an event. */
const EQUAL: Readonly<Record<RangeEvent[0], string>> = {
  introduced: 'the first of them',
  fixed: 'the fixed version',
  last_affected: 'the last of them',
  limit: 'the limit itself',
};

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
