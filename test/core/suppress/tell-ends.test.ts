import { describe, expect, it } from 'vitest';
import { findEnds } from '../../../core/suppress/tell-ends.ts';
import { aFinding, anItem, aRow } from '../../support/builders.ts';
import { anApplied, anEntry, aSet } from '../../support/suppression-builders.ts';

const set = aSet(anEntry());

function toldOn(day: string, lastNight: string | null, before = set) {
  return findEnds({
    at: `${day}T02:00:00.000Z`,
    set,
    before: lastNight === null ? undefined : { at: `${lastNight}T02:00:00.000Z`, set: before },
    rows: [],
  });
}

describe('the end of a suppression', () => {
  it.each<[string, string, string, number | undefined]>([
    ['15 days before', '2026-09-15', '2026-09-14', undefined],
    ['14 days before', '2026-09-16', '2026-09-15', 14],
    ['13 days before', '2026-09-17', '2026-09-16', undefined],
    ['3 days before', '2026-09-27', '2026-09-26', 3],
    ['on its last day', '2026-09-30', '2026-09-29', 0],
    ['a day later', '2026-10-01', '2026-09-30', undefined],
    ['3 days before, after a night that was missed', '2026-09-28', '2026-09-26', 3],
    ['on its last day, after all nights were missed', '2026-09-30', '2026-09-01', 0],
    ['two days late, after the nights until then were missed', '2026-10-02', '2026-09-29', 0],
  ])('is told %s', (_name, night, before, step) => {
    const told = toldOn(night, before);
    expect(told.map(({ what }) => what.at(-1))).toEqual(step === undefined ? [] : [step]);
  });

  it('is one message of what an entry says, its end and a step, whatever else the file says', () => {
    const [told] = toldOn('2026-09-27', '2026-09-26');
    const said = {
      vulnerability: 'CVE-2026-0001',
      packages: ['openssl'],
      images: [],
      workloads: [],
      last: '2026-09-30',
    };
    expect(told?.what).toEqual(['suppression-ends', said, 3]);
  });

  it.each([
    ['vulnerability', { vulnerability: 'CVE-2026-0002' }, 1],
    ['package', { package: 'zlib' }, 1],
    ['image besides', { image: 'registry.example/web' }, 1],
    ['workload besides', { workload: 'ecs/prod/api' }, 1],
    ['name', { id: 'another' }, 0],
    ['owner', { owner: 'team-api' }, 0],
  ])('is told of what an entry says, whatever it is called: another %s', (_name, other, told) => {
    const before = aSet(anEntry(other));
    const night = (day: string, of: typeof set) => ({ at: `${day}T02:00:00.000Z`, set: of });
    const first = findEnds({
      ...night('2026-09-27', before),
      before: night('2026-09-26', before),
      rows: [],
    });
    const second = findEnds({
      ...night('2026-09-28', set),
      before: night('2026-09-27', before),
      rows: [],
    });
    expect(first).toHaveLength(1);
    expect(second).toHaveLength(told);
    if (told > 0) expect(second[0]?.what).not.toEqual(first[0]?.what);
  });

  it('is told by the first night that knows of the entry', () => {
    expect(toldOn('2026-09-28', null)).toHaveLength(1);
    expect(toldOn('2026-09-28', '2026-09-27', aSet())).toHaveLength(1);
  });

  it('is told again when it was put off', () => {
    const sooner = aSet(anEntry({ until: '2026-09-28' }));
    expect(toldOn('2026-09-27', '2026-09-26', sooner)).toHaveLength(1);
  });

  it('is not told at a step that lay behind when it was decided', () => {
    const short = aSet(anEntry({ created: '2026-09-25' }));
    const at = (day: string) => ({ at: `${day}T02:00:00.000Z`, set: short });
    const told = (day: string) => findEnds({ ...at(day), before: at('2026-09-25'), rows: [] });
    expect(told('2026-09-26')).toEqual([]);
    expect(told('2026-09-27')).toHaveLength(1);
  });

  it('is told of no entry that has no day', () => {
    const fix = aSet(anEntry({ until: 'fix' }));
    expect(findEnds({ at: '2026-09-30T02:00:00Z', set: fix, before: undefined, rows: [] })).toEqual(
      [],
    );
  });

  it('names who is asked, and what is silenced now', () => {
    const { origin: _, ...item } = anItem();
    const suppressed = [{ ...item, package: aFinding().package, suppressed: anApplied() }];
    const rows = [aRow({ kind: 'workload', suppressed })];
    const [told] = findEnds({ at: '2026-09-27T02:00:00.000Z', set, before: undefined, rows });
    expect(told?.text).toMatchObject({
      kind: 'suppression',
      title:
        'Suppression openssl-not-reached of CVE-2026-0001 ends in 3 days, on 2026-09-30: team-web',
      lineages: ['ecs/prod/web|app|linux/amd64'],
      details: [
        '1 finding silenced by it now',
        'Owner: team-web; author: Kim <kim@example.org>',
        expect.any(String),
      ],
    });
  });
});
