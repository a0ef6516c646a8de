import { describe, expect, it } from 'vitest';
import { tellSupport } from '../../../core/change/tell-support.ts';
import { findFleetSupport, type RunningImage } from '../../../core/check/support/fleet-support.ts';
import { of } from '../../support/builders.ts';

const ALPINE = { product: 'alpine', release: '3.22', name: 'Alpine 3.22' };

/** Two workloads on Alpine 3.22, which ends on 2027-05-01, and what else runs. */
function running(...others: RunningImage[]): RunningImage[] {
  const on = (lineage: string, image: string) => ({
    lineage,
    digest: of(image),
    facts: { supported: [ALPINE] },
  });
  return [
    on('ecs/prod/web|app|linux/amd64', 'web'),
    on('ecs/prod/api|app|linux/amd64', 'api'),
    ...others,
  ];
}

type Night = Partial<Parameters<typeof tellSupport>[0]>;

function night(at: string, before: string | null, input: Night = {}) {
  return tellSupport({
    support: findFleetSupport(running(), at),
    before,
    known: [],
    ended: {},
    isPartial: false,
    ...input,
  });
}

const at = (day: string) => `${day}T02:00:00Z`;

describe('a release of the fleet', () => {
  it.each([
    ['with 91 days left', '2027-01-30', []],
    ['with 90', '2027-01-31', ['ending']],
    ['on its last day', '2027-05-01', ['ending']],
    ['on the day after', '2027-05-02', ['ended']],
  ])('is judged %s', (_, day, states) => {
    expect(findFleetSupport(running(), at(day)).map(({ state }) => state)).toEqual(states);
  });

  it('is told once, 90 days ahead, with all that runs on it', () => {
    expect(night(at('2027-01-30'), at('2027-01-29')).alerts).toEqual([]);
    const { alerts, threads } = night(at('2027-01-31'), at('2027-01-30'));
    expect(alerts).toMatchObject([
      {
        kind: 'support',
        severity: 'low',
        title: 'Support of Alpine 3.22 ends on 2027-05-01',
        subject: 'Alpine 3.22',
        count: 2,
        lineages: ['ecs/prod/api|app|linux/amd64', 'ecs/prod/web|app|linux/amd64'],
      },
    ]);
    const next = night(at('2027-02-01'), at('2027-01-31'), { known: threads });
    expect(next.alerts).toEqual([]);
    expect(next.standing).toEqual(threads.map(({ threadId }) => threadId));
  });

  it('is told again when it is over, in the same thread', () => {
    const { threads } = night(at('2027-01-31'), at('2027-01-30'));
    const over = night(at('2027-05-02'), at('2027-05-01'), { known: threads });
    expect(over.alerts).toMatchObject([
      {
        severity: 'medium',
        title: 'Support of Alpine 3.22 ended on 2027-05-01',
        threadId: threads[0]?.threadId,
      },
    ]);
    expect(over.alerts[0]?.alertId).not.toBe(threads[0]?.threadId);
    expect(over.threads).toEqual([]);
  });

  it('is told in one word where nights were missed', () => {
    const { alerts } = night(at('2027-06-01'), at('2027-01-01'));
    expect(alerts.map(({ title }) => title)).toEqual([
      'Support of Alpine 3.22 ended on 2027-05-01',
    ]);
  });

  it('is no news on the first night, nor where only the table is another', () => {
    expect(night(at('2027-03-01'), null).alerts).toEqual([]);
    expect(night(at('2027-03-01'), at('2027-02-28')).alerts).toEqual([]);
  });

  it('is over when nothing runs on it, but not while something could not be asked', () => {
    const { threads: known } = night(at('2027-01-31'), at('2027-01-30'));
    const gone = { known, support: [] };
    expect(night(at('2027-02-01'), at('2027-01-31'), gone).standing).toEqual([]);
    expect(
      night(at('2027-02-01'), at('2027-01-31'), { ...gone, isPartial: true }).standing,
    ).toEqual(known.map(({ threadId }) => threadId));
  });

  it('says of what an older version has indexed that nobody knows', () => {
    const old = { lineage: 'ecs/prod/old|app|linux/amd64', digest: of('old'), facts: {} };
    const unread = { lineage: 'ecs/prod/new|app|linux/amd64', digest: of('new'), facts: undefined };
    const found = findFleetSupport(running(old, unread), at('2027-01-01'));
    expect(found).toMatchObject([
      { state: 'unknown', digests: 1, lineages: ['ecs/prod/old|app|linux/amd64'] },
    ]);
    expect(night(at('2027-01-01'), at('2026-12-31'), { support: found }).alerts).toEqual([]);
  });
});
