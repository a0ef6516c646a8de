import { expect, it } from 'vitest';
import { playWorld } from '../../../local/player/play-world.ts';
import { WorldEvent, type WrittenEvent } from '../../../local/world/world-event.ts';
import { newFolder } from '../../support/play-folder.ts';

const WEB = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/web:latest';

/** Of the assessment, which is tried every twelve minutes: more than four hours. */
const TRIES = 22;

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 0, minute)).toISOString();

function push(minute: number, files: Readonly<Record<string, string>>): WrittenEvent {
  const osRelease = { ID: 'chainguard', NAME: 'Chainguard', VERSION_ID: '20230214' };
  const layers = [{ osRelease, apk: ['zlib=1.3-r0'], files }];
  const config = { User: '65532' };
  return {
    at: at(minute),
    do: 'push',
    image: WEB,
    platforms: { 'linux/amd64': { layers, config } },
  };
}

const BEFORE: readonly WrittenEvent[] = [
  push(0, { 'app/main': 'one' }),
  { at: at(1), do: 'deploy', workload: 'ecs/prod/web', container: 'app', image: WEB },
  { at: at(2), do: 'night' },
];
const PUSH = push(4, { 'app/main': 'two', 'bin/sh': 'a shell' });

function play(...events: readonly WrittenEvent[]) {
  return playWorld(
    events.map((event) => WorldEvent.parse(event)),
    newFolder(),
  );
}

// What indexing asks first is left alone: its own queue takes longer.
it.each([
  ['DynamoDB', 'dynamodb:GetItem', () => 0],
  ['S3', 's3:PutObject', (ofThePush: number) => ofThePush - 1],
  ['the registry', 'registry:HEAD manifest', () => 0],
] as const)('a push is told although %s throttles for hours', async (_who, call, skipOf) => {
  const quiet = await play(...BEFORE);
  const { alerts, calls } = await play(...BEFORE, PUSH);
  const skip = skipOf((calls.get(call) ?? 0) - (quiet.calls.get(call) ?? 0));
  const common = { at: at(3), do: 'fault', call, skip, times: TRIES } as const;

  const throttled = await play(...BEFORE, { ...common, error: 'throttle', attempts: 'all' }, PUSH);

  expect(throttled.deadLetters).toEqual([]);
  expect(alerts.map(({ kind }) => kind)).toContain('regression');
  expect(throttled.alerts.map(({ alertId }) => alertId)).toEqual(
    alerts.map(({ alertId }) => alertId),
  );
});
