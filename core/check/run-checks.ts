import type { Check } from '../inventory/inventory.ts';
import type { CheckInput } from './image-check.ts';
import { IMAGE_CHECKS } from './image-checks.ts';
import { findStart } from './start/start.ts';

/** Puts every question to one image. */
export function runChecks(image: Omit<CheckInput, 'start'>): Check[] {
  const input: CheckInput = { ...image, start: findStart(image) };
  return IMAGE_CHECKS.map((each) => ({ id: each.id, ...each.run(input) }));
}
