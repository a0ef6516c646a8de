import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Thread } from '../../../core/alert/alert.ts';
import {
  compareLineage,
  keepLineage,
  type LineageComparison,
  type LineageInput,
} from '../../../core/change/compare-lineage.ts';
import { resolveThreads } from '../../../core/change/resolve-threads.ts';
import { tellChanges } from '../../../core/change/tell-changes.ts';
import type { LineageRow } from '../../../core/lineage/lineage.ts';
import type { Finding } from '../../../core/match/finding.ts';
import { createSuppressor, NO_SUPPRESSIONS } from '../../../core/suppress/create-suppressor.ts';
import {
  aComparison,
  aFinding,
  aLineageInput,
  anItem,
  aRow,
  aTellInput,
  aThread,
  aWorkload,
  of,
} from '../../support/builders.ts';
import { anEntry, aSet } from '../../support/suppression-builders.ts';

const JUNE = '2026-06-01T02:00:00.000Z';
const OCTOBER = '2026-10-02T02:00:00.000Z';
const silencing = createSuppressor(aSet(anEntry()), JUNE);
const ended = createSuppressor(aSet(anEntry()), OCTOBER);
const finding = aFinding();
const still = { before: silencing, after: silencing };
const begins = { before: NO_SUPPRESSIONS, after: silencing };
const ends = { before: silencing, after: ended };

/** A workload that runs what it ran, with one finding by both advisories. */
function standing(overrides: Partial<LineageInput>): LineageInput {
  const previous = aRow({ kind: 'workload', digest: of('new'), imageDigest: of('new index') });
  return aLineageInput({
    target: aWorkload(),
    previous,
    before: [finding],
    after: [finding],
    ...overrides,
  });
}

type Entry = Readonly<Record<string, unknown>>;

function tellOf(input: LineageInput) {
  return tellChanges(aTellInput({ comparisons: [compareLineage(input)] }));
}

describe('a finding that is suppressed', () => {
  it('is in the row, with who silences it, and neither open nor told', () => {
    const { alerts, rows } = tellOf(standing({ previous: undefined, suppressors: still }));
    expect(alerts).toEqual([]);
    expect(rows[0]?.items).toEqual([]);
    expect(rows[0]?.suppressed).toMatchObject([
      {
        key: 'finding|CVE-2026-0001|pkg:apk/wolfi/openssl',
        package: finding.package,
        suppressed: { entry: 'openssl-not-reached', author: 'Kim <kim@example.org>' },
      },
    ]);
  });

  it('leaves rows without any as they always were', () => {
    const { rows } = tellOf(standing({ suppressors: begins, before: [], after: [] }));
    expect(rows[0]).not.toHaveProperty('suppressed');
  });

  it('closes what was open with its own cause, and what was told of it is not called resolved', () => {
    const item = anItem({ origin: { thread: 'thread-1' } });
    const previous = aRow({ kind: 'workload', digest: of('new'), items: [item] });
    const comparison = compareLineage(standing({ previous, suppressors: begins }));
    expect(comparison.changes).toEqual([{ kind: 'closed', item, cause: 'suppression' }]);
    const { rows } = tellChanges(aTellInput({ comparisons: [comparison] }));
    const { alerts, open } = resolveThreads({
      known: [aThread()],
      rows,
      standing: new Set(),
      comparisons: [comparison],
      opened: [],
      ended: {},
    });
    expect(open).toEqual([]);
    expect(alerts).toMatchObject([
      {
        kind: 'resolved',
        cause: 'suppression',
        severity: 'none',
        title: 'Suppressed: web got worse',
      },
    ]);
  });

  it('closes on a lineage too that nobody could see', () => {
    const previous = aRow({ kind: 'workload', digest: of('new'), items: [anItem()] });
    const { changes, kept } = compareLineage(
      standing({ previous, suppressors: begins, stale: 'not seen' }),
    );
    expect(changes.map(({ kind, cause }) => `${kind} by ${cause}`)).toEqual([
      'closed by suppression',
    ]);
    expect(kept).toEqual([]);
  });

  it('is no change while it stays so, nor when the image or the advisory ends it', () => {
    const { rows } = tellOf(standing({ suppressors: still }));
    expect(compareLineage(standing({ previous: rows[0], suppressors: still })).changes).toEqual([]);
    const fixed = compareLineage(standing({ previous: rows[0], suppressors: still, after: [] }));
    expect(fixed.changes).toEqual([]);
    expect(fixed.suppressed).toEqual([]);
  });
});

