import { describe, expect, it } from 'vitest';
import type { LineageInput } from '../../../core/change/compare-lineage.ts';
import { type Telling, tellChanges } from '../../../core/change/tell-changes.ts';
import type { LineageTarget } from '../../../core/lineage/lineage.ts';
import {
  aCheckItem,
  aComparison,
  aFinding,
  anItem,
  aRow,
  aTarget,
  aTellInput,
  aThread,
  aWorkload,
  CHANNEL,
  of,
} from '../../support/builders.ts';

const finding = aFinding();
/** A new image that brings the finding. */
const brought = { before: [finding], after: [finding] };
/** An advisory that hits what is there. */
const disclosed = { before: [], after: [finding] };
const SHELL = { checks: [{ id: 'shell', message: 'Has a shell.' }], runtimes: [] };

function workload(name: string, overrides: Partial<LineageTarget> = {}): LineageTarget {
  return aWorkload({ lineage: `ecs/prod/${name}|app|linux/amd64`, ...overrides });
}

/** A workload that was on the old image. */
function onOld(name: string, overrides: Partial<LineageInput> = {}): Partial<LineageInput> {
  const target = workload(name);
  return {
    target,
    previous: aRow({ ...target, imageDigest: of('old index'), digest: of('old') }),
    ...overrides,
  };
}

/** A workload that runs the same image as before. */
function unmoved(name: string, overrides: Partial<LineageInput> = {}): Partial<LineageInput> {
  const target = workload(name);
  return { target, previous: aRow({ ...target }), ...overrides };
}

function tellAll(
  inputs: readonly Partial<LineageInput>[],
  overrides: Parameters<typeof aTellInput>[0] = {},
): Telling {
  return tellChanges(aTellInput({ comparisons: inputs.map(aComparison), ...overrides }));
}

/** `kind cause: lineages`. */
function summaries({ alerts }: Telling): string[] {
  return alerts.map(({ kind, cause, lineages }) => `${kind} ${cause}: ${lineages.join(' ')}`);
}

function originsOf({ rows }: Telling, lineage: string) {
  return rows.find((row) => row.lineage === lineage)?.items.map(({ origin }) => origin);
}

const REPOSITORY = `${CHANNEL}|linux/amd64`;

describe('a disclosed advisory', () => {
  it('is one alert over all that runs it, whatever the image', () => {
    const other = workload('b', { digest: of('another'), channel: 'r.test/other|' });
    const telling = tellAll([
      unmoved('a', disclosed),
      { target: other, previous: aRow({ ...other }), ...disclosed },
    ]);
    expect(summaries(telling)).toEqual([
      'disclosed advisory: ecs/prod/a|app|linux/amd64 ecs/prod/b|app|linux/amd64',
    ]);
    expect(telling.alerts[0]).toMatchObject({ subject: 'CVE-2026-0001', count: 2 });
  });

  it('is not told for a repository that nothing runs', () => {
    const telling = tellAll([{ previous: aRow({ ...aTarget() }), ...disclosed }]);
    expect(telling.alerts).toEqual([]);
    expect(originsOf(telling, REPOSITORY)).toEqual(['untold']);
  });

  it.each([
    ['low', 0],
    ['medium', 1],
    ['high', 1],
    ['critical', 1],
    ['unrated', 1],
  ] as const)('of severity %s is told %i times by default', (severity, count) => {
    const after = [aFinding({ severity })];
    expect(tellAll([unmoved('a', { before: [], after })]).alerts).toHaveLength(count);
  });

  it.each(['unimportant', 'informational'] as const)(
    'that is %s is told only once it is exploited',
    (status) => {
      const exploited = { since: '2026-01-01', ransomware: false, feed: 'kev' };
      const quiet = aFinding({ status });
      const told = (after: typeof quiet) => tellAll([unmoved('a', { before: [], after: [after] })]);
      expect(told(quiet).alerts).toEqual([]);
      expect(told({ ...quiet, exploited }).alerts).toHaveLength(1);
    },
  );

  it('has an id that its records make, not their order nor who runs it', () => {
    const records = [
      { id: 'A', hash: '1' },
      { id: 'B', hash: '2' },
    ];
    const idOf = (name: string, each: typeof records) =>
      tellAll([unmoved(name, { before: [], after: [aFinding({ records: each })] })]).alerts[0]
        ?.alertId;

    const id = idOf('a', records);

    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(idOf('b', records.toReversed())).toBe(id);
    expect(idOf('a', [{ id: 'A', hash: '1' }])).not.toBe(id);
  });

  it('names every record, where two images are hit by different ones', () => {
    const hit = (record: string) => [aFinding({ records: [{ id: record, hash: record }] })];
    const a = unmoved('a', { before: [], after: hit('X86') });
    const b = unmoved('b', { before: [], after: hit('ARM') });
    const swapped = [
      unmoved('a', { before: [], after: hit('ARM') }),
      unmoved('b', { before: [], after: hit('X86') }),
    ];
    const ids = (inputs: Partial<LineageInput>[]) => tellAll(inputs).alerts.map((x) => x.alertId);

    expect(ids([a, b])).toEqual(ids(swapped));
    expect(ids([a, b])).not.toEqual(ids([a]));
  });

  it('that was too little to be told is told when it is rated higher', () => {
    const low = [anItem({ origin: 'untold', severity: 'low' })];
    const { target } = unmoved('a');
    const telling = tellAll([
      {
        target,
        previous: aRow({ ...target, items: low }),
        before: [aFinding({ severity: 'low' })],
        after: [finding],
      },
    ]);
    expect(summaries(telling)).toEqual(['disclosed advisory: ecs/prod/a|app|linux/amd64']);
  });

  it('joins the thread that tells of the same records already', () => {
    const first = tellAll([unmoved('a', disclosed)]);
    const later = tellAll([unmoved('b', disclosed)], { threads: first.threads });

    expect(later.alerts).toEqual([]);
    expect(originsOf(later, 'ecs/prod/b|app|linux/amd64')).toEqual([
      { thread: first.threads[0]?.threadId },
    ]);
  });
});

