import type { OsvRecord } from '../../core/advisory/osv.ts';
import { parseOsvRecord } from '../../core/advisory/osv.ts';
import { rate } from '../../core/advisory/rate.ts';
import { type Severity, worst } from '../../core/advisory/severity.ts';
import type { WorldEvent } from '../../local/world/world-event.ts';
import { describePush } from './describe-push.ts';

type EventOf<Do extends WorldEvent['do']> = Extract<WorldEvent, { do: Do }>;

/** What happened in the world: a word for the margin and a sentence. */
export interface EventText {
  readonly word: string;
  readonly text: string;
}

/** Tells events in plain words; it remembers what came before, so each is told once, in order. */
export function createEventDescriber(): (event: WorldEvent) => EventText {
  const pushes = new Map<string, EventOf<'push'>>();
  const running = new Map<string, string>();
  return (event) => {
    switch (event.do) {
      case 'push': {
        const text = `${event.image}, ${describePush(event, pushes.get(event.image))}`;
        pushes.set(event.image, event);
        return { word: 'push', text };
      }
      case 'deploy': {
        const place = `${event.workload}|${event.container}`;
        const text = describeDeploy(event, running.get(place));
        running.set(place, event.image);
        return { word: 'deploy', text };
      }
      case 'advise':
        return { word: 'advisory', text: describeRecord(event) };
      default:
        return describeOther(event);
    }
  };
}

function describeDeploy({ workload, image }: EventOf<'deploy'>, before: string | undefined) {
  if (before === undefined) return `${workload} now runs ${image}`;
  if (before === image) return `${workload} runs ${image} again`;
  return `${workload} goes from ${before} to ${image}`;
}

function describeRecord({ feed, record }: EventOf<'advise'>): string {
  const osv = parseOsvRecord(record);
  const ids = [...(osv.aliases ?? []), ...(osv.upstream ?? []), osv.id];
  const id = ids.find((each) => each.startsWith('CVE-')) ?? osv.id;
  const names = new Set((osv.affected ?? []).flatMap((each) => each.package?.name ?? []));
  const said = typeof record.summary === 'string' ? `: ${record.summary}` : '';
  const about = names.size > 0 ? ` in ${[...names].join(', ')}` : '';
  return `${feed} publishes ${id}${about} (${severityOf(osv)})${said}`;
}

function severityOf(record: OsvRecord): Severity {
  const [first = 'unrated', ...others] = (record.affected ?? []).map((each) => rate(record, each));
  return others.reduce(worst, first);
}

function describeOther(
  event: Exclude<WorldEvent, { do: 'push' | 'deploy' | 'advise' }>,
): EventText {
  switch (event.do) {
    case 'watch':
      return { word: 'watch', text: `${event.image} is watched from now on` };
    case 'undeploy':
      return { word: 'undeploy', text: `${event.workload} stops` };
    case 'delete':
      return { word: 'delete', text: `${event.image} is deleted` };
    case 'withdraw':
      return { word: 'advisory', text: `${event.feed} withdraws ${event.id}` };
    case 'suppress':
      return {
        word: 'suppress',
        text: `${event.owner} suppresses ${event.id} in ${event.scope === '*' ? 'everything' : event.scope}: ${event.reason}`,
      };
    case 'feed':
      return { word: 'feed', text: `${event.feed}: ${FEED_FAULTS[event.fault]}` };
    case 'fault':
      return {
        word: 'fault',
        text: `${event.call} will fail ${event.times} times (${event.error})`,
      };
    case 'event':
      return { word: 'fault', text: `push events: ${event.fault}` };
    case 'crash':
      return { word: 'fault', text: `a crash awaits the next ${event.after}` };
    case 'night':
      return { word: 'night', text: '' };
  }
}

const FEED_FAULTS: Readonly<Record<EventOf<'feed'>['fault'], string>> = {
  timeout: 'answers no more',
  truncated: 'breaks off half-way from now on',
  empty: 'is suddenly empty',
  shrunk: 'has lost half of its records',
  older: 'goes back to what it was before',
  garbage: 'gives out what nobody can read',
  none: 'is itself again',
};