describe('a suppression that is over', () => {
  const previous = tellOf(standing({ suppressors: still })).rows[0];

  it('brings the finding back with its own cause, told once for all workloads', () => {
    const second = aWorkload({ lineage: 'ecs/prod/api|app|linux/amd64' });
    const comparisons = [
      compareLineage(standing({ previous, suppressors: ends })),
      compareLineage(standing({ target: second, previous, suppressors: ends })),
    ];
    const { alerts, threads, rows } = tellChanges(aTellInput({ comparisons }));
    expect(alerts).toMatchObject([
      {
        kind: 'disclosed',
        cause: 'suppression',
        severity: 'high',
        count: 2,
        title:
          'CVE-2026-0001 (high) is no longer suppressed in openssl: it ended on 2026-09-30: 2 workloads',
      },
    ]);
    expect(alerts[0]?.message).toContain(
      'Suppression openssl-not-reached of team-web (until 2026-09-30) said: vulnerable_code',
    );
    expect(threads).toHaveLength(1);
    expect(rows[0]?.items[0]?.origin).toEqual({ thread: threads[0]?.threadId });
    expect(rows[0]).not.toHaveProperty('suppressed');
  });

  it('is told under the same id whether the image came by day or is first seen at night', () => {
    const atNight = tellOf(standing({ previous: aRow({ kind: 'workload' }), suppressors: ends }));
    const afterDay = tellOf(standing({ previous, suppressors: ends }));
    expect(atNight.alerts.map(({ alertId }) => alertId)).toEqual(
      afterDay.alerts.map(({ alertId }) => alertId),
    );
    expect(atNight.alerts).toHaveLength(1);
  });

  it('is another matter when another end of it comes', () => {
    const [first] = tellOf(standing({ previous, suppressors: ends })).alerts;
    const longer = aSet(anEntry({ until: '2026-11-30' }));
    const [second] = tellOf(
      standing({
        suppressors: {
          before: createSuppressor(longer, JUNE),
          after: createSuppressor(longer, '2026-12-01T02:00:00.000Z'),
        },
      }),
    ).alerts;
    expect(second?.alertId).not.toBe(first?.alertId);
  });

  it('is told anew where it is over later than elsewhere, while the first thread is open', () => {
    const untilFix = createSuppressor(aSet(anEntry({ until: 'fix' })), JUNE);
    const suppressors = { before: untilFix, after: untilFix };
    const lineages = ['ecs/prod/api|app|linux/amd64', 'ecs/prod/web|app|linux/amd64'];
    const [first, second] = lineages.map((lineage, night) => {
      const hash = `after night ${night}`;
      const fixed = aFinding({ fixedIn: '3.5.1-r0', records: [{ id: 'CGA-1', hash }] });
      return compareLineage(
        standing({
          target: aWorkload({ lineage }),
          previous,
          before: [aFinding({ fixedIn: null })],
          after: [fixed],
          suppressors,
        }),
      );
    });
    const one = tellChanges(aTellInput({ comparisons: [first as LineageComparison] }));
    expect(one.alerts).toHaveLength(1);
    const two = tellChanges(
      aTellInput({ comparisons: [second as LineageComparison], threads: one.threads }),
    );
    expect(two.alerts).toHaveLength(1);
    expect(two.alerts[0]?.alertId).not.toBe(one.alerts[0]?.alertId);
  });

  it('is told anew where another edit of the file ends it elsewhere', () => {
    const tellAfter = (workload: string, before: Entry, threads: readonly Thread[]) => {
      const target = aWorkload({ lineage: `${workload}|app|linux/amd64` });
      const was = createSuppressor(aSet(anEntry(before)), JUNE);
      const suppressors = { before: was, after: NO_SUPPRESSIONS };
      const comparison = compareLineage(standing({ target, previous, suppressors }));
      return tellChanges(aTellInput({ comparisons: [comparison], threads }));
    };
    const one = tellAfter('ecs/prod/api', { workload: ['ecs/prod/api', 'ecs/prod/web'] }, []);
    const two = tellAfter('ecs/prod/web', { workload: 'ecs/prod/web' }, one.threads);
    expect([one.alerts, two.alerts].map(({ length }) => length)).toEqual([1, 1]);
  });

  it('tells nothing of a repository that nothing runs', () => {
    const { alerts, rows } = tellChanges(
      aTellInput({
        comparisons: [aComparison({ before: [finding], after: [finding], suppressors: ends })],
      }),
    );
    expect(alerts).toEqual([]);
    expect(rows[0]?.items).toHaveLength(1);
  });

  it('is seen on a lineage of which nothing could be read', () => {
    const kept = keepLineage(previous as LineageRow, 'not read', ends);
    expect(kept.changes).toMatchObject([{ kind: 'opened', cause: 'suppression' }]);
    expect(kept.suppressed).toEqual([]);
    expect(keepLineage(previous as LineageRow, 'not read', still).suppressed).toHaveLength(1);
  });

  it('is seen on a lineage that could not be judged', () => {
    const unjudged = { previous, after: null, before: null };
    expect(compareLineage(standing({ ...unjudged, suppressors: ends })).changes).toMatchObject([
      { kind: 'opened', cause: 'suppression' },
    ]);
    expect(compareLineage(standing({ ...unjudged, suppressors: still })).suppressed).toHaveLength(
      1,
    );
  });
});

