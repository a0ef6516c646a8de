import { expect, it } from 'vitest';
import type { ExplainAnswer, Outcome } from '../../../actions/explain/explained.ts';
import { createPage } from '../../../cli/print/page.ts';
import { printExplanation } from '../../../cli/print/print-explanation.ts';
import type { AdvisoryEntry } from '../../../core/advisory/entry.ts';
import { explainMatch } from '../../../core/match/explain-match.ts';
import { anApk, anEntry, lookupIn } from '../../support/advisory-builders.ts';

const HOSTILE = '\u001b[2J\u202Egnp.exe\r\n';

function printed(outcome: Outcome, night: string | null = '2026-11-21T02:00:00.000Z'): string {
  const lines: string[] = [];
  const page = createPage({
    print: (line) => void lines.push(line),
    printError: () => undefined,
    isTerminal: true,
    isColoured: false,
    columns: 80,
    registryEndpoints: '',
  });
  const answer: ExplainAnswer = { id: 'CVE-2026-0001', night, feeds: [], outcome };
  printExplanation(
    page,
    answer,
    ({ package: named }) => `tidewatch explain CVE-2026-0001 --package ${named}`,
  );
  return lines.join('\n');
}

function explained(entry: Parameters<typeof anEntry>[0], installed = anApk()): Outcome {
  const unit = { ...installed, owner: null };
  const entriesOf = lookupIn([anEntry(entry)]);
  const explanation = explainMatch(unit, 'CVE-2026-0001', entriesOf, '2026-11-21T02:00:00Z');
  return {
    kind: 'explained',
    purl: unit.purl,
    cases: [{ unit, explanation, likelihood: null, suppressed: null, places: [], more: 0 }],
    known: null,
  };
}

it('lets nothing of a feed or an image move the cursor, break a line or turn a text', () => {
  const component = { name: HOSTILE, version: '1', type: 'npm', location: HOSTILE, status: '' };
  const texts = [
    printed(
      explained(
        { record: `CGA-${HOSTILE}`, components: [component] },
        anApk({ path: HOSTILE, arch: HOSTILE }),
      ),
    ),
    printed({
      kind: 'several',
      more: 0,
      choices: [{ purl: HOSTILE, name: HOSTILE, version: HOSTILE, verdict: 'affected', images: 1 }],
    }),
    printed({ kind: 'no-package', asked: HOSTILE, similar: [HOSTILE], images: 1 }),
  ];
  for (const line of texts.join('\n').split('\n')) expect(line).not.toMatch(/\p{C}/u);
});

it('says that nothing is judged before the first night', () => {
  expect(printed({ kind: 'no-night' }, null).replace(/\s+/g, ' ')).toBe(
    'CVE-2026-0001 is not judged yet: no night was committed, so there are no advisories to judge by.',
  );
});

it('says that a kernel is not looked up, and why', () => {
  const kernel = { type: 'deb', ecosystem: 'Debian:12', name: 'linux-libc-dev' } as const;
  const text = printed(
    explained({}, anApk({ ...kernel, source: { name: 'linux', version: '6' } })),
  );
  expect(text.replace(/\s+/g, ' ')).toMatch(
    /^CVE-2026-0001 is no finding in linux-libc-dev \S+, which is not looked up: part of a kernel: a container runs that of its host\./,
  );
});

it('says of events that make no spans how they stand', () => {
  const text = printed(
    explained({
      ranges: [
        [
          ['fixed', '2.0-r0'],
          ['introduced', '0'],
        ],
      ],
    }),
  );
  expect(text.replace(/\s+/g, ' ')).toContain('what lies between fixed 2.0-r0, introduced 0');
});

it.each<[string, AdvisoryEntry['ranges'], readonly string[], RegExp]>([
  [
    'the highest of several',
    [
      [
        ['introduced', '0'],
        ['last_affected', '1.9-r0'],
      ],
      [
        ['introduced', '0'],
        ['last_affected', '1.10-r0'],
      ],
    ],
    [],
    /versions up to and including 1\.10-r0 are affected and no fix is named; versions above 1\.10-r0 are not in the range\./,
  ],
  [
    'of the span that the version lies in',
    [
      [
        ['introduced', '0'],
        ['last_affected', '1.0-r0'],
        ['introduced', '1.2-r0'],
        ['last_affected', '1.9-r0'],
      ],
    ],
    [],
    /versions up to and including 1\.9-r0 are affected/,
  ],
  [
    'none where one range has no end',
    [
      [
        ['introduced', '0'],
        ['last_affected', '1.9-r0'],
      ],
      [['introduced', '0']],
    ],
    [],
    /: no fix is known\./,
  ],
  ['none of a list', [], ['1.3-r0'], /: no fix is known\./],
])('names the last affected version: %s', (_what, ranges, versions, expected) => {
  const text = printed(explained({ ranges, versions }, anApk({ version: '1.3-r0' })));
  expect(text.replace(/\s+/g, ' ')).toMatch(expected);
});

it('gives the reason for a severity that nobody gave', () => {
  const text = printed(
    explained(
      {
        record: 'MAL-2026-0001',
        aliases: ['CVE-2026-0001'],
        severity: 'critical',
        ranges: [[['introduced', '0']]],
      },
      anApk(),
    ),
  ).replace(/\s+/g, ' ');
  expect(text).toContain('Severity critical: a malicious package, by definition');
  expect(text).toContain('ids begin with MAL- are about packages that are malicious themselves');
});

it.each([
  [true, 'What was told is not over; no finding or check is listed under it.'],
  [false, 'Nothing any more.'],
])('says whether a thread that is about no finding is over (open: %s)', (isOpen, message) => {
  const title = 'Could not see registry.example';
  const text = printed({
    kind: 'thread',
    thread: '0123456789abcdef',
    isOpen,
    title,
    told: [{ at: null, kind: 'problem', title, remedy: 'Mend it.', lineages: [] }],
    items: [],
    more: 0,
  });
  expect(text).toContain(`Open\n  ${message}`);
  expect(text).not.toContain('Where');
});

it('does not call a package clean whose version cannot be compared', () => {
  const version = {
    purl: 'pkg:pypi/oddity@banana',
    name: 'oddity',
    version: 'banana',
    ecosystem: 'PyPI',
    source: null,
    images: 1,
    isCovered: true,
    notLookedUp: null,
    findings: [],
    more: 0,
  };
  const say = (notCompared: string | null) =>
    printed({ kind: 'package', asked: 'oddity', versions: [{ ...version, notCompared }], more: 0 });
  expect(say(null)).toContain('Nothing is found.');
  const text = say('no pep440 version').replace(/\s+/g, ' ');
  expect(text).toContain(
    'Nothing is found, but not every version can be compared as it should be.',
  );
  expect(text).toContain('Not sure no pep440 version');
});
