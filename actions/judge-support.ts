import type { ResolveInput } from '../core/change/resolve-threads.ts';
import type { NightInput } from '../core/change/tell-night.ts';
import { findFleetSupport } from '../core/check/support/fleet-support.ts';
import type { JudgedFleet } from './judged-fleet.ts';
import type { MatchedFleet } from './night-objects.ts';
import type { Past } from './read-past.ts';

/** What the workloads are built on that is out of support at a time, or soon will be, and when that was asked last. */
export function supportOf(
  { targets }: MatchedFleet,
  fleet: JudgedFleet,
  { run }: Past,
  at: string,
): Pick<NightInput, 'support' | 'isSupportPartial' | 'before'> & Pick<ResolveInput, 'releases'> {
  const running = targets
    .filter(({ kind }) => kind === 'workload')
    .map(({ lineage, digest }) => ({ lineage, digest, facts: fleet.find(digest)?.facts }));
  const releases = running.flatMap(({ facts }) => facts?.supported ?? []);
  return {
    releases: new Set(releases.map(({ name }) => name)),
    support: findFleetSupport(running, at),
    before: run?.at ?? null,
    isSupportPartial: running.some(({ facts }) => !facts?.supported),
  };
}
