import { describe, expect, it } from 'vitest';
import { composeAlert } from '../../../core/alert/compose-alert.ts';
import type { MatchProblem } from '../../../core/match/fleet-problems.ts';
import { renderReport } from '../../../core/report/render-report.ts';
import type { ReportData, ReportFinding } from '../../../core/report/report-data.ts';
import { aFeedState, anItem, aRow, aRun, aWorkload } from '../../support/builders.ts';
import { NO_ORIGINS } from '../../support/origin-builders.ts';
import { anAlert, anObservation } from '../../support/state-builders.ts';

const EVIL = `<script>alert(1)</script>"'&\u202e\u001b[31m`;

function render(overrides: Partial<ReportData> = {}): string {
  const report = renderReport({
    run: aRun(),
    rows: [],
    seen: new Map(),
    findings: [],
    told: [],
    alerts: [],
    observations: [],
    origins: NO_ORIGINS,
    ...overrides,
  });
  // How wide a cell is laid out is not what these tests are about.
  return report.replaceAll(' class="short"', '').replaceAll(/ data-name="[^"]*"/g, '');
}

function aReportFinding(overrides: Partial<ReportFinding> = {}): ReportFinding {
  return {
    id: 'CVE-2026-0001',
    package: 'pkg:apk/wolfi/openssl@3.5.0-r0',
    severity: 'high',
    fixedIn: '3.5.1-r0',
    state: 'open',
    workloads: ['ecs/prod/web|app|linux/amd64'],
    ...overrides,
  };
}

