import { expect, it } from 'vitest';
import type { Page } from '../../../cli/print/page.ts';
import { createPaint } from '../../../cli/print/paint.ts';
import { printStatus } from '../../../cli/print/print-status.ts';
import type { Rebuild } from '../../../core/base/rebuilds.ts';
import type { Run } from '../../../core/run/run.ts';
import { aRun } from '../../support/builders.ts';
import { aStanding, NO_ORIGINS } from '../../support/origin-builders.ts';

function statusOf(overrides: Partial<Run>, rebuilds: readonly Rebuild[] = []): string {
  const lines: string[] = [];
  const page: Page = {
    paint: createPaint(false),
    width: 300,
    print: (line) => void lines.push(line),
    gap: () => undefined,
  };
  printStatus(
    page,
    {
      night: aRun(overrides),
      pending: [],
      heads: 0,
      running: [],
      origins: { ...NO_ORIGINS, rebuilds },
    },
    { schedule: null, isOverdue: false, now: new Date(0) },
  );
  return lines.join('\n');
}

it('says of a complete night what it could not match, and why', () => {
  const of = { packages: 2, digests: 3 };
  const example = { package: 'oddity banana', digests: 3, lineage: 'ecs/prod/web|app|linux/amd64' };
  const page = statusOf({
    unmatched: [{ ecosystem: 'PyPI', ...of }],
    problems: [
      { kind: 'left-out', of: 'part of a kernel', ...of, examples: [] },
      { kind: 'no-version', of: 'pep440', ...of, examples: [example] },
    ],
  });

  expect(page).toContain('Not matched PyPI: 2 packages in 3 images, no feed is about it');
  expect(page).toMatch(
    /^Not sure {4}2 packages in 3 images with a version that pep440 cannot read/m,
  );
  expect(page).toContain('oddity banana in ecs/prod/web (app, linux/amd64) and 2 other images');
  expect(page).toContain('Left out    2 packages in 3 images not matched (part of a kernel)');
});

it('says nothing more of a night that matched all', () => {
  expect(statusOf({ problems: [] })).not.toMatch(/Not matched|Not sure|Left out/);
});

it('says what a rebuild costs beside what it gains, where it does', () => {
  const gain: Rebuild = {
    image: 'registry.test/python:latest',
    lineages: ['ecs/prod/web|app|linux/amd64'],
    oldest: aStanding(),
    doubt: '',
    gone: 1,
    worst: 'high',
    brought: 0,
    moves: [],
    breaks: [],
  };
  const line =
    '1 service on the newest registry.test/python:latest: 1 finding goes away, the worst high';
  expect(statusOf({}, [gain])).toMatch(new RegExp(`^Rebuild {5}${line}$`, 'm'));
  const cost = {
    brought: 2,
    moves: ['Python 3.13 to 3.14'],
    breaks: ['would break on Python 3.14'],
  };
  expect(statusOf({}, [{ ...gain, ...cost }])).toContain(
    `${line}; 2 findings come; moves Python 3.13 to 3.14; breaks at least 1 Python environment: see the report`,
  );
});
