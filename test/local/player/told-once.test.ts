import { describe, expect, it } from 'vitest';
import { playWorld } from '../../../local/player/play-world.ts';
import { WorldEvent, type WrittenEvent } from '../../../local/world/world-event.ts';
import { newFolder } from '../../support/play-folder.ts';

const HOST = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const APP = `${HOST}/app:latest`;
const at = (hour: number) => new Date(Date.UTC(2026, 2, 2, hour)).toISOString();

function push(hour: number, image: string, mark: string, hasShell: boolean): WrittenEvent {
  const osRelease = { ID: 'chainguard', NAME: 'Chainguard', VERSION_ID: '20230214' };
  const files = { 'app/mark': mark, ...(hasShell && { 'usr/bin/sh': '#!' }) };
  const layers = [{ osRelease, apk: ['zlib=1.3-r0'], files }];
  const config = { User: '65532' };
  return { at: at(hour), do: 'push', image, platforms: { 'linux/amd64': { layers, config } } };
}

function deploy(hour: number, image: string, workload: string): WrittenEvent {
  return { at: at(hour), do: 'deploy', workload: `ecs/prod/${workload}`, container: 'app', image };
}

const night = (hour: number): WrittenEvent => ({ at: at(hour), do: 'night' });

async function kindsOf(events: readonly WrittenEvent[]): Promise<string[]> {
  const world = events.map((event) => WorldEvent.parse(event));
  return (await playWorld(world, newFolder())).alerts.map(({ kind }) => kind);
}

describe('what a push told', () => {
  const told = [
    push(0, APP, 'one', false),
    deploy(1, APP, 'web'),
    night(2),
    push(4, APP, 'two', true),
    deploy(5, APP, 'web'),
  ];

  it('is not told again by the workload that follows', async () => {
    expect(await kindsOf([...told, night(26)])).toEqual(['baseline', 'regression']);
  });

  it('is neither told again nor over because the tag is deleted, while the digest runs', async () => {
    const deleted: WrittenEvent = { at: at(6), do: 'delete', image: APP };

    expect(await kindsOf([...told, deleted, night(26), night(50)])).toEqual([
      'baseline',
      'regression',
    ]);
  });
});

describe('what another workload runs already', () => {
  const old = `${HOST}/app:a283f21`;
  const world = (late: readonly WrittenEvent[]): WrittenEvent[] => [
    ...late,
    push(0, old, 'one', true),
    deploy(1, old, 'first'),
    night(2),
    push(4, `${HOST}/app:a124401`, 'two', false),
    night(26),
    deploy(27, old, 'second'),
    night(50),
  ];

  it('is known, whenever the events of pushes come', async () => {
    const late: WrittenEvent = { at: at(0), do: 'event', fault: 'late', until: at(60) };

    expect(await kindsOf(world([]))).toEqual(['baseline']);
    expect(await kindsOf(world([late]))).toEqual(['baseline']);
  });
});

it('counts a push from before the first night to the baseline, even when its event comes later', async () => {
  const late: WrittenEvent = { at: at(0), do: 'event', fault: 'late', until: at(1) };
  const first = [push(0, APP, 'one', true), deploy(1, `${HOST}/other:1`, 'other')];
  const world = (events: readonly WrittenEvent[]) => [
    ...events,
    push(0, `${HOST}/other:1`, 'other', false),
    ...first,
    night(2),
    deploy(5, APP, 'web'),
    night(26),
  ];

  expect(await kindsOf(world([late]))).toEqual(await kindsOf(world([])));
});