describe('a new image', () => {
  it('is told once for the repository and every workload that follows it', () => {
    const telling = tellAll([brought, onOld('a', brought), onOld('b', brought)]);

    expect(telling.alerts).toMatchObject([
      {
        kind: 'regression',
        cause: 'image',
        lineages: [REPOSITORY, 'ecs/prod/a|app|linux/amd64', 'ecs/prod/b|app|linux/amd64'],
      },
    ]);
    const thread = telling.threads[0]?.threadId;
    for (const { lineage } of telling.rows) {
      expect(originsOf(telling, lineage)).toEqual([{ thread }]);
    }
  });

  it('has one id, told by day for the repository or at night for all', () => {
    const byDay = tellAll([brought]);
    const atNight = tellAll([brought, onOld('a', brought)]);
    expect(atNight.alerts.map(({ alertId }) => alertId)).toEqual(
      byDay.alerts.map(({ alertId }) => alertId),
    );
  });

  it('that was told by day is adopted in silence by who deploys it', () => {
    const byDay = tellAll([brought]);
    const [row] = byDay.rows;
    const atNight = tellAll([{ previous: row, ...brought }, onOld('a', brought)], {
      threads: byDay.threads,
    });
    expect(atNight.alerts).toEqual([]);
    expect(originsOf(atNight, 'ecs/prod/a|app|linux/amd64')).toEqual([
      { thread: byDay.threads[0]?.threadId },
    ]);
  });

  it('is adopted from what the channel was, when the channel has moved on', () => {
    const byDay = tellAll([brought]);
    const newest = aTarget({ digest: of('newest'), imageDigest: of('newest index') });
    const atNight = tellAll(
      [
        { target: newest, previous: byDay.rows[0] },
        { ...onOld('a', brought), isPresent: false },
      ],
      { threads: byDay.threads, knownRows: byDay.rows },
    );
    expect(atNight.alerts).toEqual([]);
    expect(originsOf(atNight, 'ecs/prod/a|app|linux/amd64')).toEqual([
      { thread: byDay.threads[0]?.threadId },
    ]);
  });

  it('is told for all its platforms in one', () => {
    const arm = aTarget({ platform: 'linux/arm64', digest: of('new arm') });
    const telling = tellAll([
      brought,
      { target: arm, previous: aRow({ ...arm, digest: of('old arm') }), ...brought },
    ]);
    expect(telling.alerts).toHaveLength(1);
    expect(telling.alerts[0]?.count).toBe(2);
  });

  it.each([
    ['medium', 0],
    ['high', 1],
    ['unrated', 1],
  ] as const)('that brings a finding of severity %s is told %i times', (severity, count) => {
    const findings = [aFinding({ severity })];
    expect(tellAll([{ before: findings, after: findings }]).alerts).toHaveLength(count);
  });

  it('that loses a check is told, whatever its severity', () => {
    const [alert] = tellAll([{ facts: SHELL }]).alerts;
    expect(alert).toMatchObject({ kind: 'regression', cause: 'image', severity: 'medium' });
    expect(alert?.title).toContain('shell');
    expect(alert?.remedy).toContain('hardened base');
  });

  it('is judged at night by yesterday’s ratings, as the push was by day', () => {
    const low = [aFinding({ severity: 'low' })];
    const byDay = tellAll([{ before: low, after: low }]);
    const rerated = { before: low, after: [finding] };
    const [row] = byDay.rows;
    const told = tellAll([
      { target: row && aTarget(), previous: row, ...rerated },
      onOld('a', rerated),
    ]);
    const lost = tellAll([rerated, onOld('a', rerated)]);

    expect(byDay.alerts).toEqual([]);
    expect(summaries(lost)).toEqual(['disclosed advisory: ecs/prod/a|app|linux/amd64']);
    expect(told.alerts.map((each) => each.alertId)).toEqual(
      lost.alerts.map((each) => each.alertId),
    );
  });

  it('has the same id when its finding gets a better name on the same day', () => {
    const byDay = aFinding({ id: 'GHSA-1' });
    const renamed = aFinding({ id: 'CVE-2026-0009', aliases: ['GHSA-1'] });
    const told = tellAll([{ before: [byDay], after: [byDay] }]).alerts;
    const lost = tellAll([{ before: [byDay], after: [renamed] }]).alerts;
    expect(lost.map(({ alertId }) => alertId)).toEqual(told.map(({ alertId }) => alertId));
  });

  it('opens another episode once the first has ended', () => {
    const first = tellAll([brought]);
    const matter = first.threads[0]?.matter ?? '';
    const again = tellAll([brought], { ended: { [matter]: 1 } });

    expect(again.threads[0]?.matter).toBe(matter);
    expect(again.alerts[0]?.alertId).not.toBe(first.alerts[0]?.alertId);
  });

  it('of a repository nobody knew is not told', () => {
    const telling = tellAll([{ previous: undefined, ...brought }]);
    expect(telling.alerts).toEqual([]);
    expect(originsOf(telling, REPOSITORY)).toEqual(['untold']);
  });
});

