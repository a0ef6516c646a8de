import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../support/command-line.ts';
import { newFolder } from '../../support/play-folder.ts';

const out = join(newFolder(), 'rules');
const state = join(out, '.state');

beforeAll(async () => {
  const { status, err } = await runCommandLine(['simulate', 'worlds/rules.ndjson', '--out', out]);
  expect({ status, err }).toEqual({ status: 0, err: [] });
});

function explain(...words: readonly string[]) {
  return runCommandLine(['explain', ...words, '--state', state]);
}

/** The answer without its line breaks, which fall where the words happen to end. */
async function answer(...words: readonly string[]): Promise<string> {
  const { status, out: lines, err } = await explain(...words);
  expect({ status, err }).toEqual({ status: 0, err: [] });
  return lines.join('\n').replace(/\s+/g, ' ');
}

describe('the verdict, first', () => {
  it.each<[string, string, string]>([
    [
      'a package’s own record before its origin’s',
      'CVE-2026-9001001 --package libharbour',
      'CVE-2026-9001001 does not affect libharbour 1.2-r1: it was fixed in 1.2-r0.',
    ],
    [
      'its origin’s without one of its own',
      'CVE-2026-9001002 --package harbour-doc',
      'CVE-2026-9001002 affects harbour-doc 1.2-r1: fixed in 1.2-r2.',
    ],
    [
      'an origin’s that does not hold for its sub-packages',
      'CVE-2026-9001003 --package libharbour',
      'CVE-2026-9001003 is no finding in libharbour 1.2-r1: it is only known of harbour, its origin, and does not hold for sub-packages.',
    ],
    [
      'one component that is open beside one that was cleared',
      'CVE-2026-9001004',
      'CVE-2026-9001004 affects tool 3.0-r0: no fix is known.',
    ],
    [
      'the highest fix',
      'CVE-2026-9001005',
      'CVE-2026-9001005 affects tool 3.0-r0: fixed in 3.0-r4.',
    ],
    [
      'another architecture’s where there is no other',
      'CVE-2026-9001006',
      'CVE-2026-9001006 affects tool 3.0-r0: fixed in 3.0-r2.',
    ],
    [
      'its own architecture’s',
      'CVE-2026-9001007',
      'CVE-2026-9001007 does not affect tool 3.0-r0: it was fixed in 3.0-r0.',
    ],
    [
      'under investigation',
      'CVE-2026-9001008',
      'CVE-2026-9001008 affects tool 3.0-r0: no fix is known, its publisher is still looking into it.',
    ],
    [
      'pending upstream',
      'CVE-2026-9001009',
      'CVE-2026-9001009 affects tool 3.0-r0: no fix is known, its publisher waits for a fix from upstream.',
    ],
    [
      'a fix that is not planned',
      'CVE-2026-9001010',
      'CVE-2026-9001010 affects tool 3.0-r0: no fix is known, its publisher plans no fix.',
    ],
    [
      'the second of several of one record',
      'CVE-2026-9001012',
      'CVE-2026-9001012 affects tool 3.0-r0: fixed in 3.0-r3.',
    ],
    [
      'what was withdrawn',
      'CVE-2026-9001013',
      'CVE-2026-9001013 is no finding in tool 3.0-r0: what said so was withdrawn.',
    ],
    [
      'what its owner never had',
      'CVE-2026-9001022',
      'CVE-2026-9001022 is no finding in jsonish 1.4: the OS package py3.14-jsonish 1.4-r2, whose file it is, lists it as not affected.',
    ],
    [
      'Debian’s source, not its binary version',
      'CVE-2026-9001031',
      'CVE-2026-9001031 does not affect quay-utils 1:2.38.1-5+b1: it was fixed in 2.38.1-5.',
    ],
    [
      'what Debian calls unimportant',
      'CVE-2026-9001032',
      'CVE-2026-9001032 affects quay-utils 1:2.38.1-5+b1: its publisher sees no danger in it, so nobody is told.',
    ],
    [
      'the end of a release',
      'CVE-2026-9001033',
      'CVE-2026-9001033 affects quay-utils 1:2.38.1-5+b1: no fix is known, this release gets no more fixes from its publisher.',
    ],
    [
      'the last version that is affected, where no fix is named',
      'CVE-2026-9001042',
      'CVE-2026-9001042 affects Ferry 1.9: versions up to and including 1.9 are affected and no fix is named; versions above 1.9 are not in the range.',
    ],
    [
      'a package that is malicious itself',
      'MAL-2026-9001048',
      'MAL-2026-9001048 affects Ferry 1.9: the package itself is malicious, take it out.',
    ],
    [
      'a version that is none',
      'CVE-2026-9001047',
      'CVE-2026-9001047 is no finding in oddity banana, but that is not certain: no record that names it could be compared with this version.',
    ],
    [
      'an ecosystem without a feed',
      'CVE-2026-9001047 --package musl',
      'Whether CVE-2026-9001047 affects musl 1.2.5-r10 is not known: no feed of advisories speaks of Alpine:v3.22.',
    ],
    [
      'an id that nothing speaks of',
      'CVE-2026-9001099',
      'CVE-2026-9001099 is no finding in 18 of 19 packages in 3 images: no advisory about them names it',
    ],
    [
      'an image of which nothing is matched',
      'CVE-2026-9001002 --workload edge',
      'Whether CVE-2026-9001002 affects 1 package in 1 image is not known: no feed of advisories speaks of Alpine:v3.22. Outside of what was asked about it is a finding of ',
    ],
    [
      'a package that is not there',
      'CVE-2026-9001041 --package fery',
      'CVE-2026-9001041 is no finding: no package "fery" is in the 3 images looked at (did you mean Ferry?).',
    ],
  ])('tells %s', async (_rule, words, verdict) => {
    expect(await answer(...words.split(' '))).toMatch(startingWith(verdict));
  });
});

