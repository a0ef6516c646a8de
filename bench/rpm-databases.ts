import { readFileSync } from 'node:fs';
import { readDatabase } from '../core/extract/rpm/read-database.ts';
import { mergeLayers } from '../core/image/overlay.ts';
import type { BenchRow } from './measure.ts';
import { findRpmDatabases } from './reference-data.ts';

const ROUNDS = 30;

/** Packages a second, their lists of files included, of real rpm databases; the best round, since other work only ever slows down. */
export async function benchRpmDatabases(): Promise<readonly BenchRow[]> {
  const { tree } = mergeLayers([]);
  return findRpmDatabases().map(({ format, path }) => {
    const file = { format, path, bytes: readFileSync(path) };
    const times = Array.from({ length: ROUNDS }, () => {
      const start = performance.now();
      readDatabase(tree, file);
      return performance.now() - start;
    });
    const { records } = readDatabase(tree, file);
    const files = records.reduce((sum, each) => sum + each.files.length, 0);
    return {
      name: `rpm database (${format})`,
      value: records.length / (Math.min(...times) / 1000),
      unit: 'packages/s',
      note: `${records.length} packages, ${files} files, ${file.bytes.length} bytes`,
    };
  });
}