describe('a workload', () => {
  it('that appears with an image nobody told of enters with what is wrong', () => {
    const telling = tellAll([
      { previous: undefined, facts: SHELL },
      { target: workload('a'), previous: undefined, facts: SHELL },
    ]);
    expect(summaries(telling)).toEqual(['new-workload deployment: ecs/prod/a|app|linux/amd64']);
    expect(telling.alerts[0]?.title).toMatch(/^New workload enters with shell/);
  });

  it('that appears later with the same image joins the one before', () => {
    const first = tellAll([{ target: workload('a'), previous: undefined, facts: SHELL }]);
    const second = tellAll([{ target: workload('b'), previous: undefined, facts: SHELL }], {
      threads: first.threads,
    });
    expect(second.alerts).toEqual([]);
  });

  it('that appears on a channel with a baseline is compared with it', () => {
    const previous = aRow({ ...aTarget(), items: [aCheckItem('shell')] });
    const telling = tellAll([
      { previous, facts: SHELL },
      { target: workload('a'), previous: undefined, facts: SHELL },
    ]);
    expect(telling.alerts).toEqual([]);
    expect(originsOf(telling, 'ecs/prod/a|app|linux/amd64')).toEqual(['baseline']);
  });

  it('that goes back to an older image is told as a deployment, apart from the image’s own alert', () => {
    const rolledBack = { ...onOld('a', brought), isPresent: false };
    const telling = tellAll([rolledBack]);
    expect(summaries(telling)).toEqual(['regression deployment: ecs/prod/a|app|linux/amd64']);
    expect(telling.alerts[0]?.alertId).not.toBe(tellAll([brought]).alerts[0]?.alertId);
  });
});

