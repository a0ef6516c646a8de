import { expect, it } from 'vitest';
import { createPaint } from '../../../cli/print/paint.ts';
import { printChecks } from '../../../cli/print/print-checks.ts';
import type { Check } from '../../../core/inventory/inventory.ts';

function print(checks: readonly Check[], width = Number.POSITIVE_INFINITY): string[] {
  const lines: string[] = [];
  const io = { print: (line: string) => void lines.push(line) };
  // Of all that a command may do, checks are printed by `print` alone.
  printChecks({ io: io as never, paint: createPaint(false), width }, checks);
  return lines;
}

function aCheck(id: string, status: Check['status'], message = `About ${id}.`): Check {
  return { id, status, message, evidence: null };
}

it('prints what fails, what is unknown, what is advice, and counts the rest', () => {
  expect(
    print([
      aCheck('root-user', 'pass'),
      aCheck('stop-signal', 'fail'),
      aCheck('libraries', 'unknown'),
      aCheck('shell', 'fail'),
      aCheck('setuid', 'pass'),
    ]),
  ).toEqual([
    '  fail    shell               About shell.',
    '  unknown libraries           About libraries.',
    '  advice  stop-signal         About stop-signal.',
    '  pass    2 of 5 checks',
  ]);
});

it('says once what several checks say', () => {
  expect(
    print([
      aCheck('libraries', 'unknown', 'It is not known what starts.'),
      aCheck('architecture', 'unknown', 'It is not known what starts.'),
      aCheck('ca-bundle', 'unknown'),
      aCheck('time-zones', 'unknown'),
    ]),
  ).toEqual([
    '  unknown libraries, architecture: It is not known what starts.',
    '  unknown ca-bundle, time-zones: advice alone, --format json says why.',
    '  pass    0 of 4 checks',
  ]);
});
