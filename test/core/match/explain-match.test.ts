import { describe, expect, it } from 'vitest';
import type { AdvisoryEntry } from '../../../core/advisory/entry.ts';
import { explainMatch } from '../../../core/match/explain-match.ts';
import { anApk, anEntry, aWheel, lookupIn } from '../../support/advisory-builders.ts';
import { aCgaRecord, type CgaRecord, compileAll } from '../../support/chainguard-records.ts';

const AT = '2026-11-21T00:00:00Z';
const CVE = 'CVE-2026-9000001';

const library = {
  ...anApk({
    name: 'tool-libs',
    version: '1.2.0-r2',
    source: { name: 'tool', version: '1.2.0-r2' },
  }),
  owner: null,
};

function explain(...records: readonly CgaRecord[]) {
  const entries = compileAll(
    records.map((record, index) => aCgaRecord({ id: `CGA-${index + 1}`, ...record })),
  );
  return explainMatch(library, CVE, lookupIn(entries), AT);
}

/** Why each record did not decide. */
function passedOver(...records: readonly CgaRecord[]) {
  return explain(...records).records.map((each) => [each.record, each.passedOver]);
}

describe('an explanation', () => {
  it('says what was compared, and with what', () => {
    expect(explain({ component: { name: 'lib', type: 'go-module', location: '/bin/x' } })).toEqual({
      vulnerability: CVE,
      ids: [CVE, 'GHSA-2222-2222-2222'],
      package: expect.objectContaining({ name: 'tool-libs' }),
      verdict: 'affected',
      finding: expect.objectContaining({ id: CVE, fixedIn: '1.2.0-r3' }),
      owner: null,
      records: [
        {
          record: 'CGA-1',
          hash: expect.any(String),
          feed: 'chainguard',
          ecosystem: 'Wolfi',
          name: 'tool',
          foundBy: 'origin',
          arch: 'x86_64',
          aliases: [],
          upstream: [CVE, 'GHSA-2222-2222-2222'],
          withdrawn: null,
          status: null,
          components: [
            {
              name: 'lib',
              version: '1.1.0',
              type: 'go-module',
              location: '/bin/x',
              status: 'fixed',
            },
          ],
          passedOver: null,
          installed: '1.2.0-r2',
          affected: true,
          fixedIn: '1.2.0-r3',
          fallback: false,
          ground: {
            ranges: [
              {
                range: [
                  ['introduced', '0'],
                  ['fixed', '1.2.0-r3'],
                ],
                affected: true,
                event: ['fixed', '1.2.0-r3'],
                order: '<',
                lastAffected: null,
              },
            ],
            listed: null,
          },
        },
      ],
    });
  });

  it.each([
    [{ fixed: '1.2.0-r2' }, ['fixed', '1.2.0-r2'], '='],
    [{ fixed: '0' }, ['fixed', '0'], '>'],
    [{ fixed: null }, ['introduced', '0'], '>'],
  ])('names the event that decided: %j', (record, event, order) => {
    expect(explain(record).records[0]?.ground.ranges).toMatchObject([{ event, order }]);
  });

  it('says why a record did not decide', () => {
    expect(passedOver({}, { package: 'tool-libs' })).toEqual([
      ['CGA-2', null],
      ['CGA-1', 'own-records-decide'],
    ]);
    expect(passedOver({ subpackages: false }, { arch: 'aarch64' }, { arch: null })).toEqual([
      ['CGA-1', 'not-for-subpackages'],
      ['CGA-2', 'other-architecture'],
      ['CGA-3', null],
    ]);
    expect(passedOver({ withdrawn: '2026-01-01T00:00:00Z' }, {})).toEqual([
      ['CGA-1', 'withdrawn'],
      ['CGA-2', null],
    ]);
  });

  it('tells apart why there is no finding', () => {
    expect(explain({ fixed: '0' })).toMatchObject({ verdict: 'not-affected', finding: null });
    expect(explain({ withdrawn: '2026-01-01T00:00:00Z' }).verdict).toBe('withdrawn');
    expect(explain({ subpackages: false }).verdict).toBe('not-judged');
    expect(explain().verdict).toBe('not-known');
    expect(explain({ upstream: ['CVE-2026-9000002'] }).verdict).toBe('not-known');
  });

  it('knows a vulnerability by any of its names, and by its records', () => {
    const entriesOf = lookupIn(compileAll([aCgaRecord()]));
    for (const id of [CVE, 'GHSA-2222-2222-2222', 'CGA-2222-2222-2222']) {
      expect(explainMatch(library, id, entriesOf, AT).finding?.id).toBe(CVE);
    }
  });
});

describe('of a version that is listed, or cannot be compared', () => {
  const listed = (over: Partial<AdvisoryEntry>, version: string) =>
    explainMatch(
      { ...aWheel({ version }), owner: null },
      'CVE-2026-0001',
      lookupIn([anEntry({ ecosystem: 'PyPI', name: 'zope-interface', ranges: [], ...over })]),
      AT,
    ).records[0];

  it('it says how it was found', () => {
    const versions = ['5.0'];
    expect(listed({ versions }, '5.0')?.ground.listed).toBe('text');
    expect(listed({ versions }, '5.0.0')?.ground.listed).toBe('meaning');
    expect(listed({ versions }, '5.0.1')?.ground.listed).toBeNull();
    expect(listed({ versions: ['5-odd'] }, '5-odd')).toMatchObject({
      fallback: true,
      affected: true,
    });
    expect(listed({ ranges: [[['introduced', '0']]] }, '5-odd')).toMatchObject({
      fallback: true,
      ground: { ranges: [{ affected: true, event: null }] },
    });
  });
});
