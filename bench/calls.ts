import { join } from 'node:path';
import { synthesize } from '../assembly/synthesize.ts';
import { resolveTemplate } from '../assembly/template/resolve-template.ts';
import type { NightWorkers } from '../local/player/plain-steps.ts';
import { playWorld } from '../local/player/play-world.ts';
import { runEmbeddedNight } from '../local/player/run-embedded-night.ts';
import { parseWorld } from '../local/world/parse-world.ts';
import type { WrittenEvent } from '../local/world/world-event.ts';
import config from '../tidewatch.config.ts';
import { billOf, type Calls, type Counted, sumOf } from './bill.ts';
import { fleetEvents, pushOf } from './fleet-world.ts';
import { inFolder } from './in-folder.ts';
import type { BenchRow } from './measure.ts';
import { sizesBelow } from './stored-sizes.ts';

/** Known digests of quiet nights. */
const FLEETS = [100, 1_000, 10_000];
/** Events of a kind that are played to count what one of them takes. */
const TIMES = 10;
/** Tags that are watched, as in `tidewatch.config.ts`. */
const WATCHED = [
  'cgr.dev/chainguard/python:latest',
  'cgr.dev/chainguard/python:latest-dev',
] as const;
const PLACE = { account: '123456789012', region: 'us-east-1' };

/** Every call that a night, a push, an hourly look and a sweep make, and what a month of them costs at list prices. */
export async function benchCalls(): Promise<readonly BenchRow[]> {
  const resources = await inFolder(countResources);
  const single = await countSingle();
  const rows: BenchRow[] = [
    ...Object.entries(resources).map(([name, value]) => ({
      name: `stack: ${name}`,
      value,
      unit: '',
    })),
    ...rowsOf('sweep', single.sweep),
    ...rowsOf('look at 2 tags', single.look),
    ...rowsOf('push', single.push),
  ];
  for (const digests of FLEETS) {
    console.error(`calls: two nights of ${digests} digests`);
    const night = await inFolder((folder) => countQuietNight(folder, digests));
    const name = `night of ${digests}`;
    const { calls, seconds, operations, writtenBytes } = night;
    rows.push(
      ...rowsOf(name, calls),
      { name: `${name}: workers`, value: seconds, unit: 's' },
      { name: `${name}: durable operations`, value: operations, unit: '' },
      { name: `${name}: written`, value: writtenBytes, unit: 'bytes' },
    );
    const bill = billOf({ ...single, ...resources, night, digests });
    for (const [what, value] of Object.entries({ ...bill, sum: sumOf(bill) })) {
      rows.push({ name: `month of ${digests}: ${what}`, value, unit: 'USD' });
    }
  }
  return rows;
}

function rowsOf(name: string, calls: Calls): BenchRow[] {
  return Object.entries(calls).map(([call, value]) => ({
    name: `${name}: ${call}`,
    value,
    unit: 'requests',
  }));
}

/** What a month is paid for whether anything happens or not. */
async function countResources(folder: string) {
  const { resources } = resolveTemplate(synthesize(config, join(folder, 'cdk.out')), PLACE);
  const countOf = (wanted: string) => resources.filter(({ type }) => type === wanted).length;
  return {
    functions: countOf('AWS::Lambda::Function'),
    alarms: countOf('AWS::CloudWatch::Alarm'),
    mappings: countOf('AWS::Lambda::EventSourceMapping'),
    schedules: countOf('AWS::Scheduler::Schedule'),
  };
}