describe('a version of a package that is suppressed beside one that is not', () => {
  const one = aFinding({ package: 'pkg:pypi/requests@1.0', version: '1.0' });
  const two = aFinding({ package: 'pkg:pypi/requests@2.0', version: '2.0' });
  const silencesOne = createSuppressor(
    aSet(anEntry({ package: 'pkg:pypi/requests@1.0', until: '2026-09-30' })),
    JUNE,
  );
  const silencesBoth = createSuppressor(aSet(anEntry({ package: 'requests' })), JUNE);
  const same = { before: silencesOne, after: silencesOne };
  const alone = tellOf(standing({ before: [one], after: [one], suppressors: same })).rows[0];
  const both = tellOf(
    standing({
      target: aWorkload({ digest: of('newer') }),
      previous: alone,
      before: [one, two],
      after: [one, two],
      suppressors: same,
    }),
  );
  const told = { newEngine: false, suppressors: same };
  const changesOf = (input: Partial<LineageInput>) =>
    compareLineage(standing({ ...told, ...input })).changes.map(
      ({ kind, cause, item }) => `${kind} by ${cause}: ${item.title}`,
    );

  it('is told where the image brings the other one, and each is what it is', () => {
    expect(both.alerts.map(({ title }) => title).join()).toContain(
      'CVE-2026-0001 in requests 2.0 (high)',
    );
    expect(both.rows[0]?.items).toMatchObject([{ title: 'CVE-2026-0001 in requests 2.0' }]);
    expect(both.rows[0]?.suppressed).toMatchObject([{ package: one.package }]);
  });

  it('is told as an advisory’s where a record hits the other one', () => {
    expect(changesOf({ previous: alone, before: [one], after: [one, two] })).toEqual([
      'opened by advisory: CVE-2026-0001 in requests 2.0',
    ]);
    // Though the one that was suppressed is cleared at the same time.
    expect(changesOf({ previous: alone, before: [one], after: [two] })).toEqual([
      'opened by advisory: CVE-2026-0001 in requests 2.0',
    ]);
  });

  it('stays open while only the suppressed one stays so, and is resolved when it is gone itself', () => {
    const target = aWorkload({ digest: of('newer') });
    const previous = both.rows[0];
    expect(changesOf({ target, previous, before: [one, two], after: [one, two] })).toEqual([]);
    expect(changesOf({ target, previous, before: [one, two], after: [one] })).toEqual([
      'closed by advisory: CVE-2026-0001 in requests 2.0',
    ]);
    const next = aWorkload({ digest: of('newest') });
    expect(changesOf({ target: next, previous, before: [one], after: [one] })).toEqual([
      'closed by image: CVE-2026-0001 in requests 2.0',
    ]);
  });

  it('ends by suppression when that takes it too', () => {
    const target = aWorkload({ digest: of('newer') });
    const suppressors = { before: silencesOne, after: silencesBoth };
    const previous = both.rows[0];
    const findings = { before: [one, two], after: [one, two] };
    expect(changesOf({ target, previous, ...findings, suppressors })).toEqual([
      'closed by suppression: CVE-2026-0001 in requests 2.0',
    ]);
  });

  it('is no news when its own suppression ends while the other is open', () => {
    const target = aWorkload({ digest: of('newer') });
    const suppressors = { before: silencesOne, after: NO_SUPPRESSIONS };
    const findings = { before: [one, two], after: [one, two] };
    const ended = compareLineage(
      standing({ target, previous: both.rows[0], ...findings, suppressors }),
    );
    expect(ended.changes).toEqual([]);
    expect(ended.kept).toMatchObject([{ title: 'CVE-2026-0001 in requests 1.0, 2.0' }]);
    expect(ended.suppressed).toEqual([]);
  });
});

