import { describe, expect, it } from 'vitest';
import { checkedWorker } from '../../../lambda/shared/night-inputs.ts';

describe('a worker’s input', () => {
  const indexed: unknown[] = [];
  const worker = checkedWorker('index-batch', async (input) => {
    indexed.push(input);
    return { results: 'results' };
  });

  it('is handed on when it is one', async () => {
    const input = { runId: '2026-06-01T02:00:00.000Z', plan: 'plan', batch: 3 };

    expect(await worker(input)).toEqual({ results: 'results' });
    expect(indexed).toEqual([input]);
  });

  it.each([
    ['runId', { runId: '2026-06-01T02:00:00Z', plan: 'plan', batch: 0 }],
    ['runId', { runId: '../heads', plan: 'plan', batch: 0 }],
    ['batch', { runId: '2026-06-01T02:00:00.000Z', plan: 'plan', batch: -1 }],
  ])('is refused for its %s before anything is done', async (name, input) => {
    indexed.length = 0;

    await expect((async () => worker(input))()).rejects.toThrow(name);
    expect(indexed).toEqual([]);
  });
});
