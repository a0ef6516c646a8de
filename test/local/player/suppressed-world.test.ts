import { describe, expect, it } from 'vitest';
import { playWorld } from '../../../local/player/play-world.ts';
import { outcomeOf } from '../../../local/replay/disturb-world.ts';
import { disturbancesFor, playDisturbed } from '../../../local/replay/sweep-world.ts';
import { WorldEvent, type WrittenEvent } from '../../../local/world/world-event.ts';
import { anAdvisory } from '../../support/fake-ports.ts';
import { newFolder } from '../../support/play-folder.ts';
import { anEntry, aSet } from '../../support/suppression-builders.ts';

const IMAGE = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/web:v1.0.0';
const NEWER = IMAGE.replace('v1.0.0', 'v1.1.0');
const CVE = 'CVE-2026-9000001';
const OTHER = 'CVE-2026-9000002';

function pushed(at: string, image: string, packages: readonly string[]): WrittenEvent {
  const layer = { osRelease: { ID: 'wolfi', VERSION_ID: '20230201' }, apk: [...packages] };
  const platforms = { 'linux/amd64': { layers: [layer], config: { User: '65532' } } };
  return { at, do: 'push', image, platforms };
}

const deployed = (at: string, image: string): WrittenEvent => ({
  at,
  do: 'deploy',
  workload: 'ecs/prod/web',
  container: 'app',
  image,
});
const advised = (at: string, id: string, name: string): WrittenEvent => ({
  at,
  do: 'advise',
  feed: 'wolfi',
  record: anAdvisory(id, { name }),
});
const suppressed = (at: string, id: string, more: object): WrittenEvent => {
  return { at, do: 'suppress', id, scope: '*', owner: 'team-web', reason: 'not reached', ...more };
};
const night = (day: number): WrittenEvent => ({
  at: `2026-03-${String(day).padStart(2, '0')}T02:00:00Z`,
  do: 'night',
});

/** One is suppressed for a week after it was told, one in a workload before a push brings it. */
const WORLD = [
  pushed('2026-03-01T08:00:00Z', IMAGE, ['openssl=1-r0']),
  deployed('2026-03-01T09:00:00Z', IMAGE),
  night(2),
  advised('2026-03-02T10:00:00Z', CVE, 'openssl'),
  night(3),
  suppressed('2026-03-03T10:00:00Z', CVE, {
    scope: 'package:pkg:apk/wolfi/openssl',
    until: '2026-03-08T00:00:00Z',
  }),
  suppressed('2026-03-03T10:00:00Z', OTHER, { scope: 'workload:ecs/prod/web', whileNoFix: true }),
  advised('2026-03-03T11:00:00Z', OTHER, 'zlib'),
  night(4),
  pushed('2026-03-04T08:00:00Z', NEWER, ['openssl=1-r0', 'zlib=1-r0', 'extra=1-r0']),
  deployed('2026-03-04T09:00:00Z', NEWER),
  night(5),
  night(7),
  night(8),
  night(9),
].map((event) => WorldEvent.parse(event));

const END = `Suppression ${CVE} package:pkg:apk/wolfi/openssl of ${CVE}`;

describe('a world in which something is suppressed', () => {
  it('tells when it begins, before it ends, and when it is over; findings stay visible', async () => {
    const played = await playWorld(WORLD, newFolder());
    const told = played.alerts.map(({ at, kind, cause, title }) => {
      return `${at.slice(8, 10)} ${kind} by ${cause}: ${title}`;
    });
    expect(told.filter((each) => !each.includes('baseline'))).toEqual([
      `03 disclosed by advisory: ${CVE} (high) disclosed in openssl: 1 workload`,
      `04 suppression by suppression: ${END} ends in 3 days, on 2026-03-07: team-web`,
      `04 resolved by suppression: Suppressed: ${CVE} (high) disclosed in openssl: 1 workload`,
      `04 regression by image: ${NEWER} got worse: ${OTHER} in zlib 1-r0 (high)`,
      `07 suppression by suppression: ${END} ends today, 2026-03-07: team-web`,
      `08 disclosed by suppression: ${CVE} (high) is no longer suppressed in openssl: it ended on 2026-03-07: 1 workload`,
    ]);
    const states = played.findings.map(
      ({ runId, id, state }) => `${runId.slice(8, 10)} ${id} ${state}`,
    );
    expect(states).toEqual([
      `03 ${CVE} open`,
      `04 ${CVE} suppressed`,
      `05 ${CVE} suppressed`,
      `05 ${OTHER} suppressed`,
      `07 ${CVE} suppressed`,
      `07 ${OTHER} suppressed`,
      `08 ${CVE} open`,
      `08 ${OTHER} suppressed`,
      `09 ${CVE} open`,
      `09 ${OTHER} suppressed`,
    ]);
    const page = Buffer.from(played.reports.at(-1)?.page ?? '').toString();
    expect(page).toContain(`${OTHER} workload:ecs/prod/web`);
  });

  it('is the same whatever happens to push events, and after crashes', async () => {
    const plain = await playWorld(WORLD, newFolder());
    const chosen = disturbancesFor(plain).filter(
      (each) => each.kind === 'events' || /PutObject|PutItem|Publish$/.test(each.after),
    );
    expect(chosen.length).toBeGreaterThan(4);
    for (const disturbance of chosen) {
      const { name, differences } = await playDisturbed(
        WORLD,
        disturbance,
        outcomeOf(plain),
        newFolder(),
      );
      expect(differences, name).toEqual([]);
    }
  }, 120_000);

  it('takes a file besides, which holds by the clock of the world', async () => {
    const file = aSet(anEntry({ vulnerability: CVE, created: '2026-03-02', until: '2026-03-20' }));
    const { alerts } = await playWorld(WORLD.slice(0, 5), newFolder(), { suppressions: file });
    expect(alerts.filter(({ kind }) => kind === 'disclosed')).toEqual([]);
  });
});
