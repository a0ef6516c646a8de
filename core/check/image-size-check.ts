import { fail, pass } from './image-check.ts';
import type { ReadCheck } from './read-check.ts';

/** Whether what is pulled is within a budget that somebody has set; without one every image is. */
export const imageSizeCheck: ReadCheck = {
  id: 'image-size',
  kind: 'advice',

  run({ size, layers }, { sizeBudget }) {
    if (sizeBudget === null) return pass('No budget is set for its size.');
    if (size <= sizeBudget) return pass(`Is within its budget of ${inMegabytes(sizeBudget)}.`);
    const [largest] = layers.toSorted((left, right) => right.size - left.size);
    const where = largest ? ` The largest layer has ${inMegabytes(largest.size)}.` : '';
    const message = `Is larger than its budget: ${inMegabytes(size)} of ${inMegabytes(sizeBudget)}.${where}`;
    return fail(message, largest?.digest ?? null);
  },
};

/** Decimal, as registries show them. */
function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
