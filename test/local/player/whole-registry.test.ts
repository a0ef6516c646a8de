import { beforeAll, describe, expect, it } from 'vitest';
import { type Played, playWorld } from '../../../local/player/play-world.ts';
import { WorldEvent, type WrittenEvent } from '../../../local/world/world-event.ts';
import { newFolder } from '../../support/play-folder.ts';

const HOST = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const NEW = `${HOST}/new:latest`;

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 0, minute)).toISOString();

/** Hits zlib, which the newcomer has from the start, or gets by its rebuild. */
function advise(minute: number, id: string, name: string): WrittenEvent {
  const affected = [
    {
      package: { ecosystem: 'Chainguard', name },
      ranges: [{ type: 'ECOSYSTEM' as const, events: [{ introduced: '0' }] }],
    },
  ];
  const severity = [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }];
  const record = { id, upstream: [`CVE-2026-90000${id.slice(-2)}`], severity, affected };
  return { at: at(minute), do: 'advise', feed: 'chainguard', record };
}

function push(minute: number, image: string, apk: readonly string[]): WrittenEvent {
  const osRelease = { ID: 'chainguard', NAME: 'Chainguard', VERSION_ID: '20230214' };
  const layers = [{ osRelease, apk: [...apk] }];
  const config = { User: '65532' };
  return { at: at(minute), do: 'push', image, platforms: { 'linux/amd64': { layers, config } } };
}

function play(events: readonly WrittenEvent[]) {
  return playWorld(
    events.map((event) => WorldEvent.parse(event)),
    newFolder(),
  );
}

const idsOf = ({ alerts }: Awaited<ReturnType<typeof play>>) => [
  ...new Set(alerts.map(({ alertId }) => alertId)),
];

describe('a new repository of which nothing runs, with its push lost,', () => {
  const world = (fault: readonly WrittenEvent[]) => [
    advise(0, 'CGA-xxxx-xxxx-xx11', 'zlib'),
    advise(0, 'CGA-xxxx-xxxx-xx12', 'openssl'),
    { at: at(1), do: 'night' } as const,
    ...fault,
    push(3, NEW, ['zlib=1.3-r0']),
    { at: at(4), do: 'night' } as const,
    push(6, NEW, ['zlib=1.3-r0', 'openssl=3.6.0-r0']),
    { at: at(7), do: 'night' } as const,
    push(8, NEW, ['zlib=1.3-r1']),
    { at: at(9), do: 'night' } as const,
  ];
  let heard: Played;
  beforeAll(async () => {
    heard = await play(world([]));
  });

  it.each([
    ['lost', { at: at(2), do: 'event', fault: 'lose', until: at(9) }],
    ['late', { at: at(2), do: 'event', fault: 'late', until: at(9) }],
    ['doubled', { at: at(2), do: 'event', fault: 'duplicate', until: at(9) }],
  ] as const)('(%s) is told as if it had been heard', async (_what, fault) => {
    const disturbed = await play(world([fault]));

    expect(idsOf(heard).length).toBeGreaterThan(1);
    expect(idsOf(disturbed).sort()).toEqual(idsOf(heard).sort());
    expect(disturbed.runs.map(({ status, scanned }) => [status, scanned])).toEqual(
      heard.runs.map(({ status, scanned }) => [status, scanned]),
    );
  });
});

describe('ECR that cannot be listed', () => {
  it.each(['DescribeRepositories', 'DescribeImages'])(
    '(%s) is told, closes nothing, and is over when it is over',
    async (operation) => {
      const played = await play([
        advise(0, 'CGA-xxxx-xxxx-xx11', 'zlib'),
        push(1, `${HOST}/web:v1`, ['zlib=1.3-r0']),
        { at: at(2), do: 'night' },
        {
          at: at(3),
          do: 'fault',
          call: `ecr:${operation}`,
          times: 1,
          error: 'denied',
          attempts: 'all',
        },
        { at: at(4), do: 'night' },
        { at: at(5), do: 'night' },
      ]);

      expect(played.alerts.map(({ kind, title }) => [kind, title])).toEqual([
        ['baseline', expect.anything()],
        ['problem', 'Could not see ecr/eu-central-1'],
        ['resolved', expect.anything()],
      ]);
      expect(played.runs.map(({ status }) => status)).toEqual(['complete', 'partial', 'complete']);
    },
  );

  it('once is asked again by the SDK', async () => {
    const played = await play([
      advise(0, 'CGA-xxxx-xxxx-xx11', 'zlib'),
      push(1, `${HOST}/web:v1`, ['zlib=1.3-r0']),
      { at: at(2), do: 'fault', call: 'ecr:*', times: 1, error: 'throttle' },
      { at: at(3), do: 'night' },
    ]);
    expect(played.runs).toMatchObject([{ status: 'complete' }]);
  });
});