it('is the image’s finding where only the new image has what nothing silences', () => {
  const other = aFinding({ package: 'pkg:apk/wolfi/libssl3@3.5.0-r0' });
  const { changes } = compareLineage(
    aLineageInput({ before: [finding, other], after: [finding, other], suppressors: still }),
  );
  expect(changes.map(({ item, cause }) => `${item.title} by ${cause}`)).toEqual([
    'CVE-2026-0001 in libssl3 3.5.0-r0 by image',
  ]);
});

describe('whatever is suppressed', () => {
  const findings = fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('CVE-2026-0001', 'CVE-2026-0002', 'CVE-2026-0003'),
      name: fc.constantFrom('openssl', 'zlib'),
      version: fc.constantFrom('1', '2'),
      severity: fc.constantFrom<Finding['severity']>('critical', 'medium', 'low', 'unrated'),
      fixedIn: fc.constantFrom(null, '3'),
    }),
    { selector: ({ id, name, version }) => [id, name, version].join(), maxLength: 8 },
  );
  const entries = fc.array(
    fc.record({
      vulnerability: fc.constantFrom('CVE-2026-0001', 'CVE-2026-0002'),
      package: fc.constantFrom('openssl', '*zlib', 'pkg:apk/wolfi/openssl@1'),
      until: fc.constantFrom('2026-05-20', '2026-09-30', 'fix'),
    }),
    { maxLength: 4 },
  );

  it('every finding is either suppressed or open, and what is told is open', () => {
    fc.assert(
      fc.property(
        findings,
        findings,
        entries,
        entries,
        fc.boolean(),
        (old, now, one, two, isNew) => {
          const suppressors = { before: suppressorOf(one), after: suppressorOf(two) };
          const first = tellOf(
            standing({
              previous: undefined,
              before: [],
              after: old.map(made),
              suppressors: { ...suppressors, after: suppressors.before },
            }),
          );
          const next = standing({
            previous: first.rows[0],
            before: old.map(made),
            after: now.map(made),
            suppressors,
          });
          const told = tellOf(
            isNew ? { ...next, target: aWorkload({ digest: of('newer') }) } : next,
          );
          const row = told.rows[0];
          const silent = new Set(row?.suppressed?.map((item) => `${item.ids[0]} ${item.package}`));
          const open = new Set(row?.items.map(({ key }) => key));
          const expectedSilent = now
            .map(made)
            .filter((each) => suppressors.after.judge({ ...each, ids: [each.id] }, aWorkload()));
          expect(silent).toEqual(
            new Set(expectedSilent.map((each) => `${each.id} ${each.package}`)),
          );
          const left = now
            .map(made)
            .filter(
              (each) =>
                !expectedSilent.some(
                  (other) => other.id === each.id && other.package === each.package,
                ),
            );
          expect(open).toEqual(new Set(left.map(keyOf)));
          const threads = new Set(told.threads.map(({ threadId }) => threadId));
          for (const { kind, alertId } of told.alerts) {
            if (kind === 'disclosed' || kind === 'regression') expect(threads).toContain(alertId);
            const items = row?.items.filter(
              ({ origin }) => typeof origin === 'object' && origin.thread === alertId,
            );
            expect(items).not.toEqual([]);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

function suppressorOf(entries: readonly Readonly<Record<string, unknown>>[]) {
  // The first of a vulnerability: overlapping ones are refused.
  const firsts = [
    ...new Map(entries.toReversed().map((each) => [each.vulnerability, each])).values(),
  ];
  const set = aSet(...firsts.map((each, index) => anEntry({ id: `entry-${index}`, ...each })));
  return createSuppressor(set, JUNE);
}

function made({
  id,
  name,
  version,
  severity,
  fixedIn,
}: {
  id: string;
  name: string;
  version: string;
  severity: Finding['severity'];
  fixedIn: string | null;
}): Finding {
  return aFinding({ id, package: `pkg:apk/wolfi/${name}@${version}`, version, severity, fixedIn });
}

function keyOf({ id, package: purl }: Finding): string {
  return `finding|${id}|${purl.replace(/@.*/, '')}`;
}
