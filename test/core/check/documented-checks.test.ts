import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { IMAGE_CHECKS } from '../../../core/check/image-checks.ts';
import {
  kindOfCheck,
  LISTED_CHECKS,
  LISTED_READ_CHECKS,
} from '../../../core/check/listed-checks.ts';
import { READ_CHECKS } from '../../../core/check/read-checks.ts';

const CHECKS = [...IMAGE_CHECKS, ...READ_CHECKS];

const DOCUMENT = readFileSync(new URL('../../../docs/checks.md', import.meta.url), 'utf8');

/** The sections that are named like a check: id, then what stands below it. */
const SECTIONS = DOCUMENT.split(/^## /m)
  .slice(1)
  .map((text) => ({ id: text.slice(0, text.indexOf('\n')), text }))
  .filter(({ id }) => /^[a-z-]+$/.test(id));

it('lists each check that is made', () => {
  expect(LISTED_CHECKS.map(({ id }) => id)).toEqual(IMAGE_CHECKS.map(({ id }) => id));
  expect(LISTED_READ_CHECKS).toEqual(READ_CHECKS.map(({ id, kind }) => ({ id, kind })));
});

it('has a section for each check, in their order, and for nothing else', () => {
  expect(SECTIONS.map(({ id }) => id)).toEqual(CHECKS.map(({ id }) => id));
});

it.each(SECTIONS)('says of $id its kind, why, and how it is put right', ({ id, text }) => {
  expect(text).toMatch(new RegExp(`^Kind: ${kindOfCheck(id)}\\.`, 'm'));
  expect(text).toMatch(/^- \*\*Why\*\*: /m);
  expect(text).toMatch(/^- \*\*Fix\*\*: /m);
});
