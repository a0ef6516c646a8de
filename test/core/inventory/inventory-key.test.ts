import { expect, it } from 'vitest';
import { EXTRACTORS_FINGERPRINT } from '../../../core/extract/fingerprint.ts';
import { digestOf } from '../../../core/image/digest.ts';
import { inventoryKey } from '../../../core/inventory/inventory-key.ts';

it('holds the extractors and the digest', () => {
  const digest = digestOf('x');
  expect(inventoryKey(digest)).toBe(
    `inventories/${EXTRACTORS_FINGERPRINT}/${digest.replace('sha256:', '')}.json`,
  );
});
