import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeHandler } from '../../../lambda/shared/make-handler.ts';

// Powertools then writes to the console that the test can see.
vi.hoisted(() => {
  process.env.POWERTOOLS_DEV = 'true';
  process.env.POWERTOOLS_METRICS_DISABLED = 'false';
});

const context = { awsRequestId: 'request', functionName: 'any' } as Context;
const lines: string[] = [];

beforeEach(() => {
  lines.length = 0;
  for (const level of ['log', 'warn'] as const) {
    vi.spyOn(console, level).mockImplementation((line) => void lines.push(line));
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

it('answers what the handler answers, and counts what it is told to', async () => {
  const handler = makeHandler(
    async (event: { readonly n: number }) => ({ doubled: event.n * 2 }),
    ({ doubled }) => ({ Doubled: doubled }),
  );

  expect(await handler({ n: 21 }, context)).toEqual({ doubled: 42 });
  // CloudWatch's embedded metric format: metrics are lines of the log.
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ Doubled: 42, service: 'tidewatch' }),
  ]);
});

it('writes nothing when there is nothing to count', async () => {
  expect(await makeHandler(async () => 'done')({}, context)).toBe('done');
  expect(lines).toEqual([]);
});

it('lets a failure through, so that Lambda sees it', async () => {
  const handler = makeHandler(async () => {
    throw new Error('the table is gone');
  });

  await expect(handler({}, context)).rejects.toThrow('the table is gone');
});