/** A night in which nothing changed: its calls, and what it takes. */
async function countQuietNight(folder: string, digests: number): Promise<Counted['night']> {
  const objects = join(folder, '.state', 'objects');
  const meter = createMeter();
  let written = 0;
  let night: Counted['night'] | undefined;
  const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 2, minute)).toISOString();
  const events: WrittenEvent[] = [
    ...fleetEvents(at(0), digests, { hasLayers: false }),
    { at: at(0), do: 'night' },
    { at: at(1), do: 'night' },
  ];
  await playWorld(parse(events), folder, {
    runNight: (workers, runId) => runEmbeddedNight(meter.watch(workers), runId),
    onNight(_runId, run, { calls }) {
      if (run?.status !== 'complete') throw new Error(`the night is ${run?.status}`);
      const sizes = sizesBelow(objects);
      night = {
        calls,
        ...meter.result(),
        writtenBytes: sizes.get('runs') - written,
      };
      written = sizes.get('runs');
    },
  });
  if (!night) throw new Error('no night');
  return night;
}

/** Measures the workers of the night that it watched last. */
function createMeter() {
  let seconds = 0;
  let invocations = 0;
  return {
    watch(workers: NightWorkers): NightWorkers {
      seconds = 0;
      invocations = 0;
      const watched = Object.entries(workers).map(([name, worker]) => [
        name,
        async (input: never) => {
          const start = performance.now();
          invocations++;
          const output = await worker(input);
          seconds += (performance.now() - start) / 1000;
          return output;
        },
      ]);
      return Object.fromEntries(watched);
    },
    /** An operation is each invocation, the execution, and the map of the feeds. */
    result: () => ({ seconds, invocations, operations: invocations + 2 }),
  };
}

/** What one sweep, one look at two watched tags and one push take, by plays that differ in nothing else. */
async function countSingle(): Promise<Pick<Counted, 'sweep' | 'look' | 'push'>> {
  const nothing = await countMore([]);
  const many = (event: (n: number) => WrittenEvent) =>
    Array.from({ length: TIMES }, (_, n) => event(n));
  // The world's own doing: the sweep comes after each event.
  const idle = many((n) => ({ at: minute(n), do: 'watch', image: WATCHED[0] }));
  const sweep = perEvent(await countMore(idle), nothing);
  const look = perEvent(await countMore(idle, { hours: true }), nothing);
  const pushes = many((n) =>
    pushOf(minute(n), `${PLACE.account}.dkr.ecr.${PLACE.region}.amazonaws.com/app:latest`, 300 + n),
  );
  const push = perEvent(await countMore(pushes), nothing);
  return { sweep, look: minus(look, sweep), push: minus(push, sweep) };
}

function minute(n: number): string {
  return new Date(Date.UTC(2026, 2, 2, 3, n)).toISOString();
}

async function countMore(more: readonly WrittenEvent[], { hours = false } = {}): Promise<Calls> {
  const at = '2026-03-02T02:00:00.000Z';
  const events: WrittenEvent[] = [
    ...fleetEvents(at, 10),
    ...WATCHED.flatMap((image, n): WrittenEvent[] => [
      pushOf(at, image, 100 + n),
      { at, do: 'watch', image },
    ]),
    pushOf(at, `${PLACE.account}.dkr.ecr.${PLACE.region}.amazonaws.com/app:latest`, 200),
    { at, do: 'night' },
  ];
  const played = await inFolder((folder) =>
    playWorld(parse([...events, ...more]), folder, { runsHour: (event) => hours && event.at > at }),
  );
  return Object.fromEntries(played.calls);
}

function perEvent(more: Calls, less: Calls): Calls {
  const calls = Object.entries(minus(more, less)).map(([call, count]): [string, number] => [
    call,
    // A token that two asked for at once is no call of every event.
    Math.round(count / TIMES),
  ]);
  return Object.fromEntries(calls.filter(([, count]) => count > 0));
}

function minus(more: Calls, less: Calls): Calls {
  const calls = Object.entries(more).map(([call, count]): [string, number] => [
    call,
    count - (less[call] ?? 0),
  ]);
  return Object.fromEntries(calls.filter(([, count]) => count !== 0));
}

function parse(events: readonly WrittenEvent[]) {
  return parseWorld(Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join('')));
}
