import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { WrittenEvent } from '../../../local/world/world-event.ts';
import { newFolder } from '../../support/play-folder.ts';

it('ends the process when the world has ended, whatever a crash left waiting', () => {
  const folder = newFolder();
  const image = 'registry.example/app:latest';
  const layers = [{ files: { 'app/mark': 'one' } }];
  const events: WrittenEvent[] = [
    { at: '2026-03-02T00:00:00Z', do: 'push', image, platforms: { 'linux/amd64': { layers } } },
    { at: '2026-03-02T01:00:00Z', do: 'deploy', workload: 'ecs/a/b', container: 'c', image },
    { at: '2026-03-02T02:00:00Z', do: 'crash', after: 'registry:GET blob', skip: 1 },
    { at: '2026-03-02T02:00:00Z', do: 'night' },
  ];
  const world = join(folder, 'world.ndjson');
  writeFileSync(world, events.map((event) => `${JSON.stringify(event)}\n`).join(''));

  const args = ['cli/main.ts', 'simulate', world, '--out', join(folder, 'out'), '--quiet'];
  // The crashed reading of a layer had ten minutes; nobody waits for it any more.
  const { status, signal } = spawnSync(process.execPath, args, { timeout: 120_000 });

  expect({ status, signal }).toEqual({ status: 0, signal: null });
});
