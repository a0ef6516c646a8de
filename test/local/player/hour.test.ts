import { beforeAll, describe, expect, it } from 'vitest';
import { type Played, playWorld } from '../../../local/player/play-world.ts';
import { WorldEvent, type WrittenEvent } from '../../../local/world/world-event.ts';
import { newFolder } from '../../support/play-folder.ts';

const CGR = 'cgr.dev/chainguard/python:latest';
const POLLED = 'registry.test/python:latest';

const at = (hour: number) => new Date(Date.UTC(2026, 2, 2, hour)).toISOString();

function push(hour: number, image: string, apk: string[]): WrittenEvent {
  const osRelease = { ID: 'wolfi', NAME: 'Wolfi', VERSION_ID: '20230201' };
  const platform = { layers: [{ osRelease, apk }], config: { User: '65532' } };
  const platforms = { 'linux/amd64': platform, 'linux/arm64': platform };
  return { at: at(hour), do: 'push', image, platforms };
}

const watch = (hour: number, image: string): WrittenEvent => ({ at: at(hour), do: 'watch', image });
const night = (hour: number): WrittenEvent => ({ at: at(hour), do: 'night' });

const OLD = ['python-3.13=3.13.9-r0', 'glibc-2.43=2.43-r2'];
const NEW = ['python-3.14=3.14.4-r0', 'glibc-2.44=2.44-r0'];

/** A tag that moves at 10 o'clock; two nights. `disturbed` comes right before the move. */
function world(image: string, ...disturbed: WrittenEvent[]): WorldEvent[] {
  const written = [
    watch(0, image),
    push(1, image, OLD),
    night(2),
    ...disturbed,
    push(10, image, NEW),
    watch(11, image),
    night(26),
  ];
  return written.map((event) => WorldEvent.parse(event));
}

/** When the tag moves and an hour later; or only when it moves, so that the night is next. */
const HOURS = {
  hour: ({ at: time }: WorldEvent) => time === at(10) || time === at(11),
  night: ({ at: time }: WorldEvent) => time === at(10),
};

type Hours = (event: WorldEvent) => boolean;

function play(events: readonly WorldEvent[], runsHour?: Hours): Promise<Played> {
  return playWorld(events, newFolder(), runsHour && { runsHour });
}

function driftsOf({ alerts }: Played) {
  return alerts
    .filter(({ kind }) => kind === 'drift')
    .map(({ alertId, threadId, title, at: time }) => ({ alertId, threadId, title, time }));
}

const idsOf = (played: Played) => driftsOf(played).map(({ alertId }) => alertId);

describe.each([CGR, POLLED])('the hour after %s moved', (image) => {
  let alone: Played;
  let hourly: Played;
  beforeAll(async () => {
    alone = await play(world(image));
    hourly = await play(world(image), HOURS.hour);
  });

  it('tells what the night alone would tell, under the same ids, and the night not again', () => {
    expect(driftsOf(alone)).toMatchObject([
      { title: `${image} moved from Python 3.13 to 3.14`, time: at(26) },
      { title: `${image} moved from glibc 2.43 to 2.44`, time: at(26) },
    ]);
    expect(driftsOf(hourly)).toEqual(driftsOf(alone).map((each) => ({ ...each, time: at(10) })));
  });

  it('leaves the night its changes', () => {
    expect(hourly.runs.map(({ changes }) => changes)).toEqual(
      alone.runs.map(({ changes }) => changes),
    );
    expect(hourly.runs.at(-1)?.changes).toEqual({ 'alert:drift': 2 });
  });

  it('writes down what the night would, but when it was seen', () => {
    const recorded = ({ observations }: Played) =>
      observations.map(({ digest, platform, python, packagesChanged }) => ({
        digest,
        platform,
        python,
        packagesChanged,
      }));
    expect(recorded(hourly)).toEqual(recorded(alone));
    expect(hourly.observations.at(-1)).toMatchObject({ at: at(10), seenAt: at(10) });
  });

  it('writes down what the hour and the night both see once', async () => {
    const every = await play(world(image), () => true);
    expect(every.observations).toEqual(hourly.observations);
    expect(driftsOf(every)).toEqual(driftsOf(hourly));
  });
});

describe('a crash of the hour', () => {
  let ids: string[];
  let undisturbed: Played['runs'][number] | undefined;
  let calls: [call: string, skip: number][];
  beforeAll(async () => {
    const until = (hour: number) => world(CGR).filter((event) => event.at <= at(hour));
    ids = idsOf(await play(until(10), HOURS.hour));
    expect(ids).toHaveLength(2);
    undisturbed = (await play(world(CGR))).runs.at(-1);
    const before = (await play(until(9))).calls;
    const after = (await play(until(10), HOURS.hour)).calls;
    calls = [...after].flatMap(([call, count]) =>
      Array.from({ length: count - (before.get(call) ?? 0) }, (_, skip): [string, number] => [
        call,
        skip,
      ]),
    );
  });

  it.each(['hour', 'night'] as const)('is made good by the next %s', async (next) => {
    expect(new Set(calls.map(([call]) => call.split(':')[0]))).toEqual(
      new Set(['dynamodb', 's3', 'sns', 'registry']),
    );
    // Whether the next one is a night only matters where something was left behind.
    const leaves = calls.filter(([call]) => next === 'hour' || /:(Put|Publish)/.test(call));
    expect(leaves.length).toBeGreaterThan(next === 'hour' ? 40 : 9);
    for (const [call, skip] of leaves) {
      const crash: WrittenEvent = { at: at(9), do: 'crash', after: call, skip } as WrittenEvent;
      const played = await play(world(CGR, crash), HOURS[next]);
      const told = idsOf(played);
      expect([...new Set(told)].sort(), `${call} ${skip}`).toEqual([...ids].sort());
      // Told and not yet noted: that alone may come twice.
      if (call !== 'sns:Publish') {
        expect(told, `${call} ${skip}`).toHaveLength(ids.length);
      }
      expect(played.runs.at(-1), `${call} ${skip}`).toEqual(undisturbed);
      expect(played.observations, `${call} ${skip}`).toHaveLength(4);
    }
  });
});

describe('a call of the hour that fails', () => {
  let alone: Played;
  beforeAll(async () => {
    alone = await play(world(CGR));
  });

  it.each([
    ['registry:HEAD manifest', 'denied'],
    ['registry:GET history', 'throttle'],
    ['registry:GET blob', 'truncated'],
    ['dynamodb:PutItem', 'timeout'],
    ['dynamodb:PutItem', 'lost-response'],
    ['dynamodb:Query', 'server'],
    ['s3:GetObject', 'server'],
    ['sns:Publish', 'timeout'],
    ['sns:Publish', 'lost-response'],
  ])('%s with %s is made good by the next one', async (call, error) => {
    const fault = { at: at(9), do: 'fault', call, times: 1, error, attempts: 'all' };
    const disturbed = world(CGR, fault as WrittenEvent);
    const played = await play(disturbed, HOURS.hour);

    expect([...new Set(idsOf(played))].sort()).toEqual(idsOf(alone).sort());
    expect(driftsOf(played).map(({ time }) => time < at(26))).not.toContain(false);
    expect(played.runs.at(-1)?.changes).toEqual({ 'alert:drift': 2 });
    expect(played.observations).toHaveLength(4);
  });
});
