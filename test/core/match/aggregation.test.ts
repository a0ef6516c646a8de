import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anApk, anEntry, lookupIn } from '../../support/advisory-builders.ts';
import { matchPackages } from '../../support/match-packages.ts';

// A feed has one record a component: up to a hundred of one package, architecture and CVE. How
// they count together: https://github.com/aquasecurity/trivy-db/pull/686

interface Component {
  readonly arch: 'x86_64' | 'aarch64';
  /** `null`: still open; 0: cleared. */
  readonly fixed: number | null;
  readonly isWithdrawn: boolean;
}

const aComponent: fc.Arbitrary<Component> = fc.record({
  arch: fc.constantFrom('x86_64', 'aarch64'),
  fixed: fc.option(fc.nat(9)),
  isWithdrawn: fc.boolean(),
});

function entryOf({ arch, fixed, isWithdrawn }: Component, index: number) {
  const end = fixed === null ? [] : [['fixed', fixed === 0 ? '0' : `${fixed}-r0`] as const];
  return anEntry({
    record: `CGA-${index}`,
    arch,
    ranges: [[['introduced', '0'], ...end]],
    withdrawn: isWithdrawn ? '2026-01-01T00:00:00Z' : null,
  });
}

/** As written down: open without a fix, else not affected if all are cleared, else below the highest. */
function expected(components: readonly Component[], installed: number): string[] {
  const live = components.filter(({ isWithdrawn }) => !isWithdrawn);
  const own = live.filter(({ arch }) => arch === 'x86_64');
  const fixes = (own.length > 0 ? own : live).map(({ fixed }) => fixed);
  if (fixes.includes(null)) return ['no fix'];
  const highest = Math.max(0, ...fixes.flatMap((fixed) => fixed ?? []));
  return installed < highest ? [`${highest}-r0`] : [];
}

it('counts many records of a package, architecture and CVE together as their publisher means them', () => {
  fc.assert(
    fc.property(
      fc.array(aComponent, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 9 }),
      (components, installed) => {
        const apk = anApk({ version: `${installed}-r0` });
        const entries = components.map(entryOf);
        const { findings } = matchPackages([apk], lookupIn(entries), '2026-11-21T00:00:00Z');
        expect(findings.map(({ fixedIn }) => fixedIn ?? 'no fix')).toEqual(
          expected(components, installed),
        );
      },
    ),
  );
});
