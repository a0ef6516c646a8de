import { readFileSync } from 'node:fs';
import { playWorld } from '../local/player/play-world.ts';
import { parseLocks } from '../local/replay/lock.ts';
import { worldFromLocks } from '../local/replay/world-from-locks.ts';
import { parseWorld } from '../local/world/parse-world.ts';
import type { WrittenEvent } from '../local/world/world-event.ts';
import { inFolder } from './in-folder.ts';
import type { BenchRow } from './measure.ts';
import { findLocks } from './reference-data.ts';

/** Digests of the fleet in which nothing changes. */
const FLEET = 2_000;
const PER_SERVICE = 50;

/** Nights a minute in the replay of what was really published, and what a quiet night of a large fleet asks of the world. */
export async function benchNights(): Promise<readonly BenchRow[]> {
  const locks = findLocks();
  const replay = locks ? await inFolder((folder) => measureReplay(folder, locks)) : [];
  return [...replay, ...(await inFolder(measureQuietNight))];
}

async function measureReplay(folder: string, path: string): Promise<readonly BenchRow[]> {
  const world = worldFromLocks(parseLocks(readFileSync(path)), { images: [], withApp: false });
  const events = parseWorld(Buffer.from(toText(world)));
  const start = performance.now();
  const { nights, observations } = await playWorld(events, folder);
  const minutes = (performance.now() - start) / 60_000;
  const note = `${nights} nights, ${observations.length} observations, all seven images`;
  return [{ name: 'replay', value: nights / minutes, unit: 'nights/min', note }];
}

async function measureQuietNight(folder: string): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  let start = 0;
  await playWorld(parseWorld(Buffer.from(toText(fleetWorld()))), folder, {
    onHappened: () => {
      start = performance.now();
    },
    onNight: (_runId, _run, { calls, contentBytes }) => {
      const dynamo = Object.entries(calls).filter(([call]) => call.startsWith('dynamodb:'));
      const requests = dynamo.reduce((sum, [, count]) => sum + count, 0);
      const name = `quiet night of ${FLEET} digests`;
      // The last night's rows count: the first one indexes.
      rows.splice(
        0,
        rows.length,
        { name, value: (performance.now() - start) / 1000, unit: 's' },
        { name: `${name}: registry`, value: contentBytes, unit: 'bytes' },
        { name: `${name}: DynamoDB`, value: requests, unit: 'requests' },
        { name: `${name}: reads of objects`, value: calls['s3:GetObject'] ?? 0, unit: 'requests' },
      );
    },
  });
  return rows;
}

/** Services that each run images of their own, a first night that indexes, a second that finds nothing new. */
function fleetWorld(): WrittenEvent[] {
  const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 0, minute)).toISOString();
  const osRelease = { ID: 'chainguard', NAME: 'Chainguard', VERSION_ID: '20230214' };
  const apk = Array.from({ length: 40 }, (_, n) => `package-${n}=1.${n}.0-r0`);
  const pushes = Array.from({ length: FLEET }, (_, n): WrittenEvent[] => {
    const image = `registry.example/service-${Math.floor(n / PER_SERVICE)}/part-${n % PER_SERVICE}:latest`;
    const layers = [{ osRelease, apk: [...apk, `own-${n}=1.0.0-r0`] }];
    const workload = `ecs/fleet/service-${n}`;
    return [
      { at: at(0), do: 'push', image, platforms: { 'linux/amd64': { layers } } },
      { at: at(0), do: 'deploy', workload, container: 'app', image },
    ];
  });
  return [...pushes.flat(), { at: at(1), do: 'night' }, { at: at(2), do: 'night' }];
}

function toText(events: readonly WrittenEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}