it('puts no name out of an image, a feed or a registry into the page as it is', () => {
  const alert = composeAlert('a', 'a', {
    kind: 'regression',
    severity: 'high',
    cause: 'image',
    title: EVIL,
    remedy: EVIL,
    subject: EVIL,
    lineages: [EVIL],
    details: [EVIL],
  });
  const page = render({
    run: aRun({
      unseen: [EVIL],
      failed: [{ digest: EVIL, reason: EVIL }],
      feeds: [aFeedState({ name: EVIL, state: 'held', failure: EVIL, snapshot: EVIL })],
    }),
    rows: [
      aRow({
        ...aWorkload({ lineage: EVIL, reference: EVIL, digest: EVIL }),
        stale: EVIL,
        runtimes: [{ language: EVIL, minor: EVIL }],
        items: [anItem()],
      }),
    ],
    findings: [aReportFinding({ id: EVIL, package: EVIL, fixedIn: EVIL, workloads: [EVIL] })],
    alerts: [{ ...alert, title: EVIL, remedy: EVIL }],
    observations: [
      anObservation({
        image: EVIL,
        platform: EVIL,
        platformDigest: EVIL,
        python: { version: EVIL, minor: EVIL, evidence: EVIL },
        packagesChanged: { added: [EVIL], removed: [EVIL], changed: [EVIL] },
      }),
    ],
  });
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;script&gt;');
  const withoutLineEnds = page.replaceAll('\n', '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that they are not there is the point.
  expect(withoutLineEnds).not.toMatch(/[\u0000-\u001f\u202e]/);
});

it('loads nothing and runs nothing', () => {
  expect(render()).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
});

describe('completeness', () => {
  it('comes first, with what was expected and what was not seen', () => {
    const page = render({
      run: aRun({
        status: 'partial',
        expected: 5,
        scanned: 3,
        failed: [{ digest: 'sha256:f', reason: 'DigestMismatchError' }],
        unseen: ['ecs/prod: denied'],
      }),
    });
    expect(page).toContain(
      '<strong>Not complete:</strong> 3 digests of 5 assessed, 1 could not be read.',
    );
    expect(page).toContain('<li>sha256:f: DigestMismatchError</li>');
    expect(page).toContain('<li>ecs/prod: denied</li>');
  });

  it('says since when a feed is held, who accepted what, and whose data it is', () => {
    const at = '2026-11-20T02:00:00.000Z';
    const offered = { snapshot: 's2', key: 'k', records: 1, newest: null };
    const hold = { since: at, reason: 'loss', offered, closings: null } as const;
    const accepted = { by: 'ada', at, reason: 'they <said> so', offered };
    const terms = { title: 'The publisher', url: 'https://terms.test/' };
    const page = render({
      run: aRun({
        feeds: [
          aFeedState({ name: 'a', state: 'held', failure: 'it is empty', hold }),
          aFeedState({ name: 'b', accepted, terms }),
        ],
      }),
    });
    expect(page).toContain('held since 2026-11-20 02:00 UTC: it is empty');
    expect(page).toContain('fresh, accepted by ada on 2026-11-20 02:00 UTC: they &lt;said&gt; so');
    expect(page).toContain('<a href="https://terms.test/">b</a> (The publisher)');
    expect(page).toContain('<a href="NOTICE.txt">');
    expect(render({})).not.toContain('NOTICE.txt');
  });

  it('says why a feed is held', () => {
    const feeds = [aFeedState({ state: 'held', failure: 'timed out' })];
    expect(render({ run: aRun({ feeds }) })).toContain('<td>held: timed out</td>');
  });
});

describe('findings', () => {
  it('are called none only where something was judged', () => {
    expect(render()).toContain('No known vulnerability');
    const blind = render({
      run: aRun({ status: 'failed', feeds: [aFeedState({ key: null, state: 'held' })] }),
    });
    expect(blind).not.toContain('No known vulnerability');
    expect(blind).toContain('Nothing was judged');
  });

  it('come worst first, with what is stale and what has no fix', () => {
    const page = render({
      findings: [
        aReportFinding({ id: 'LOW', severity: 'low', fixedIn: null, state: 'stale' }),
        aReportFinding({ id: 'CRITICAL', severity: 'critical' }),
        aReportFinding({ id: 'UNRATED', severity: 'unrated' }),
      ],
    });
    const order = ['CRITICAL', 'UNRATED', 'LOW'].map((id) => page.indexOf(`<td>${id}</td>`));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(Math.min(...order)).toBeGreaterThan(0);
    expect(page).toContain('<td>no fix known</td>');
    expect(page).toContain('<td>stale</td>');
  });

  it('are cut with a count', () => {
    const findings = Array.from({ length: 503 }, (_, index) => aReportFinding({ id: `C${index}` }));
    expect(render({ findings })).toContain('and 3 more');
  });
});

describe('what to do', () => {
  it.each([
    [{}, 'Rebuild with openssl ≥ 3.5.1-r0, then deploy'],
    [{ package: 'pkg:npm/%40scope/x@1', fixedIn: '2' }, 'Rebuild with x ≥ 2, then deploy'],
    [{ fixedIn: null }, 'Judge whether the code is reached, and watch for a fix'],
    [{ fixedIn: null, id: 'MAL-2026-9000001' }, 'Take openssl out: it is malware'],
    [{ fixedIn: null, status: 'end-of-life' }, 'Move to a release that is still maintained'],
    [{ fixedIn: null, status: 'fix-not-planned' }, 'No fix is planned'],
    [{ status: 'end-of-life' }, 'Rebuild with openssl ≥ 3.5.1-r0'],
  ] as const)('stands beside a finding: %j', (overrides, words) => {
    const page = render({ findings: [aReportFinding(overrides)] });
    expect(page).toContain('<th scope="col">Do</th>');
    expect(page).toContain(`<td>${words}`);
  });

  it('names the command that says why each is one', () => {
    expect(render({ findings: [aReportFinding()] })).toContain('npx tidewatch explain ID');
    expect(render()).not.toContain('tidewatch explain');
  });
});

it('says in each cell what it is, so that no column is hidden where the page is narrow', () => {
  const page = renderReport({
    run: aRun(),
    rows: [],
    seen: new Map(),
    findings: [aReportFinding()],
    told: [],
    alerts: [anAlert({ remedy: 'Rebuild it.' })],
    observations: [],
    origins: NO_ORIGINS,
  });
  expect(page).toContain('data-name="Do">Rebuild it.</td>');
  expect(page).toContain('data-name="Fixed in">3.5.1-r0</td>');
  expect(page).toContain('data-name="Runs in">ecs/prod/web');
});

it('counts what is open of the baseline, and says what is only assumed', () => {
  const page = render({
    rows: [
      aRow({
        ...aWorkload(),
        items: [anItem(), anItem({ finding: { id: 'CVE-2' }, origin: 'untold' })],
        stale: 'denied',
      }),
      aRow(),
    ],
  });
  expect(page).toContain('ecs/prod/web (app, linux/amd64), assumed: denied');
  expect(page).toContain('<td>2</td><td>1</td>');
});

describe('of a watched tag', () => {
  const image = 'cgr.dev/chainguard/python:latest';
  const run = aRun({ looked: { [image]: '2026-11-21T02:00:00.000Z' } });

  it('it says what it holds, since when, and when it was last looked at', () => {
    const page = render({
      run,
      observations: [
        anObservation({
          at: '2026-11-19T00:00:00.000Z',
          python: { version: '3.13.9', minor: '3.13', evidence: '' },
        }),
        anObservation({ at: '2026-11-20T05:00:00.000Z' }),
      ],
    });
    expect(page).toContain(
      'linux/amd64: Python 3.14 since 2026-11-20 05:00 UTC, glibc 2.43 since 2026-11-19 00:00 UTC or earlier',
    );
    expect(page).toContain('Last looked at by a night: 2026-11-21 02:00 UTC.');
  });

  it('it shows one that was never seen, and keeps apart what was not read and what is not there', () => {
    expect(render({ run })).toContain(`Drift of ${image}`);
    const nothing = { python: null, libc: null, packagesChanged: null };
    const unread = render({
      run,
      observations: [anObservation({ platform: 'unknown', ...nothing })],
    });
    expect(unread).toContain('not read');
    expect(unread).not.toContain('none known');
    const bare = render({ run, observations: [anObservation(nothing)] });
    expect(bare).not.toContain('not read');
    expect(bare).toContain('neither Python nor a libc known');
  });
});

it('shows the newest moves of a watched tag first', () => {
  const page = render({
    observations: [
      anObservation({ at: '2026-11-20T00:00:00.000Z', packagesChanged: null }),
      anObservation({ at: '2026-11-21T00:00:00.000Z' }),
    ],
  });
  expect(page.indexOf('2026-11-21 00:00 UTC')).toBeLessThan(page.indexOf('2026-11-20 00:00 UTC'));
  expect(page).toContain('first seen');
  expect(page).toContain('+ a=1; zlib: 1 -&gt; 2');
});

it('shows what pushes told by day beside what the night told', () => {
  const page = render({ told: [anAlert({ title: 'web got worse' })], alerts: [] });
  expect(page).toContain('web got worse');
  expect(page).not.toContain('Nothing was told');
});

it('lists failed checks with who runs them', () => {
  const page = render({
    rows: [
      aRow({ ...aWorkload(), items: [anItem({ key: 'check|shell', title: 'Has a shell.' })] }),
    ],
  });
  expect(page).toContain('<h2>Failed checks</h2>');
  expect(page).toContain('<td>shell</td>');
});

describe('what could not be matched', () => {
  const unmatched = [{ ecosystem: 'PyPI', packages: 3, digests: 2 }];
  const gap: MatchProblem = {
    kind: 'no-version',
    of: 'pep440',
    packages: 1,
    digests: 12,
    examples: [{ package: EVIL, digests: 12, lineage: EVIL }],
  };
  const leftOut: MatchProblem = { ...gap, kind: 'left-out', of: 'part of a kernel' };
  const green = '<p class="status complete"><strong>Complete:';
  const amber =
    '<p class="status partial"><strong>All was read, but not all of it could be matched:';

  it('is what no feed is about', () => {
    const page = render({ run: aRun({ unmatched }) });
    expect(page).toContain('PyPI: 3 packages in 2 images, no feed is about it');
    expect(page).toContain(amber);
  });

  it('is a version that cannot be compared, with where it runs', () => {
    const page = render({ run: aRun({ problems: [gap] }) });
    expect(page).toContain('1 package in 12 images with a version that pep440 cannot read');
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain('and 11 other images');
    expect(page).toContain(amber);
  });

  it('is no lack where nobody has to match it', () => {
    const page = render({ run: aRun({ problems: [leftOut] }) });
    expect(page).toContain('1 package in 12 images not matched (part of a kernel)');
    expect(page).toContain(green);
  });

  it('makes no night better that was not complete', () => {
    expect(render({ run: aRun({ unmatched, status: 'partial' }) })).toContain('Not complete:');
    expect(render({ run: aRun({ unmatched, status: 'failed' }) })).toContain('Failed:');
    expect(render()).toContain(green);
  });
});

it.each([
  ['index', 'sha256:1111111111112', 'sha256:111111111111, platform sha256:222222222222'],
  ['platform', 'sha256:2222222222223', 'sha256:222222222222'],
])(
  'names an image by what alerts call it, here its %s’s digest, and by what scans do',
  (_kind, imageDigest, shown) => {
    const digest = 'sha256:2222222222223';
    const page = render({
      rows: [aRow({ ...aWorkload(), reference: 'r.test/web:1', imageDigest, digest })],
      observations: [anObservation({ digest: imageDigest, platformDigest: digest })],
    });
    expect(page).toContain(`<td>r.test/web:1@${shown}</td>`);
    expect(page).toContain(`<td>${shown}</td>`);
  },
);

it('says how many of a workload run, or when it last did', () => {
  const run = aRun();
  const [lineage, other] = ['ecs/prod/web|app|linux/amd64', 'ecs/prod/job|app|linux/amd64'];
  const first = '2026-11-01T02:00:00.000Z';
  const page = render({
    run,
    rows: [aRow(aWorkload({ lineage })), aRow(aWorkload({ lineage: other }))],
    findings: [aReportFinding({ workloads: [lineage, other] })],
    seen: new Map([
      [lineage, { first, last: run.at, count: 3 }],
      [other, { first, last: '2026-11-18T02:00:00.000Z', count: 1 }],
    ]),
  });

  const names = [
    'ecs/prod/web (app, linux/amd64), 3 running',
    'ecs/prod/job (app, linux/amd64), last seen 2026-11-18 02:00 UTC',
  ];
  for (const name of names) expect(page).toContain(`<td>${name}</td>`);
  expect(page).toContain(`<td>${names.join(', ')}</td>`);
});
