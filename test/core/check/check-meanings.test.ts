import { expect, it } from 'vitest';
import { CHECK_MEANINGS } from '../../../core/check/check-meanings.ts';
import { LISTED_CHECKS, LISTED_READ_CHECKS } from '../../../core/check/listed-checks.ts';
import { OPAQUE_CHECK } from '../../../core/cover/coverage.ts';

it('means something by each check that there is, and by no other', () => {
  const listed = [...LISTED_CHECKS, ...LISTED_READ_CHECKS].map(({ id }) => id);
  expect([...CHECK_MEANINGS.keys()].sort()).toEqual([...listed, 'unread', OPAQUE_CHECK].sort());
});
