import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { findLocks } from '../../../bench/reference-data.ts';
import { type Played, playWorld } from '../../../local/player/play-world.ts';
import { parseLocks } from '../../../local/replay/lock.ts';
import { worldFromLocks } from '../../../local/replay/world-from-locks.ts';
import { WorldEvent } from '../../../local/world/world-event.ts';
import { newFolder } from '../../support/play-folder.ts';

const path = findLocks();

/** Moves of `latest` and `latest-dev`, as counted in the locks themselves. */
const MOVES: Record<string, readonly [latest: number, latestDev: number]> = {
  python: [53, 88],
  node: [37, 87],
  jre: [36, 71],
  nginx: [26, 65],
  postgres: [72, 81],
  'wolfi-base': [24, 0],
  static: [3, 0],
};

const PLATFORMS = ['linux/amd64', 'linux/arm64'];

describe.skipIf(!path)('the replay of all seven images', () => {
  let played: Played;
  const locks = path ? parseLocks(readFileSync(path)) : [];
  const folder = newFolder();

  beforeAll(async () => {
    const world = worldFromLocks(locks, { images: [], withApp: false });
    played = await playWorld(
      world.map((event) => WorldEvent.parse(event)),
      folder,
    );
  });

  it.each(Object.entries(MOVES))('sees every move of %s', (name, [latest, latestDev]) => {
    const counts = PLATFORMS.map((platform) => [
      observed(name, 'latest', platform).length,
      observed(name, 'latest-dev', platform).length,
    ]);

    expect(counts).toEqual([
      [latest, latestDev],
      [latest, latestDev],
    ]);
  });

  it('dates each move by its lock, two on a day included', () => {
    const times = new Set(locks.map(({ lockedAt }) => new Date(lockedAt).toISOString()));
    const moves = observed('python', 'latest-dev', 'linux/amd64').map(({ at }) => at);
    const days = new Set(moves.map((at) => at.slice(0, 10)));

    expect(moves.filter((at) => !times.has(at))).toEqual([]);
    expect(days.size).toBeLessThan(moves.length);
  });

  it('follows python through its versions, and tells of node alone that it moved', () => {
    const versions = observed('python', 'latest', 'linux/amd64').map(
      ({ python }) => python?.version,
    );

    expect([...new Set(versions)]).toEqual(['3.14.4', '3.14.5', '3.14.6']);
    const drifts = played.alerts.filter(({ kind }) => kind === 'drift');
    expect(drifts.map(({ title }) => title)).toEqual([
      'cgr.dev/chainguard/node:latest moved from Node 25 to 26',
      'cgr.dev/chainguard/node:latest-dev moved from Node 25 to 26',
    ]);
    expect(played.failedNights).toEqual([]);
  });

  function observed(name: string, tag: string, platform: string) {
    const image = `cgr.dev/chainguard/${name}:${tag}`;
    return played.observations.filter((each) => each.image === image && each.platform === platform);
  }
});
