import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type PlayedAssembly, playAssembly } from '../../assembly/play-assembly.ts';
import { readAssembly } from '../../assembly/template/read-assembly.ts';
import { type FeedServer, startFeedServer } from '../../assembly/world/feed-server.ts';
import { playWorld } from '../../local/player/play-world.ts';
import { parseWorld } from '../../local/world/parse-world.ts';
import { readBusyWorld } from '../support/busy-world.ts';

const place = { account: '123456789012', region: 'eu-central-1' };
const week = parseWorld(readFileSync('worlds/week.ndjson'));
const folder = mkdtempSync(join(tmpdir(), 'tidewatch-played-'));
let feedServer: FeedServer;
const played: Record<string, PlayedAssembly> = {};

beforeAll(async () => {
  feedServer = await startFeedServer(inject('feedPort'));
  const assembly = readAssembly(inject('assemblyFolder'));
  const t = performance.now();
  played.week = await playAssembly({ assembly, events: week, place, feedServer });
  console.log('week', performance.now() - t);
  const t2 = performance.now();
  played.busy = await playAssembly({ assembly, ...readBusyWorld(), place, feedServer });
  console.log('busy', performance.now() - t2);
});
afterAll(async () => {
  await feedServer.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the synthesized assembly', () => {
  it('tells over the bundled week what the player tells, at the same times', async () => {
    const { alerts } = await playWorld(week, folder);

    expect(played.week?.told.toSorted(byId)).toEqual(
      alerts.map(({ at, alertId }) => ({ at, alertId })).sort(byId),
    );
  });

  it.each(['week', 'busy'])('needs nothing that it may not do, and loses nothing: %s', (world) => {
    expect(played[world]?.problems).toEqual([]);
  });

  it('uses', () => {
    console.log(
      played.busy.told,
      played.week?.atoms.filter((x) => !played.week?.needed.has(x) && !played.busy?.needed.has(x)),
    );
  });
});

function byId(a: { readonly alertId: string }, b: { readonly alertId: string }): number {
  return a.alertId < b.alertId ? -1 : 1;
}
