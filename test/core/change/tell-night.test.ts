import { describe, expect, it } from 'vitest';
import { type NightInput, tellNight } from '../../../core/change/tell-night.ts';
import type { RuntimeTie, SuppressedItem } from '../../../core/lineage/lineage.ts';
import type { MatchProblem } from '../../../core/match/fleet-problems.ts';
import {
  aCheckItem,
  aFeedState,
  aNightInput,
  anItem,
  aRow,
  aWorkload,
  of,
} from '../../support/builders.ts';
import { anApplied } from '../../support/suppression-builders.ts';

function tellOf(overrides: Partial<NightInput>) {
  return tellNight(aNightInput(overrides));
}

function aSuppressedItem(): SuppressedItem {
  const { origin: _origin, ...item } = anItem();
  return { ...item, package: 'pkg:apk/wolfi/openssl@3.5.0-r0', suppressed: anApplied() };
}

function aProblem(overrides: Partial<MatchProblem> = {}): MatchProblem {
  return { kind: 'no-version', of: 'pep440', packages: 1, digests: 1, examples: [], ...overrides };
}

/** What the next night knows of this one. */
function nextNight(overrides: Partial<NightInput>) {
  return tellOf({ ...overrides, known: tellOf(overrides).threads });
}

it('says nothing of a night without news', () => {
  expect(tellOf({})).toEqual({
    alerts: [],
    threads: [],
    standing: new Set(),
    unseen: [],
    failed: [],
  });
});

describe('the first night', () => {
  it('is one summary of what runs, each digest counted once', () => {
    const workload = (name: string, digest: string) =>
      aRow({
        ...aWorkload({ lineage: `ecs/prod/${name}|app|linux/amd64`, digest: of(digest) }),
        items: [anItem(), aCheckItem('shell')],
      });
    const repository = aRow({ items: [anItem({ finding: { id: 'CVE-2026-0002' } })] });
    const { alerts, threads } = tellOf({
      isBaseline: true,
      rows: [workload('a', '1'), workload('b', '1'), workload('c', '2'), repository],
    });

    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({ kind: 'baseline', severity: 'high', count: 3 });
    expect(alerts[0]?.title).toBe(
      'Watching 3 workloads from now on: 2 findings, 2 failed checks open',
    );
    expect(alerts[0]?.message).toContain(
      'Why: the first night: what is there is known from now on.',
    );
    expect(threads).toEqual([]);
  });

  it.each([
    [
      'a finding',
      { items: [anItem()] },
      {},
      '1 finding, 0 failed checks open',
      'Work down the findings',
    ],
    [
      'a check',
      { items: [aCheckItem('shell')] },
      {},
      '1 failed check open',
      'Work down the failed checks',
    ],
    ['nothing', {}, {}, '0 findings, 0 failed checks open', 'Nothing to work down;'],
    [
      'what is suppressed',
      { suppressed: [aSuppressedItem()] },
      {},
      'open, 1 suppressed',
      'Nothing is open, since all that was found is suppressed',
    ],
    [
      'what no feed is about',
      {},
      { unmatched: [{ ecosystem: 'PyPI', packages: 1, digests: 1 }] },
      'open',
      'could not be matched: it is unknown, not clean',
    ],
    [
      'what cannot be compared',
      {},
      { problems: [aProblem()] },
      'open',
      'could not be matched: it is unknown, not clean',
    ],
    [
      'what was not judged',
      {},
      { feeds: [aFeedState({ key: null })] },
      'open',
      'could not be matched: it is unknown, not clean',
    ],
  ])('asks for what there is to do about %s', (_what, row, night, title, remedy) => {
    const rows = [aRow({ ...aWorkload(), items: [], ...row })];
    const [alert] = tellOf({ isBaseline: true, rows, ...night }).alerts;

    expect(alert?.title).toContain(title);
    expect(alert?.remedy).toContain(remedy);
    expect(alert?.remedy).toMatch(/; from now on only changes are told\.$/);
  });

  it('of a feed is one summary of what it alone says', () => {
    const items = [
      anItem({ feeds: ['ghsa'] }),
      anItem({ finding: { id: 'CVE-2026-0002' }, feeds: ['ghsa', 'wolfi'] }),
    ];
    const { alerts } = tellOf({
      newFeeds: new Set(['ghsa']),
      rows: [aRow({ ...aWorkload(), items })],
    });
    expect(alerts).toMatchObject([{ kind: 'baseline', cause: 'feed', subject: 'ghsa', count: 1 }]);
    expect(alerts[0]?.title).toContain('1 finding open');
  });

  it('of a feed that the installation’s first night could not read is told still', () => {
    const feeds = [aFeedState({ snapshot: null, key: null, state: 'held', failure: 'timeout' })];
    const first = tellOf({ isBaseline: true, feeds });
    const second = tellOf({ newFeeds: new Set(['wolfi']) });
    expect(first.alerts.map(({ alertId }) => alertId)).not.toContain(second.alerts[0]?.alertId);
  });
});

