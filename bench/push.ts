import { playWorld } from '../local/player/play-world.ts';
import { WorldEvent, type WrittenEvent } from '../local/world/world-event.ts';
import { inFolder } from './in-folder.ts';
import { type BenchRow, median } from './measure.ts';

const BASE = 'cgr.dev/example/base:latest';
const APP = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/app:latest';
const LAYERS = 3;
/** Bytes of each application layer: 60 MB together. */
const LAYER_SIZE = 20 * 1024 * 1024;
const ROUNDS = 5;

/** From the push event of a 60 MB image on a known base to its alert at the subscriber. */
export async function benchPush(): Promise<readonly BenchRow[]> {
  const milliseconds = await inFolder(measurePushes);
  const note = `median of ${ROUNDS}, worst ${Math.round(Math.max(...milliseconds))} ms`;
  return [{ name: 'push of 60 MB to alert', value: median(milliseconds), unit: 'ms', note }];
}

async function measurePushes(folder: string): Promise<readonly number[]> {
  const milliseconds: number[] = [];
  let start = 0;
  await playWorld(world(), folder, {
    onHappened: () => {
      start = performance.now();
    },
    onAlert: ({ kind }) => {
      if (kind === 'regression') milliseconds.push(performance.now() - start);
    },
  });
  if (milliseconds.length !== ROUNDS) throw new Error(`${milliseconds.length} regressions told`);
  return milliseconds;
}

/** A clean image, a night, then in turn a shell that comes (told) and goes. */
function world(): WorldEvent[] {
  const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 0, minute)).toISOString();
  const events: WrittenEvent[] = [
    { at: at(0), do: 'push', image: BASE, platforms: { 'linux/amd64': baseImage() } },
    { at: at(1), do: 'push', image: APP, platforms: { 'linux/amd64': cleanImage(0) } },
    { at: at(2), do: 'night' },
  ];
  for (let round = 1; round <= ROUNDS; round++) {
    const minute = 10 * round;
    const shell = { 'linux/amd64': shellImage(round) };
    const clean = { 'linux/amd64': cleanImage(round) };
    events.push(
      { at: at(minute), do: 'push', image: APP, platforms: shell },
      { at: at(minute + 1), do: 'push', image: APP, platforms: clean },
      { at: at(minute + 2), do: 'night' },
    );
  }
  return events.map((event) => WorldEvent.parse(event));
}

function baseImage() {
  const apk = Array.from({ length: 60 }, (_, n) => `package-${n}=1.${n}.0-r0`);
  const osRelease = { ID: 'chainguard', NAME: 'Chainguard', VERSION_ID: '20230214' };
  return { layers: [{ osRelease, apk }], config: { User: '65532' } };
}

function cleanImage(round: number) {
  const files = { 'app/version': String(round) };
  return { base: BASE, layers: [{ files }], config: { User: '65532' } };
}

/** 60 MB that nobody has seen, and a shell. */
function shellImage(round: number) {
  const layers = Array.from({ length: LAYERS }, (_, layer) => ({
    files: { [`app/part-${layer}.bin`]: { base64: noise(round * LAYERS + layer) } },
  }));
  const shell = { files: { 'usr/bin/sh': { text: '#!', mode: '0755' } } };
  return { base: BASE, layers: [...layers, shell], config: { User: '65532' } };
}

/** Bytes that no compressor makes smaller, the same for the same seed. */
function noise(seed: number): string {
  const words = new Uint32Array(LAYER_SIZE / 4);
  let state = seed + 1;
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return Buffer.from(words.buffer).toString('base64');
}
