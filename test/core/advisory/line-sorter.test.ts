import { expect, it } from 'vitest';
import { createLineSorter } from '../../../core/advisory/line-sorter.ts';
import { collect } from '../../support/collect.ts';

it.each([50, 1000, 1_000_000])(
  'sorts what it spilled in batches of %i characters',
  async (size) => {
    const lines = Array.from({ length: 5000 }, (_, i) => `line ${(i * 7919) % 4999} é`);
    const sorter = createLineSorter(size);
    for (const line of lines) {
      sorter.add(line);
      if (sorter.isFull()) await sorter.spill();
    }
    expect((await collect(sorter.sorted())).flat()).toEqual(lines.toSorted());
  },
);

it('gives nothing for nothing', async () => {
  expect(await collect(createLineSorter().sorted())).toEqual([]);
});