function startingWith(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}

describe('how it was come to', () => {
  it.each<[string, string, string[]]>([
    [
      'records of its own decide',
      'CVE-2026-9001001 --package libharbour',
      [
        '1. Looked up in Chainguard as libharbour, and as harbour, its origin.',
        'versions below 1.2-r0; 1.2-r1 is above 1.2-r0: not affected.',
        'is about harbour on x86_64, the origin of libharbour: libharbour has records of its own, which decide.',
      ],
    ],
    [
      'no record of its own, so its origin’s',
      'CVE-2026-9001002 --package harbour-doc',
      ['No record names harbour-doc itself, so those of its origin decide.'],
    ],
    [
      'several records, by component',
      'CVE-2026-9001004',
      [
        'It affects no version: not affected.',
        'go-module example.com/made-up/a v1.0.0 in /usr/bin/tool (false positive determination).',
        'One record that is open is enough: as long as one of them has no fix, there is none.',
      ],
    ],
    [
      'another architecture’s record',
      'CVE-2026-9001006',
      ['about tool on aarch64, which counts as long as there is none for x86_64.'],
    ],
    [
      'an architecture that is passed over',
      'CVE-2026-9001007',
      ['about tool on aarch64: passed over, the package is for x86_64.'],
    ],
    [
      'the owner, who says nothing',
      'CVE-2026-9001023',
      [
        'Its file belongs to the OS package py3.14-datelike 1.4-r2, so that one is asked too.',
        'do not speak of it in py3.14-datelike: silence clears nothing, the finding stays.',
      ],
    ],
    [
      'the owner, who is affected too',
      'CVE-2026-9001024 --package zipper',
      [
        'py3.14-zipper is affected itself: the finding stays, and an update of py3.14-zipper ends both.',
      ],
    ],
    [
      'the same package, dropped at one place and open at another',
      'CVE-2026-9001021',
      [
        'CVE-2026-9001021 affects urlparts 1.4: fixed in 2.0.',
        'app/venv/lib/python3.14/site-packages/urlparts-1.4.dist-info/METADATA',
        'py3.14-urlparts 1.4-r2, whose file it is, lists it as fixed in 1.4-r2.',
        'Who builds py3.14-urlparts has dealt with it in what is installed: the finding is dropped.',
      ],
    ],
    [
      'a last version',
      'CVE-2026-9001042',
      ['versions from 1.0, up to and including 1.9; 1.9 is one of them: affected.'],
    ],
    [
      'a list',
      'CVE-2026-9001043',
      ['It lists versions one by one; 1.9 is one of them, written otherwise'],
    ],
    [
      'several ranges',
      'CVE-2026-9001044',
      [
        'versions from 1.0, below 1.5, versions from 1.8, below 1.9.1; 1.9 is below 1.9.1: affected.',
      ],
    ],
    [
      'a limit',
      'CVE-2026-9001045',
      ['every version before 1.9; 1.9 is the limit itself: not affected.'],
    ],
    [
      'a spelling',
      'CVE-2026-9001046',
      ['banana cannot be compared, but the record lists it: affected.'],
    ],
  ])('says step by step: %s', async (_rule, words, texts) => {
    const text = await answer(...words.split(' '));
    for (const each of texts) expect(text).toContain(each);
  });
});