describe('a runtime that moved', () => {
  const at = (minor: string) => [{ language: 'python', minor }];
  const facts = { checks: [], runtimes: at('3.14') };
  const onOldPython = (name: string): Partial<LineageInput> => {
    const { target, previous } = onOld(name);
    return { target, previous: previous && { ...previous, runtimes: at('3.13') }, facts };
  };
  const repository = { previous: aRow({ runtimes: at('3.13') }), facts };

  it('is not told of a language that nobody had read before', () => {
    const seen = [
      ...at('3.13'),
      { language: 'node', minor: '22' },
      { language: 'java', minor: '21' },
    ];
    const first = { ...facts, runtimes: seen };
    expect(tellAll([{ ...repository, facts: first, newEngine: true }]).alerts).toEqual([]);
    expect(tellAll([{ ...repository, facts: first }]).alerts).toEqual([]);
  });

  it('is told with what else the image brought', () => {
    const { alerts } = tellAll([repository]);
    expect(alerts).toMatchObject([{ kind: 'regression', severity: 'high' }]);
    expect(alerts[0]?.title).toContain('Python moved from 3.13 to 3.14');

    const withShell = tellAll([
      { ...repository, facts: { ...facts, ...SHELL, runtimes: at('3.14') } },
    ]);
    expect(withShell.alerts).toHaveLength(1);
    expect(withShell.threads).toHaveLength(1);
  });

  it('opens a thread that its row keeps, unless items that came with it do', () => {
    const alone = tellAll([repository]);
    const thread = alone.threads[0]?.threadId;
    expect(thread).toBe(alone.alerts[0]?.alertId);
    expect(alone.rows[0]?.moves).toEqual([
      { language: 'python', from: '3.13', to: '3.14', thread },
    ]);

    const withShell = tellAll([
      { ...repository, facts: { ...facts, ...SHELL, runtimes: at('3.14') } },
    ]);
    expect(withShell.rows[0]?.moves).toMatchObject([{ to: '3.14', thread: null }]);
  });

  it('is no news when it goes back to where the lineage came from', () => {
    const [row] = tellAll([repository]).rows;
    const back = tellAll([
      { previous: row && { ...row, digest: of('old') }, facts: { ...facts, runtimes: at('3.13') } },
    ]);
    expect(back.alerts).toEqual([]);
    expect(back.rows[0]?.moves).toEqual([]);

    const further = tellAll([
      { previous: row && { ...row, digest: of('old') }, facts: { ...facts, runtimes: at('3.12') } },
    ]);
    expect(further.alerts[0]?.title).toContain('Python moved from 3.14 to 3.12');
    expect(further.rows[0]?.moves.map(({ to }) => to)).toEqual(['3.14', '3.12']);
  });

  it('is known to a workload that appears with it, and goes back as silently', () => {
    const { rows, threads } = tellAll([repository]);
    const target = workload('late');
    const appeared = tellAll([{ target, previous: undefined, facts }], {
      threads,
      knownRows: rows,
    });
    expect(appeared.rows[0]?.moves).toEqual(rows[0]?.moves);
  });

  it('is not told again for the workloads that follow, that night or days later', () => {
    const sameNight = tellAll([repository, onOldPython('a')]);
    expect(summaries(sameNight)).toEqual([`regression image: ${REPOSITORY}`]);

    const { rows, threads } = tellAll([repository]);
    const later = tellAll([{ previous: rows[0], facts }, onOldPython('b')], { threads });
    expect(later.alerts).toEqual([]);
    expect(later.rows.map(({ moves }) => moves)).toEqual([rows[0]?.moves, rows[0]?.moves]);
  });

  it('is a deployment’s where an older image was chosen', () => {
    const telling = tellAll([{ ...onOldPython('a'), isPresent: false }]);
    expect(summaries(telling)).toEqual(['regression deployment: ecs/prod/a|app|linux/amd64']);
  });
});

describe('silence', () => {
  it('is given to everything on the first night', () => {
    const telling = tellAll(
      [
        { previous: undefined, facts: SHELL, ...disclosed },
        { target: workload('a'), previous: undefined, facts: SHELL, ...brought },
      ],
      { isBaseline: true },
    );
    expect(telling.alerts).toEqual([]);
    expect(new Set(telling.rows.flatMap((row) => row.items.map(({ origin }) => origin)))).toEqual(
      new Set(['baseline']),
    );
  });

  it.each([
    ['a new feed', 'feed', { newFeeds: new Set(['wolfi']) }],
    ['a new engine', 'engine', { newEngine: true, before: [finding] }],
  ])('is given to what %s finds, and says why', (_name, origin, overrides) => {
    const telling = tellAll([unmoved('a', { ...disclosed, ...overrides })]);
    expect(telling.alerts).toEqual([]);
    expect(originsOf(telling, 'ecs/prod/a|app|linux/amd64')).toEqual([origin]);
  });
});

it('knows a thread that is open by its matter, not by who asks', () => {
  const matter = tellAll([brought]).threads[0]?.matter ?? '';
  const telling = tellAll([brought], { threads: [aThread({ threadId: 'first', matter })] });
  expect(telling.alerts).toEqual([]);
  expect(originsOf(telling, REPOSITORY)).toEqual([{ thread: 'first' }]);
});

it('limits what a remedy lists', () => {
  const findings = Array.from({ length: 40 }, (_, index) =>
    aFinding({ id: `CVE-${index}`, package: `pkg:apk/wolfi/p${index}@1`, fixedIn: '2' }),
  );
  const [alert] = tellAll([{ before: findings, after: findings }]).alerts;
  expect(alert?.remedy).toContain('and 30 more');
});
