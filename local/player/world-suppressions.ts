import type { SuppressionSource } from '../../actions/ports.ts';
import { parseReference } from '../../core/image/reference.ts';
import { channelOf } from '../../core/lineage/channel.ts';
import { dayOf } from '../../core/suppress/days.ts';
import { suppressionSet } from '../../core/suppress/read-suppression-file.ts';
import type {
  Suppression,
  SuppressionScope,
  SuppressionSet,
} from '../../core/suppress/suppression.ts';
import type { WorldEvent } from '../world/world-event.ts';

type SuppressEvent = Extract<WorldEvent, { do: 'suppress' }>;

/** What is suppressed in a world: the file that it is played with, then what its events say. */
export interface WorldSuppressions extends SuppressionSource {
  /** A later word about the same vulnerability and scope replaces an earlier one. */
  suppress(event: SuppressEvent): void;
}

export function createWorldSuppressions(file: SuppressionSet | undefined): WorldSuppressions {
  const said = new Map<string, Suppression>();
  return {
    async read() {
      if (!file && said.size === 0) return undefined;
      return suppressionSet([...(file?.entries ?? []), ...said.values()]);
    },
    suppress(event) {
      const entry = suppressionOf(event);
      said.set(entry.id, entry);
    },
  };
}

function suppressionOf(event: SuppressEvent): Suppression {
  const { at, id, scope, owner, reason, until, whileNoFix } = event;
  return {
    id: scope === '*' ? id : `${id} ${scope}`,
    vulnerability: id,
    ...scopeOf(scope),
    owner,
    author: owner,
    reason,
    from: at,
    end: {
      ...(until !== undefined && { date: { last: lastDayOf(until), over: until } }),
      ...(whileNoFix && { fix: true }),
    },
  };
}

function scopeOf(scope: string): SuppressionScope {
  const everything: SuppressionScope = { packages: [], images: [], workloads: [] };
  const value = scope.slice(scope.indexOf(':') + 1);
  if (scope.startsWith('package:')) return { ...everything, packages: [value] };
  if (scope.startsWith('workload:')) return { ...everything, workloads: [value] };
  if (!scope.startsWith('image:')) return everything;
  const { tag, ...repository } = parseReference(value);
  const channel = channelOf({ ...repository, ...(tag && { tag }) });
  return { ...everything, images: [tag ? channel : channel.slice(0, channel.indexOf('|'))] };
}

/** The day in whose course it ends, or the one before where it ends at midnight. */
function lastDayOf(until: string): string {
  return dayOf(new Date(Date.parse(until) - 1).toISOString());
}