describe('where it is', () => {
  it('says which layer brought it, that this is the base’s, since when, and what is without it', async () => {
    const text = await answer('CVE-2026-9001003');
    expect(text).toMatch(
      /Layer 1 of 2 \(sha256:\w{12}\), brought by the base cgr\.dev\/chainguard\/python:latest \(sha256:\w{12}, as it was on 2026-03-02 07:10 UTC; 1 build behind\)/,
    );
    expect(text).toContain('Runs in ecs/harbour/api (api, linux/amd64)');
    expect(text).toContain('Open since the first night, 2026-03-03 02:00 UTC, or before;');
    expect(text).toMatch(
      /Without cgr\.dev\/chainguard\/python:latest \(sha256:\w{12}\) has harbour 1\.2-r3, since 2026-03-03 12:00 UTC: rebuild on it/,
    );
  });

  it('says that the application brought it, and sends nobody to a base that never had it', async () => {
    const text = await answer('CVE-2026-9001041');
    expect(text).toMatch(/Layer 2 of 2 \(sha256:\w{12}\), brought by what was built on the base/);
    expect(text).not.toContain('Without');
  });

  it('says that it does not know of base or application where no image is below', async () => {
    expect(await answer('CVE-2026-9001035')).toMatch(
      /Layer 1 of 1 \(sha256:\w{12}\); of base or application is not known: no known image has its lowest layers/,
    );
  });

  it('looks into an image that nothing runs: where a watched tag points now', async () => {
    const text = await answer('CVE-2026-9001003', '--image', 'cgr.dev/chainguard/python:latest');
    expect(text).toMatch(
      /^CVE-2026-9001003 does not affect harbour 1\.2-r3: it was fixed in 1\.2-r2\./,
    );
    expect(text).toContain('Runs in nothing that was seen');
  });
});

