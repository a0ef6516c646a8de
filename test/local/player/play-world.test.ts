import { readFileSync } from 'node:fs';
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playWorld } from '../../../local/player/play-world.ts';
import { parseWorld } from '../../../local/world/parse-world.ts';
import { runDurableNight } from '../../support/durable-night.ts';
import { newFolder, outputFiles } from '../../support/play-folder.ts';

const week = parseWorld(readFileSync('worlds/week.ndjson'));

/** What the week's first play left, and what it asked the registries for each night, in bytes. */
const first = newFolder();
let files: Record<string, string>;
const traffic: Record<string, number> = {};

beforeAll(async () => {
  await playWorld(week, first, {
    onNight: (runId, _run, { contentBytes }) => {
      traffic[runId.slice(0, 10)] = contentBytes;
    },
  });
  files = outputFiles(first);
});

describe('a world', () => {
  it('gives the expected files, byte for byte', async () => {
    const folder = newFolder();

    await playWorld(parseWorld(readFileSync('test/worlds/six-events.ndjson')), folder);

    expect(outputFiles(folder)).toEqual(outputFiles('test/worlds/six-events'));
  });

  it('gives the same bytes in another folder, and again in the same one', async () => {
    const second = newFolder();

    await playWorld(week, second);
    await playWorld(week, first);

    expect(Object.keys(files)).toContain('report.html');
    expect(outputFiles(second)).toEqual(files);
    expect(outputFiles(first)).toEqual(files);
  });

  it('asks no registry for a byte of what it knows, on a quiet night', () => {
    expect(traffic['2026-03-03']).toBeGreaterThan(0);
    expect(traffic['2026-03-04']).toBe(0);
  });
});

describe('the durable night on the SDK’s own runner', () => {
  beforeAll(() => LocalDurableTestRunner.setupTestEnvironment());
  afterAll(() => LocalDurableTestRunner.teardownTestEnvironment());

  it('plays the week to the same files', async () => {
    const durable = newFolder();

    const played = await playWorld(week, durable, { runNight: runDurableNight });

    expect(played.failedNights).toEqual([]);
    expect(outputFiles(durable)).toEqual(files);
  });
});