describe('drift', () => {
  const image = 'cgr.dev/chainguard/python:latest';
  const drift = {
    image,
    digest: of('python'),
    at: '2026-11-20T00:00:00.000Z',
    part: 'python',
    from: '3.13',
    to: '3.14',
  } as const;

  it('is told once, however many platforms moved, with who is still behind', () => {
    const behind = aRow({ ...aWorkload(), runtimes: [{ language: 'python', minor: '3.13' }] });
    const { alerts, threads } = tellOf({ drifts: [drift, drift], rows: [behind, aRow()] });

    expect(alerts).toMatchObject([
      { kind: 'drift', subject: image, lineages: [behind.lineage], count: 1 },
    ]);
    expect(alerts[0]?.title).toBe(`${image} moved from Python 3.13 to 3.14`);
    expect(threads).toEqual([]);
  });

  it('names the environments that would not survive it, those alike in one line', () => {
    const tie = (why: string, worksOn: RuntimeTie['worksOn']): RuntimeTie => ({
      path: 'app/venv',
      why,
      worksOn,
    });
    const behind = (name: string, ...ties: RuntimeTie[]) =>
      aRow({
        ...aWorkload({ lineage: `ecs/prod/${name}|app|linux/amd64` }),
        runtimes: [{ language: 'python', minor: '3.13', ties }],
      });
    const venv = tie('Its packages lie in lib/python3.13.', { minors: ['3.13'] });
    const asks = tie('Asks for Python <3.15: flask.', { requires: '<3.15' });
    const rows = [behind('a', venv, asks), behind('b', venv), behind('c', asks), behind('d')];
    const { alerts } = tellOf({ drifts: [drift], rows });
    expect(alerts[0]?.message).toContain(
      'would break on Python 3.14 in 2 workloads (ecs/prod/a, ecs/prod/b): app/venv: Its packages lie in lib/python3.13.',
    );
    expect(alerts[0]?.message).not.toContain('flask');
    expect(alerts[0]?.alertId).toBe(tellOf({ drifts: [drift] }).alerts[0]?.alertId);
  });

  it('has the id of the digest that brought it', () => {
    const idOf = (digest: string) => tellOf({ drifts: [{ ...drift, digest }] }).alerts[0]?.alertId;
    expect(idOf(of('a'))).toBe(idOf(of('a')));
    expect(idOf(of('a'))).not.toBe(idOf(of('b')));
  });
});

it.each([
  ['node', '22', '24', 'Node 22 to 24', 'native addons'],
  ['java', '21', '25', 'Java 21 to 25', 'on Java 25'],
  ['go', '1.25', '1.26', 'Go 1.25 to 1.26', 'build with Go 1.26'],
] as const)('a drift of %s is told in its own words', (part, from, to, title, remedy) => {
  const image = `cgr.dev/chainguard/${part}:latest`;
  const behind = aRow({ ...aWorkload(), runtimes: [{ language: part, minor: from }] });
  const at = '2026-11-20T00:00:00.000Z';
  const { alerts } = tellOf({
    drifts: [{ image, digest: of(part), at, part, from, to }],
    rows: [behind],
  });
  expect(alerts[0]).toMatchObject({ kind: 'drift', lineages: [behind.lineage] });
  expect(alerts[0]?.title).toBe(`${image} moved from ${title}`);
  expect(alerts[0]?.remedy).toContain(remedy);
});

describe('a drift of the libc', () => {
  const image = 'cgr.dev/chainguard/python:latest';
  const alertOf = (from: string, to: string) =>
    tellOf({
      drifts: [
        { image, digest: of('python'), at: '2026-11-20T00:00:00.000Z', part: 'libc', from, to },
      ],
    }).alerts[0];

  it('is the worse the more it breaks', () => {
    expect(alertOf('glibc 2.43', 'glibc 2.44')?.severity).toBe('low');
    expect(alertOf('glibc 2.43', 'glibc 2.9')?.severity).toBe('medium');
    expect(alertOf('glibc 2.43', 'musl 1.2')?.severity).toBe('high');
  });

  it('says what breaks', () => {
    expect(alertOf('glibc 2.43', 'glibc 2.44')).toMatchObject({
      kind: 'drift',
      subject: image,
      title: `${image} moved from glibc 2.43 to 2.44`,
    });
    expect(alertOf('glibc 2.44', 'glibc 2.43')?.message).toContain('above manylinux_2_43');
    expect(alertOf('musl 1.2', 'glibc 2.43')?.title).toBe(
      `${image} moved from musl 1.2 to glibc 2.43`,
    );
    expect(alertOf('musl 1.2', 'glibc 2.43')?.remedy).toContain('install manylinux wheels');
  });
});

