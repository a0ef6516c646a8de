import { expect, it } from 'vitest';
import { createSemaphore } from '../../../adapters/registry/create-semaphore.ts';

it('never lets in more than its limit, however late they come, and survives failures', async () => {
  const semaphore = createSemaphore(2);
  let running = 0;
  let most = 0;
  async function task(fails: boolean): Promise<void> {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
    if (fails) throw new Error('failed');
  }
  async function visit(depth: number): Promise<void> {
    await semaphore.run(() => task(depth % 2 === 1)).catch(() => undefined);
    if (depth > 0) await Promise.all([visit(depth - 1), visit(depth - 1)]);
  }

  await visit(5);

  expect(most).toBe(2);
  expect(running).toBe(0);
});
