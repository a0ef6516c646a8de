import type { Check } from '../inventory/inventory.ts';
import type { CheckInput } from './image-check.ts';
import { IMAGE_CHECKS } from './image-checks.ts';
import { findStart } from './start/start.ts';

/** Finds out what all checks of one image share. */
export function prepareChecks(image: Omit<CheckInput, 'start'>): CheckInput {
  return { ...image, start: findStart(image) };
}

/** Puts every question to one image. */
export function runChecks(image: Omit<CheckInput, 'start'>): Check[] {
  const input = prepareChecks(image);
  return IMAGE_CHECKS.map((each) => ({ id: each.id, ...each.run(input) }));
}
