import { expect, it } from 'vitest';
import { closest } from '../../../core/explain/closest.ts';

it('finds what was meant by a slip of the pen', () => {
  expect(closest('libressl', ['zlib', 'libressl3', 'openssl'])).toEqual(['libressl3']);
  expect(closest('CVE-2026-9000053', ['CVE-2026-9000035', 'GHSA-aaaa'])).toEqual([
    'CVE-2026-9000035',
  ]);
});

it('takes two letters that changed places for one slip', () => {
  expect(closest('harbuor', ['harbour', 'harper'])).toEqual(['harbour']);
});

it('finds a part of a longer name', () => {
  expect(closest('api', ['ecs/prod/api', 'ecs/prod/web'])).toEqual(['ecs/prod/api']);
});

it('offers no more than three, the nearest first, and nothing that is like nothing', () => {
  expect(closest('name', ['name1', 'name2', 'name3', 'name4'])).toEqual([
    'name1',
    'name2',
    'name3',
  ]);
  expect(closest('zlib', ['python', 'glibc'])).toEqual([]);
});
