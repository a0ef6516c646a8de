import { beforeAll, describe, expect, it } from 'vitest';
import { playWorld } from '../../../local/player/play-world.ts';
import { WorldEvent, type WrittenEvent } from '../../../local/world/world-event.ts';
import { newFolder } from '../../support/play-folder.ts';

const HOST = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const GOOD = `${HOST}/good:latest`;
const BAD = `${HOST}/bad:latest`;

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 0, minute)).toISOString();

/** A made-up advisory; without a feed nothing is judged and every night is partial. */
const RECORD = {
  id: 'CGA-xxxx-xxxx-xx99',
  upstream: ['CVE-2026-9000099'],
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  affected: [
    {
      package: { ecosystem: 'Chainguard', name: 'zlib' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }],
    },
  ],
};

const ADVISED: WrittenEvent = {
  at: at(0),
  do: 'advise',
  feed: 'chainguard',
  record: {
    ...RECORD,
    affected: [{ ...RECORD.affected[0], package: { ecosystem: 'Chainguard', name: 'elsewhere' } }],
  },
};

function push(minute: number, image: string, mark: string): WrittenEvent {
  const osRelease = { ID: 'chainguard', NAME: 'Chainguard', VERSION_ID: '20230214' };
  const layers = [{ osRelease, apk: ['zlib=1.3-r0'], files: { 'app/mark': mark } }];
  const config = { User: '65532' };
  return { at: at(minute), do: 'push', image, platforms: { 'linux/amd64': { layers, config } } };
}

function deploy(minute: number, image: string, workload: string): WrittenEvent {
  return {
    at: at(minute),
    do: 'deploy',
    workload: `ecs/prod/${workload}`,
    container: 'app',
    image,
  };
}

function play(events: readonly WrittenEvent[]) {
  return playWorld(
    events.map((event) => WorldEvent.parse(event)),
    newFolder(),
  );
}

describe('a registry that lies about one image', () => {
  it.each([
    ['wrong bytes', 'registry:GET blob', 'wrong-digest', 'DigestMismatchError'],
    ['half a blob', 'registry:GET blob', 'truncated', 'DigestMismatchError'],
    ['HTML', 'registry:GET manifest', 'html', 'RegistryUnavailableError'],
    ['a circle of redirects', 'registry:GET manifest', 'redirect-loop', 'RegistryUnavailableError'],
    ['no rights', 'registry:GET manifest', 'denied', 'AccessDeniedError'],
  ] as const)(
    '%s: named, kept as a dead letter, told, and over when it is over',
    async (_what, call, error, name) => {
      const played = await play([
        ADVISED,
        push(0, GOOD, 'one'),
        deploy(1, GOOD, 'good'),
        { at: at(2), do: 'night' },
        // All attempts of the push, three receipts of the last, then the night's own: each meets the lie.
        { at: at(3), do: 'fault', call, times: 27, error, attempts: 'all' },
        push(4, BAD, 'two'),
        deploy(5, BAD, 'bad'),
        { at: at(6), do: 'night' },
        { at: at(7), do: 'night' },
      ]);

      const [, blind, healed] = played.runs;
      expect(played.deadLetters.map((body) => JSON.parse(body).detail['repository-name'])).toEqual([
        'bad',
      ]);
      expect(blind).toMatchObject({ status: 'partial', scanned: 1, expected: 2 });
      expect(healed).toMatchObject({ status: 'complete', scanned: 2, failed: [] });
      expect(played.alerts.map(({ kind }) => kind)).toEqual(['baseline', 'problem', 'resolved']);
      expect(played.alerts[1]?.title).toContain(name);
      expect(played.alerts[2]?.threadId).toBe(played.alerts[1]?.alertId);
    },
  );
});

it.each([
  ['lies once', 'registry:GET blob', 'wrong-digest'],
  ['throttles', 'registry:GET manifest', 'throttle'],
  ['is down', 'registry:GET manifest', 'server'],
  ['does not have it yet', 'registry:GET manifest', 'not-found'],
] as const)('a registry that %s is asked again later, by day', async (_what, call, error) => {
  const played = await play([
    ADVISED,
    { at: at(2), do: 'night' },
    { at: at(3), do: 'fault', call, times: 2, error, attempts: 'all' },
    push(4, BAD, 'two'),
    { at: at(6), do: 'night' },
  ]);

  expect(played.deadLetters).toEqual([]);
  expect(played.runs.at(-1)).toMatchObject({ status: 'complete', scanned: 1, failed: [] });
});