describe('a held feed', () => {
  const held = { feeds: [aFeedState({ state: 'held', failure: 'timed out' })] };

  it('is told once and stands until it is read again', () => {
    const first = tellOf(held);
    expect(first.alerts).toMatchObject([{ kind: 'feed', subject: 'wolfi' }]);
    expect(first.threads).toHaveLength(1);

    const second = nextNight(held);
    expect(second.alerts).toEqual([]);
    expect([...second.standing]).toEqual([first.threads[0]?.threadId]);

    expect(tellOf({ known: first.threads }).standing).toEqual(new Set());
  });

  it('says whether anything is judged by it', () => {
    const never = { feeds: [{ ...aFeedState({ state: 'held', failure: 'x' }), snapshot: null }] };
    expect(tellOf(held).alerts[0]?.message).toContain('judged by its last snapshot');
    expect(tellOf(never).alerts[0]?.message).toContain('Nothing is judged by it');
  });
});

describe('what could not be seen', () => {
  const failure = 'AccessDeniedError: 403';

  it('is one message for a scope', () => {
    const { alerts, unseen } = tellOf({ scopes: [{ scope: 'ecs/prod', failure }] });
    expect(alerts).toMatchObject([{ kind: 'problem', title: 'Could not see ecs/prod' }]);
    expect(unseen).toEqual([`ecs/prod: ${failure}`]);
  });

  it('is one message for a registry, channels and watched tags together, and is named in full', () => {
    const { alerts, unseen } = tellOf({
      channels: [
        { reference: 'r.test/a:1', failure },
        { reference: 'r.test/b:1', failure },
        { reference: 'other.test/b:1', failure: null },
      ],
      tags: [{ image: 'r.test/python:latest', failure }],
    });
    expect(alerts.map(({ subject }) => subject)).toEqual(['r.test']);
    expect(unseen).toHaveLength(3);
  });

  it('is told once while it lasts', () => {
    const night = { scopes: [{ scope: 'ecs/prod', failure }] };
    expect(nextNight(night).alerts).toEqual([]);
    expect(nextNight(night).standing.size).toBe(1);
  });

  it('is told again when it comes back', () => {
    const night = { scopes: [{ scope: 'ecs/prod', failure }] };
    const [first] = tellOf(night).alerts;
    const matter = tellOf(night).threads[0]?.matter ?? '';
    const [again] = tellOf({ ...night, ended: { [matter]: 1 } }).alerts;
    expect(again?.alertId).not.toBe(first?.alertId);
  });
});

describe('an image that could not be read', () => {
  const lost = {
    reference: 'r.test/web:1',
    digest: of('lost'),
    error: 'DigestMismatchError',
    reason: 'layer: expected …',
  };

  it('is told with who runs it', () => {
    const { alerts, failed } = tellOf({
      failures: [lost],
      missing: [
        { digest: lost.digest, lineage: 'b' },
        { digest: lost.digest, lineage: 'a' },
      ],
    });
    expect(alerts).toMatchObject([
      { kind: 'problem', subject: 'r.test/web:1', lineages: ['a', 'b'] },
    ]);
    expect(failed).toEqual([
      { digest: lost.digest, reason: 'DigestMismatchError: layer: expected …' },
    ]);
  });

  it('is not told while nothing runs it, but counted', () => {
    const { alerts, failed } = tellOf({ failures: [lost] });
    expect(alerts).toEqual([]);
    expect(failed).toHaveLength(1);
  });

  it('is told when it has no platform of the kind that runs', () => {
    const { alerts, failed } = tellOf({ missing: [{ digest: of('arm only'), lineage: 'a' }] });
    expect(alerts).toMatchObject([{ kind: 'problem', lineages: ['a'] }]);
    expect(failed[0]?.reason).toContain('no platform');
  });
});

describe('what cannot be matched', () => {
  const problems = [aProblem(), aProblem({ kind: 'left-out', of: 'part of a kernel' })];

  it('is told when it is new, once a reason, and never for what nobody has to match', () => {
    const { alerts, threads } = tellOf({ problems });
    expect(alerts).toMatchObject([{ kind: 'problem', severity: 'none', subject: 'pep440' }]);
    expect(threads).toHaveLength(1);

    const more = [aProblem({ packages: 9, digests: 5 })];
    const next = tellOf({ problems: more, problemsBefore: problems, known: threads });
    expect(next.alerts).toEqual([]);
    expect([...next.standing]).toEqual(threads.map(({ threadId }) => threadId));
  });

  it('is not told where it was there, or nobody knows whether it was', () => {
    for (const problemsBefore of [problems, null]) {
      expect(tellOf({ problems, problemsBefore }).alerts).toEqual([]);
    }
  });

  it('keeps its thread after an upgrade too', () => {
    const { threads: known } = tellOf({ problems });
    const { alerts, standing } = tellOf({ problems, problemsBefore: null, known });
    expect(alerts).toEqual([]);
    expect([...standing]).toEqual(known.map(({ threadId }) => threadId));
  });
});
