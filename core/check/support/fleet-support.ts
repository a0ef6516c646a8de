import { counted } from '../../alert/compose-alert.ts';
import type { ImageFacts } from '../../change/items.ts';
import type { Digest } from '../../image/digest.ts';
import { describeLineage } from '../../lineage/channel.ts';
import { judgePart } from './judge-part.ts';
import type { SupportedPart } from './supported-parts.ts';

/** A release that runs and is not surely supported for long: all images on it together. */
export interface FleetSupport extends SupportedPart {
  readonly state: 'ending' | 'ended' | 'unknown';
  /** The last day, `YYYY-MM-DD`; `null` where nobody knows. */
  readonly until: string | null;
  /** Of what is older than the table of dates: it ended by then. */
  readonly orBefore?: true;
  /** Who says so; `null` where nobody does. */
  readonly source: string | null;
  /** Ends a sentence that begins with the name; `null` but of what is unknown. */
  readonly why: string | null;
  /** Platform digests that are built on it. */
  readonly digests: number;
  /** Workloads, sorted; of a night that is kept the first ones. */
  readonly lineages: readonly string[];
  /** How many workloads there are. */
  readonly workloads: number;
}

/** Something that runs; `facts` are `undefined` where nobody has read it. */
export interface RunningImage {
  readonly lineage: string;
  readonly digest: Digest;
  readonly facts: Pick<ImageFacts, 'supported'> | undefined;
}

/** Workloads that are kept of one release; the others are counted. */
const LINEAGES_KEPT = 50;

/** Workloads that are named where a line is all there is. */
const NAMED = 3;

/** What stands for the parts of images of which nobody has asked for any. */
const NEVER_ASKED: SupportedPart = {
  product: '',
  release: '',
  name: 'What an older version of Tidewatch has indexed',
};

/** All of what runs that is out of support, soon will be, or of which nobody knows: each release once. */
export function findFleetSupport(running: readonly RunningImage[], at: string): FleetSupport[] {
  const releases = new Map<string, { part: SupportedPart; on: RunningImage[] }>();
  for (const image of running) {
    if (!image.facts) continue;
    for (const part of image.facts.supported ?? [NEVER_ASKED]) {
      const key = `${part.product} ${part.release}`;
      const known = releases.get(key);
      if (known) known.on.push(image);
      else releases.set(key, { part, on: [image] });
    }
  }
  return [...releases]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([, { part, on }]) => summarise(part, on, at));
}

function summarise(part: SupportedPart, on: readonly RunningImage[], at: string): FleetSupport[] {
  const verdict = part === NEVER_ASKED ? UNASKED : judgePart(part, at);
  if (verdict.state === 'supported') return [];
  const lineages = [...new Set(on.map(({ lineage }) => lineage))].sort();
  const date = 'date' in verdict ? verdict.date : undefined;
  return [
    {
      ...part,
      state: verdict.state,
      until: date?.until ?? null,
      ...(date && date.release !== part.release && { orBefore: true }),
      source: date?.source ?? null,
      why: 'why' in verdict ? verdict.why : null,
      digests: new Set(on.map(({ digest }) => digest)).size,
      lineages,
      workloads: lineages.length,
    },
  ];
}

/** As a night keeps it: a release may run everywhere. */
export function keptSupport(release: FleetSupport): FleetSupport {
  return { ...release, lineages: release.lineages.slice(0, LINEAGES_KEPT) };
}

const UNASKED = { state: 'unknown', why: 'was not asked for what it is built on' } as const;

/** `Support of Debian 11 ended on 2026-08-31`, without a full stop. */
export function supportText({ name, state, until, orBefore, why }: FleetSupport): string {
  switch (state) {
    case 'ended':
      return `Support of ${name} ended on ${until}${orBefore ? ' or before' : ''}`;
    case 'ending':
      return `Support of ${name} ends on ${until}`;
    case 'unknown':
      return `${name} ${why}`;
  }
}

/** The same with where it runs. */
export function describeSupported(release: FleetSupport): string {
  const { digests, lineages, workloads } = release;
  const named = lineages.slice(0, NAMED).map(describeLineage);
  const more = workloads > named.length ? ` and ${workloads - named.length} more` : '';
  return `${supportText(release)}: ${counted(digests, 'image')}, ${named.join(', ')}${more}`;
}
