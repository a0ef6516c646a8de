import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  decodeObject,
  encodeLargeObject,
  encodeObject,
  hashOf,
  MalformedObjectError,
} from '../../../core/object/json-object.ts';

describe('an object', () => {
  it.each([{ a: [1, 'é', null] }, [], '', 0, false, null])('comes back as it was: %j', (value) => {
    expect(decodeObject('thing/1', encodeObject('thing/1', value))).toEqual(value);
  });

  it('is the same bytes each time', () => {
    expect(encodeObject('thing/1', { a: 1 })).toEqual(encodeObject('thing/1', { a: 1 }));
  });

  it.each([
    ['of another version', encodeObject('thing/2', 1)],
    ['of another kind', encodeObject('other/1', 1)],
    ['not compressed', Buffer.from('{"format":"thing/1","value":1}')],
    ['cut short', encodeObject('thing/1', 'x'.repeat(1000)).subarray(0, 30)],
    ['no JSON', gzipSync('<html>')],
    ['JSON that is no object of ours', gzipSync('null')],
    ['empty', new Uint8Array()],
  ])('that is %s is refused by name', (_name, bytes) => {
    expect(() => decodeObject('thing/1', bytes)).toThrow(MalformedObjectError);
  });
});

describe('a large object', () => {
  const LONG = 'x😀'.repeat(3 * 1024 * 1024);

  it.each([
    { a: [1, 'é', null, undefined, [{ b: undefined, c: [] }]], d: undefined, e: {}, f: [] },
    {
      entries: [{ path: 'a/"b"', size: 1 }],
      files: { a: 'YQ==', b: '' },
      facts: { a: { x: [1] } },
    },
    {},
  ])('of few bytes is written as any other: %j', (value) => {
    expect(encodeLargeObject('thing/1', value)).toEqual(encodeObject('thing/1', value));
  });

  it('comes back as it was, wherever its text is cut', () => {
    const value = { files: { a: LONG, b: LONG.slice(1) }, list: [LONG.slice(0, 5_000_001)] };
    expect(decodeObject('thing/1', encodeLargeObject('thing/1', value))).toEqual(value);
  });
});

describe('hashOf', () => {
  it('is 32 hex digits of the value', () => {
    expect(hashOf(['a', 1])).toMatch(/^[0-9a-f]{32}$/);
    expect(hashOf(['a', 1])).toBe(hashOf(['a', 1]));
    expect(hashOf(['a', 1])).not.toBe(hashOf(['a', '1']));
    expect(hashOf(['a', 'b'])).not.toBe(hashOf(['ab']));
  });
});
