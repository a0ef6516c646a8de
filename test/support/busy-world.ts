import { readFileSync } from 'node:fs';
import { parseWorld } from '../../local/world/parse-world.ts';
import type { WorldEvent } from '../../local/world/world-event.ts';

const API = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/api:1.8.0';

interface BusyWorld {
  readonly events: readonly WorldEvent[];
  /** While the second night compares, a tag is pushed anew. */
  readonly meanwhile: Readonly<Record<string, readonly WorldEvent[]>>;
  /** What the first night tells can only be told by the sweep after it. */
  readonly failures: Readonly<Record<string, number>>;
}

/** As many attempts as the SDK makes of one call. */
const ATTEMPTS = 3;

/** The small world of two nights, with what the bundled week lacks. */
export function readBusyWorld(): BusyWorld {
  const lines = readFileSync('test/worlds/six-events.ndjson', 'utf8').trim().split('\n');
  const events = lines.map((line) => JSON.parse(line.replaceAll('api:1.0.0', 'api:1.8.0')));
  const push = events.find(({ image, do: kind }) => kind === 'push' && image === API);
  const deploy = events.find(({ do: kind }) => kind === 'deploy');
  const written = [
    ...events,
    { ...deploy, at: '2026-03-03T09:00:00Z', workload: 'lambda/resizer', container: 'function' },
    { at: '2026-03-04T02:00:00Z', do: 'night' },
  ];
  const layers = push.platforms['linux/amd64'].layers;
  const again = structuredClone(push);
  again.at = '2026-03-04T02:00:00Z';
  again.platforms['linux/amd64'].layers = [...layers, { files: { 'app/new.py': 'print(1)\n' } }];
  const parsed = parseText([...written, again]);
  return {
    events: parsed.slice(0, -1),
    meanwhile: { CompareLineages: parsed.slice(-1) },
    failures: { 'sns:Publish': ATTEMPTS },
  };
}

function parseText(events: readonly object[]): readonly WorldEvent[] {
  return parseWorld(Buffer.from(events.map((event) => JSON.stringify(event)).join('\n')));
}
