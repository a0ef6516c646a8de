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
  const week = readFileSync('worlds/week.ndjson', 'utf8').trim().split('\n');
  // The series of a watched tag moves to another minor of Python.
  const moved = week.map((line) => JSON.parse(line)).findLast(isBase);
  const written = [
    ...events,
    // A head that is newer than the night, when the hour tells the drift.
    pushedAgain(push, 'app/one.py', '2026-03-03T04:00:00Z'),
    { ...moved, at: '2026-03-03T05:00:00Z' },
    { ...deploy, at: '2026-03-03T09:00:00Z', workload: 'lambda/resizer', container: 'function' },
    // Somebody runs the base as it is.
    {
      ...deploy,
      at: '2026-03-03T09:05:00Z',
      workload: 'eks/harbour/front/deployment/shell',
      image: 'cgr.dev/chainguard/python:latest',
    },
    { at: '2026-03-04T02:00:00Z', do: 'night' },
  ];
  const parsed = parseText([...written, pushedAgain(push, 'app/two.py', '2026-03-04T02:00:00Z')]);
  return {
    events: parsed.slice(0, -1),
    meanwhile: { CompareLineages: parsed.slice(-1) },
    failures: { 'sns:Publish': ATTEMPTS },
  };
}

interface Push {
  readonly platforms: {
    readonly 'linux/amd64': { readonly layers: readonly object[] };
  };
}

/** The same tag with one more file in it. */
function pushedAgain(push: Push, file: string, at: string): object {
  const platform = push.platforms['linux/amd64'];
  const layers = [...platform.layers, { files: { [file]: 'print(1)\n' } }];
  return { ...push, at, platforms: { ...push.platforms, 'linux/amd64': { ...platform, layers } } };
}

function isBase({ do: kind, image }: { readonly do: string; readonly image?: string }): boolean {
  return kind === 'push' && image === 'cgr.dev/chainguard/python:latest';
}

function parseText(events: readonly object[]): readonly WorldEvent[] {
  return parseWorld(Buffer.from(events.map((event) => JSON.stringify(event)).join('\n')));
}