describe('a feed that fails', () => {
  it.each(['timeout', 'empty'] as const)(
    '%s: is held, its findings stay and are stale',
    async (fault) => {
      const played = await play([
        push(0, GOOD, 'one'),
        deploy(1, GOOD, 'good'),
        { at: at(2), do: 'advise', feed: 'chainguard', record: RECORD },
        { at: at(3), do: 'night' },
        { at: at(4), do: 'feed', feed: 'chainguard', fault },
        { at: at(5), do: 'night' },
        { at: at(6), do: 'night' },
        { at: at(7), do: 'feed', feed: 'chainguard', fault: 'none' },
        { at: at(8), do: 'night' },
      ]);

      expect(played.findings.map(({ state }) => state)).toEqual(['open', 'stale', 'stale', 'open']);
      expect(played.runs.map(({ status }) => status)).toEqual([
        'complete',
        'partial',
        'partial',
        'complete',
      ]);
      expect(played.alerts.map(({ kind }) => kind)).toEqual(['baseline', 'feed', 'resolved']);
    },
  );
});

describe('a service that fails for a while', () => {
  const told = async (faults: readonly WrittenEvent[]) => {
    const played = await play([
      push(0, GOOD, 'one'),
      deploy(1, GOOD, 'good'),
      { at: at(2), do: 'night' },
      ...faults,
      {
        ...push(4, GOOD, 'two'),
        platforms: { 'linux/amd64': { layers: [{ files: { 'bin/sh': '#!' } }] } },
      } as WrittenEvent,
      deploy(5, GOOD, 'good'),
      { at: at(6), do: 'night' },
    ]);
    expect(played.failedNights).toEqual([]);
    return [...new Set(played.alerts.map(({ alertId }) => alertId))].sort();
  };
  let calm: readonly string[];
  beforeAll(async () => {
    calm = await told([]);
  });

  it.each([
    ['sns:Publish', 'denied'],
    ['sns:Publish', 'throttle'],
    ['dynamodb:PutItem', 'server'],
    ['dynamodb:GetItem', 'timeout'],
    ['s3:PutObject', 'lost-response'],
    ['sqs:SendMessage', 'lost-response'],
  ] as const)('%s, %s: loses no alert', async (call, error) => {
    expect(calm).toHaveLength(2);
    expect(
      await told([{ at: at(3), do: 'fault', call, times: 2, error, attempts: 'all' }]),
    ).toEqual(calm);
  });
});

describe('an image that can be read only in part', () => {
  it('is no clean image: what a rebuild broke is told, and resolved when it is mended', async () => {
    const broken: WrittenEvent = {
      at: at(4),
      do: 'push',
      image: GOOD,
      platforms: {
        'linux/amd64': {
          layers: [
            {
              osRelease: { ID: 'chainguard', NAME: 'Chainguard', VERSION_ID: '20230214' },
              files: { 'usr/lib/apk/db/installed': 'P:zlib\n\u0000\u0001 no record\n\n' },
            },
          ],
          config: { User: '65532' },
        },
      },
    };
    const played = await play([
      push(0, GOOD, 'one'),
      deploy(1, GOOD, 'good'),
      { at: at(2), do: 'night' },
      broken,
      deploy(5, GOOD, 'good'),
      { at: at(6), do: 'night' },
      push(7, GOOD, 'two'),
      deploy(8, GOOD, 'good'),
      { at: at(9), do: 'night' },
    ]);

    expect(played.alerts.map(({ kind }) => kind)).toEqual(['baseline', 'regression', 'resolved']);
    expect(played.alerts[1]?.message).toContain('usr/lib/apk/db/installed');
  });
});

it('calls a night partial in which no feed was ever read', async () => {
  const played = await play([
    push(0, GOOD, 'one'),
    deploy(1, GOOD, 'good'),
    { at: at(2), do: 'night' },
  ]);

  expect(played.runs[0]?.status).toBe('partial');
  expect(played.alerts[0]?.message).toContain('nothing is matched: no feed was ever read');
});
