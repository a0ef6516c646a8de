import { expect, it } from 'vitest';
import { createPaint } from '../../../cli/print/paint.ts';
import { printFeed } from '../../../cli/print/print-feed.ts';
import { aFeedState } from '../../support/builders.ts';

it('says what of a feed is no advisory', () => {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const page = { paint: createPaint(false), print, width: 100, gap: () => undefined };
  const report = { runId: '2026-03-02T02:00:00.000Z', acceptance: null, difference: null };
  printFeed(page, { ...report, feed: aFeedState({ passedOver: { bugfix: 12, newpackage: 1 } }) });
  expect(lines).toContain('Besides    no advisories: 12 bugfix, 1 newpackage');
  lines.length = 0;
  printFeed(page, { ...report, feed: aFeedState() });
  expect(lines.join()).not.toContain('Besides');
});
