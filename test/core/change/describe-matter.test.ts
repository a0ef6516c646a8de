import { expect, it } from 'vitest';
import { describeMatter } from '../../../core/change/describe-matter.ts';
import { itemsOf } from '../../../core/change/items.ts';
import type { Matter } from '../../../core/change/matter.ts';
import type { Item } from '../../../core/lineage/lineage.ts';
import { aCheckItem, anItem, of } from '../../support/builders.ts';

function aMatter(items: readonly Item[], overrides: Partial<Matter> = {}): Matter {
  return {
    kind: 'regression',
    cause: 'image',
    subject: 'r.test/web:1',
    imageDigest: of('new'),
    previousDigest: null,
    known: new Map(),
    items: new Map(items.map((item) => [item.key, item])),
    moves: new Map(),
    lineages: new Set(['a']),
    ...overrides,
  };
}

it('names the one finding that an image brings, and what fixes it', () => {
  const { title, remedy, severity } = describeMatter(aMatter([anItem()]));
  expect(title).toBe('r.test/web:1 got worse: CVE-2026-0001 in openssl 3.5.0-r0 (high)');
  expect(remedy).toBe('Rebuild with openssl ≥ 3.5.1-r0, or roll back to the digest before.');
  expect(severity).toBe('high');
});

it('counts several and says the worst', () => {
  const worse = anItem({ finding: { id: 'CVE-2026-0002', severity: 'critical' } });
  const { title, details } = describeMatter(aMatter([anItem(), worse, aCheckItem('shell')]));
  expect(title).toBe('r.test/web:1 got worse: shell, 2 findings, the worst critical');
  expect(details[1], 'the worst first').toContain('CVE-2026-0002');
});

it('does not promise a fix that nobody knows', () => {
  const unfixed = anItem({ finding: { fixedIn: null } });
  const image = describeMatter(aMatter([unfixed]));
  expect(image.remedy).toContain('Judge the 1 finding without a fix');
  const advisory = aMatter([unfixed], { kind: 'disclosed', cause: 'advisory' });
  expect(describeMatter(advisory).remedy).toBe(
    'No fix is known yet: judge whether the code is reached, and watch for one.',
  );
});

it('gives a workload that appears nothing to roll back to', () => {
  const matter = aMatter([aCheckItem('root-user', { severity: 'high' })], {
    kind: 'new-workload',
    cause: 'deployment',
  });
  expect(describeMatter(matter)).toMatchObject({
    title: 'New workload enters with root-user: r.test/web:1',
    remedy: 'Build the final stage from the hardened base again.',
  });
});

it.each([
  ['node', '22', '24', 'Node moved from 22 to 24', 'Rebuild native addons for the new major'],
  ['java', '21', '25', 'Java moved from 21 to 25', 'Test what was built for the old release'],
  ['go', '1.25', '1.26', 'Go moved from 1.25 to 1.26', 'Build with the new toolchain'],
])('says in the words of %s that it moved', (language, from, to, title, remedy) => {
  const told = describeMatter(aMatter([], { moves: new Map([['m', { language, from, to }]]) }));
  expect(told.title).toContain(title);
  expect(told.remedy).toContain(remedy);
});

it('names what is out of support, by whatever way it comes', () => {
  const facts = {
    checks: [],
    runtimes: [],
    supported: [
      { product: 'alpine', release: '3.16', name: 'Alpine 3.16' },
      { product: 'alpine', release: '3.22', name: 'Alpine 3.22' },
    ],
  };
  const items = [...itemsOf(facts, [], { at: '2027-04-01T02:00:00Z' }).values()];
  expect(describeMatter(aMatter(items)).title).toBe(
    'r.test/web:1 got worse: Alpine 3.16 (out of support)',
  );
  expect(describeMatter(aMatter(items, { kind: 'new-workload', cause: 'deployment' })).title).toBe(
    'New workload enters with Alpine 3.16 (out of support): r.test/web:1',
  );
});

it('says what to do about what is opaque', () => {
  const { title, remedy } = describeMatter(aMatter([aCheckItem('opaque')]));
  expect(title).toBe('r.test/web:1 got worse: opaque');
  expect(remedy).toBe(
    'Build what is opaque so that it says what is in it (docs/coverage.md), or roll back to the digest before.',
  );
});

it('says what to do about a runtime that moved', () => {
  const moves = new Map([['m', { language: 'python', from: '3.13', to: '3.14' }]]);
  const { title, remedy, severity } = describeMatter(aMatter([], { moves }));
  expect(title).toBe('r.test/web:1 got worse: Python moved from 3.13 to 3.14');
  expect(remedy).toContain('venvs');
  expect(severity).toBe('high');
});
