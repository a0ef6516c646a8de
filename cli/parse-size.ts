import { UsageError } from './command-errors.ts';

/** Decimal, as registries show sizes. */
const UNITS: Readonly<Record<string, number>> = { kb: 1e3, mb: 1e6, gb: 1e9 };

/** Bytes of `500MB`, `1.5GB` or `800kB`. @throws UsageError */
export function parseSize(option: string, text: string): number {
  const { number, unit } = /^(?<number>\d+(?:\.\d+)?) ?(?<unit>[kmg]b)$/i.exec(text)?.groups ?? {};
  const factor = UNITS[unit?.toLowerCase() ?? ''];
  if (number && factor) return Math.round(Number(number) * factor);
  throw new UsageError(`expected ${option} as 500MB or 1.5GB, got ${JSON.stringify(text)}`);
}