it('says by whose word it is suppressed, and until when', async () => {
  const text = await answer('CVE-2026-9001011');
  expect(text).toMatch(
    /^CVE-2026-9001011 affects tool 3\.0-r0: fixed in 3\.0-r3\. It is suppressed wherever it runs\./,
  );
  expect(text).toMatch(
    /Suppressed by harbour until 2026-12-30 in ecs\/harbour\/api \(api, linux\/amd64\): The tool is never called with such input\. \(entry /,
  );
  expect(text).not.toContain('not told yet');
});

describe('what is meant', () => {
  it('is asked, with the command for each', async () => {
    const { status, out: lines } = await explain('cve-2026-9001002');
    expect(status).toBe(0);
    expect(lines[0]).toBe('CVE-2026-9001002 is found in 3 packages. Which one?');
    const commands = lines.filter((line) => line.startsWith('  npx tidewatch '));
    expect(commands).toEqual(
      ['harbour', 'harbour-doc', 'libharbour'].map(
        (name) => `  npx tidewatch explain cve-2026-9001002 --package ${name} --state ${state}`,
      ),
    );
    const [first = ''] = commands;
    const words = first.trim().split(' ').slice(2);
    expect((await runCommandLine(words)).out[0]).toMatch(
      /^CVE-2026-9001002 affects harbour 1\.2-r1/,
    );
  });

  it.each<[string, string[]]>([
    ['its record’s id', ['cga-rule-xxxx-xx03', '--package', 'harbour']],
    ['its key', ['finding|CVE-2026-9001002|pkg:apk/chainguard/harbour']],
    ['a purl', ['CVE-2026-9001002', '--package', 'pkg:apk/chainguard/harbour@1.2-r1']],
    ['a workload’s end', ['CVE-2026-9001002', '--package', 'harbour', '--workload', 'api']],
    ['an image’s end', ['CVE-2026-9001002', '--package', 'harbour', '--image', 'api:1.0.0']],
  ])('may be said by %s', async (_how, words) => {
    expect(await answer(...words)).toMatch(/^CVE-2026-9001002.* affects harbour 1\.2-r1: fixed/);
  });

  it('may be said by a digest as outputs write it', async () => {
    const [found = '{}'] = readFileSync(join(out, 'findings.ndjson'), 'utf8').split('\n');
    const { digest, id, package: purl } = JSON.parse(found) as Record<string, string>;
    const { status, out: lines } = await explain(
      id ?? '',
      '--package',
      purl ?? '',
      '--image',
      digest ?? '',
    );
    expect(status).toBe(0);
    expect(lines.join('\n')).toContain(` ${digest?.slice(0, 19)}`);
  });

  it.each<[string, string[], string]>([
    ['no finding', [], 'expected one FINDING'],
    ['two', ['CVE-1', 'CVE-2'], 'expected one FINDING'],
    [
      'a package beside a package',
      ['pkg:pypi/ferry', '--package', 'zlib'],
      'expected an id of a vulnerability beside --package, got that of a package',
    ],
    ['a format that is none', ['CVE-1', '--format', 'xml'], 'expected --format text|json'],
    ['nothing after a word', ['CVE-1', '--package', ''], 'expected something after --package'],
    ['a workload that nobody has', ['CVE-1', '--workload', 'apii'], 'no workload "apii"'],
    ['an image that nobody has', ['CVE-1', '--image', 'apj:1.0.0'], 'no image "apj:1.0.0"'],
  ])('refuses %s', async (_what, words, message) => {
    const { status, err } = await explain(...words);
    expect(status).toBe(2);
    expect(err[0]).toContain(message);
  });
});

describe('what is no vulnerability', () => {
  it('is answered, of a package, with what is found for it and the command for each', async () => {
    const { status, out: lines } = await explain('harbour');
    expect(status).toBe(0);
    expect(lines[0]).toBe('harbour is a package, here in 1 version. Found: 3 vulnerabilities.');
    expect(lines.join('\n')).toMatch(
      /Found {6}CVE-2026-9001002 \(high\), fixed in 1\.2-r2\n {4}npx tidewatch explain CVE-2026-9001002 --package harbour --state /,
    );
    const command = lines.find((line) => line.includes('explain CVE-2026-9001002')) ?? '';
    expect((await runCommandLine(command.trim().split(' ').slice(2))).out[0]).toMatch(
      /^CVE-2026-9001002 affects harbour 1\.2-r1/,
    );
  });

  it.each<[string, string, string[]]>([
    ['a purl', 'pkg:pypi/ferry', ['Found CVE-2026-9001041 (high), fixed in 1.10']],
    [
      'a source',
      'quay',
      [
        'quay is a package, here in 1 version.',
        'quay-utils 1:2.38.1-5+b1, built from quay, in 1 image',
      ],
    ],
    ['what is suppressed', 'tool', ['CVE-2026-9001011 (high), fixed in 3.0-r3, suppressed']],
    [
      'a malicious package',
      'ferry',
      ['MAL-2026-9001048 (critical), the package itself is malicious'],
    ],
    [
      'one that no feed speaks of',
      'musl',
      [
        'musl is a package, here in 1 version. Nothing is known of it.',
        'Found not known: no feed of advisories speaks of Alpine:v3.22',
      ],
    ],
    [
      'one whose version cannot be compared',
      'oddity',
      ['Not sure version "banana" of oddity is no pep440 version'],
    ],
  ])('is a package by %s', async (_how, word, texts) => {
    const text = await answer(word);
    for (const each of texts) expect(text).toContain(each);
  });

  it('is a package that is named twice', async () => {
    expect((await explain('musl', '--package', 'musl')).out[0]).toContain('musl is a package');
  });

  it('is answered, of a check, with what it asks, who fails it, by what, and what to do', async () => {
    const { status, out: lines } = await explain('check|shell');
    expect(status).toBe(0);
    expect(lines.join(' ')).toMatch(/^shell is a check of images, no vulnerability: /);
    expect((await explain('shell')).out).toEqual(lines);
  });

  it.each<[string, string[], string]>([
    [
      'a word',
      ['nonsense'],
      'nothing is known by the name "nonsense", no vulnerability, package, check or thread',
    ],
    ['a slip in a package', ['harbuor'], '(did you mean harbour?)'],
    [
      'a slip in a check',
      ['check|shel'],
      'no check is called "shel" (did you mean shell or shell-form?): there are root-user, ',
    ],
    ['a CVE that is none', ['CVE-20269001002'], '(did you mean CVE-2026-9001002'],
    ['a purl', ['pkg:pypi/fery'], 'no package "pkg:pypi/fery" is in the images looked at'],
    ['a thread', ['0123456789'], 'no thread "0123456789" is open'],
    [
      'a word about a package',
      ['nonsense', '--package', 'harbour'],
      'nothing is known by the name',
    ],
  ])('is refused where nobody knows it: %s', async (_what, words, message) => {
    const { status, out: lines, err } = await explain(...words);
    expect({ status, lines }).toEqual({ status: 2, lines: [] });
    expect(err[0]).toContain(message);
    const data = await explain(...words, '--format', 'json');
    expect(data.status).toBe(2);
    expect(JSON.parse(data.out.join('\n'))).toMatchObject({ outcome: 'unknown' });
  });
});

it('names the state where somebody gives the output that it is in', async () => {
  const { status, err } = await runCommandLine(['explain', 'CVE-2026-9001002', '--state', out]);
  expect(status).toBe(2);
  expect(err).toEqual([
    `tidewatch: not the .state of a world: ${JSON.stringify(out)}; did you mean ${JSON.stringify(state)}?`,
  ]);
});

it('prints nothing wider than a terminal but names that nobody can break', async () => {
  for (const id of ['CVE-2026-9001004', 'CVE-2026-9001022', 'CVE-2026-9001033']) {
    const { out: lines } = await explain(id);
    const wide = lines.filter((line) => line.length > 80);
    expect(wide.filter((line) => / \S+ \S+ \S/.test(line.trimStart()))).toEqual([]);
  }
});

it('gives programs the same as data', async () => {
  const { status, out: lines } = await explain('CVE-2026-9001022', '--format', 'json');
  expect(status).toBe(0);
  const record = {
    feed: 'chainguard',
    ecosystem: 'Chainguard',
    name: 'py3.14-jsonish',
    foundBy: 'own',
    arch: 'x86_64',
    passedOver: null,
    compared: '1.4-r2',
    affected: false,
    ranges: [
      {
        events: [{ introduced: '0' }, { fixed: '0' }],
        affected: false,
        decidedBy: { fixed: '0' },
        order: '>',
      },
    ],
  };
  expect(JSON.parse(lines.join('\n'))).toMatchObject({
    id: 'CVE-2026-9001022',
    night: '2026-03-04T02:00:00.000Z',
    outcome: 'explained',
    package: 'pkg:pypi/jsonish@1.4',
    feeds: [{ name: 'chainguard', state: 'fresh' }, { name: 'osv' }],
    cases: [
      {
        verdict: 'cleared-by-owner',
        package: { name: 'jsonish', version: '1.4', ecosystem: 'PyPI' },
        finding: { id: 'CVE-2026-9001022', severity: 'high', fixedIn: '2.0' },
        owner: { says: 'cleared', package: { name: 'py3.14-jsonish' }, records: [record] },
        places: [{ platform: 'linux/amd64', layer: { number: 1, of: 2 }, broughtBy: 'base' }],
        morePlaces: 0,
      },
    ],
  });
});

it('tells programs too what is not there', async () => {
  const { status, out: lines } = await explain('CVE-1', '--image', 'nope', '--format', 'json');
  expect(status).toBe(2);
  expect(JSON.parse(lines.join('\n'))).toMatchObject({ outcome: 'no-image', asked: 'nope' });
});

it('says beside every answer that an image which runs could not be read', async () => {
  const host = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
  const push = (image: string, name: string) => ({
    do: 'push',
    image: `${host}/${image}`,
    platforms: {
      'linux/amd64': {
        layers: [{ osRelease: { ID: 'chainguard', VERSION_ID: '1' }, apk: [`${name}=1.0-r0`] }],
      },
    },
  });
  const deploy = (name: string) => ({
    do: 'deploy',
    workload: `ecs/harbour/${name}`,
    container: name,
    image: `${host}/${name}:1`,
  });
  const affected = {
    package: { ecosystem: 'Chainguard', name: 'anchor' },
    ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.0-r0' }] }],
  };
  const events = [
    { do: 'advise', feed: 'chainguard', record: { id: 'CVE-2026-9001099', affected: [affected] } },
    push('api:1', 'buoy'),
    deploy('api'),
    { do: 'fault', call: 'registry:GET blob', times: 1000, error: 'server', attempts: 'all' },
    push('web:1', 'anchor'),
    deploy('web'),
    { do: 'night' },
  ];
  const folder = newFolder();
  const world = join(folder, 'world.ndjson');
  const at = '2026-03-02T02:00:00Z';
  writeFileSync(world, events.map((each) => `${JSON.stringify({ at, ...each })}\n`).join(''));
  const played = join(folder, 'out');
  expect((await runCommandLine(['simulate', world, '--out', played])).status).toBe(0);
  const ask = (...words: string[]) =>
    runCommandLine(['explain', ...words, '--state', join(played, '.state')]);

  for (const word of ['CVE-2026-9001099', 'buoy', 'shell']) {
    expect((await ask(word)).out.join(' ')).toMatch(/Problems: 1 {3}sha256:\w+: could\s+not be/);
  }
  const { problems } = JSON.parse((await ask('buoy', '--format', 'json')).out.join('\n'));
  expect(problems).toMatchObject([{ path: expect.stringMatching(/^sha256:/) }]);
  const { status, err } = await ask('anchor');
  expect(status).toBe(2);
  expect(err.join(' ')).toContain('not all images could be read: tidewatch status says which');
});
