import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InvalidLocksError } from '../../../local/replay/invalid-locks-error.ts';
import { type Lock, parseLocks } from '../../../local/replay/lock.ts';
import { type ReplayOptions, worldFromLocks } from '../../../local/replay/world-from-locks.ts';
import { type BuiltImage, buildImage } from '../../../local/world/build-image.ts';
import { parseWorld } from '../../../local/world/parse-world.ts';
import type { WorldEvent } from '../../../local/world/world-event.ts';

const REFERENCE = process.env.TIDEWATCH_REFERENCE_DATA ?? '../shared';
const LOCKS = join(REFERENCE, 'replay/chainguard-locks-2026-04-14..2026-06-30.ndjson.gz');
const APP = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:latest';

/** What was published: package sets of `latest` by time; `latest-dev` has a shell more. */
const SETS: [string, string[]][] = [
  ['2026-04-14T19:00:00Z', ['zlib=1-r0', 'libssl3=3-r0', 'expat=1-r0']],
  ['2026-04-15T01:30:00Z', ['zlib=1-r0', 'libssl3=3-r0', 'expat=1-r0']],
  ['2026-04-15T11:00:00Z', ['zlib=1-r0', 'libssl3=3-r1', 'expat=1-r0']],
  ['2026-04-24T11:00:00Z', ['zlib=1-r0', 'libssl3=3-r1', 'expat=1-r1']],
];
const ALWAYS = ['gdbm=1-r0', 'libffi=1-r0', 'xz=1-r0', 'libcrypto3=3-r0', 'python-3.14=3.14.4-r0'];

describe('a world from locks', () => {
  it('watches first, pushes every tag of every lock, and ends with a night', () => {
    const events = play(someLocks());

    expect(events.slice(0, 2)).toMatchObject([
      { do: 'watch', image: 'cgr.dev/chainguard/python:latest' },
      { do: 'watch', image: 'cgr.dev/chainguard/python:latest-dev' },
    ]);
    expect(times(events, 'push')).toEqual(SETS.flatMap(([at]) => [iso(at), iso(at)]));
    expect(times(events, 'night')).toEqual(
      Array.from({ length: 11 }, (_, day) => `2026-04-${15 + day}T02:00:00.000Z`),
    );
    expect(events.at(-1)?.do).toBe('night');
  });

  it('moves a tag only when its packages change', async () => {
    const moves = await movesOf(play(someLocks()));
    expect(moves.get('cgr.dev/chainguard/python:latest linux/amd64')).toHaveLength(3);
  });

  it('puts packages into layers by first letter, and all of them with the rest on top', () => {
    const push = play(someLocks()).find((event) => event.do === 'push');
    const platform = push?.platforms['linux/amd64'];

    expect(platform?.layers.map(({ apk }) => apk?.map(({ name }) => name))).toEqual([
      ['expat'],
      ['gdbm'],
      ['libssl3', 'libffi', 'libcrypto3'],
      ['python-3.14'],
      ['zlib', 'xz'],
      ['zlib', 'libssl3', 'expat', 'gdbm', 'libffi', 'xz', 'libcrypto3', 'python-3.14'],
    ]);
    const top = platform?.layers.at(-1);
    expect(top?.osRelease?.ID).toBe('chainguard');
    expect(Object.keys(top?.files ?? {})).toEqual([
      'etc/passwd',
      'etc/ssl/certs/ca-certificates.crt',
      'usr/bin/python',
    ]);
    expect(top?.apk).toContainEqual({ name: 'libssl3', version: '3-r0', origin: 'openssl' });
    expect(platform?.config).toMatchObject({
      User: '65532',
      Entrypoint: ['/usr/bin/python'],
      Cmd: ['-c', 'print("a b")', '-q'],
    });
  });

  it('disturbs every push event until the last night', () => {
    const events = play(someLocks(), { events: 'late' });
    const disturbance = events.find((event) => event.do === 'event');
    expect(disturbance).toMatchObject({ fault: 'late', until: '2026-04-25T02:00:00.000Z' });
    expect(disturbance && events.indexOf(disturbance)).toBe(2);
  });

  it.each(['chainguard/python', 'cgr.dev/chainguard/python'])(
    'takes the image %s alone',
    (image) => {
      const other = { ...someLocks()[0], image: 'cgr.dev/chainguard/jre' };
      const events = play(parse([...someLocks(), other]), { images: [image] });
      expect(events.filter((event) => event.do === 'push')).toHaveLength(8);
    },
  );

  it('refuses an image that no lock is of', () => {
    expect(() => play(someLocks(), { images: ['python'] })).toThrow(/no image "python"/);
  });
});

describe('the application', () => {
  it('is pushed an hour after each move of latest and deployed to two workloads', async () => {
    const events = play(someLocks(), { withApp: true });
    const pushes = events.filter((event) => event.do === 'push' && event.image === APP);

    expect(pushes.map(({ at }) => at)).toEqual([
      '2026-04-14T20:00:00.000Z',
      '2026-04-15T12:00:00.000Z',
      '2026-04-24T12:00:00.000Z',
    ]);
    const deployments = events.filter((event) => event.do === 'deploy');
    expect(deployments.map(({ workload, platform }) => `${workload} ${platform}`)).toEqual([
      ...['ecs/shop/web linux/amd64', 'ecs/shop/worker linux/arm64'],
      ...['ecs/shop/web linux/amd64', 'ecs/shop/worker linux/arm64'],
      ...['ecs/shop/web linux/amd64', 'ecs/shop/worker linux/arm64'],
    ]);
    expect((await movesOf(events)).get(`${APP} linux/arm64`)).toHaveLength(3);
  });

  it('runs into six advisories, each of which does what its title says', () => {
    const events = play(someLocks(), { withApp: true });
    const stories = events.flatMap((event) => (event.do === 'advise' ? [story(event)] : []));

    expect(stories).toEqual([
      'disclosed while it runs: gdbm x86_64, aarch64, from 0',
      'fixed by a later lock: expat x86_64, aarch64, from 0, until 1-r1',
      'one architecture only: libffi aarch64, from 0',
      'not affected: python-3.14 x86_64, aarch64, from 0, until 0',
      'withdrawn: xz x86_64, aarch64, from 0',
      'by origin: openssl x86_64, aarch64, from 0',
    ]);
    const withdrawal = events.find((event) => event.do === 'withdraw');
    const withdrawn = events.find(
      (event) => event.do === 'advise' && event.record.id === withdrawal?.id,
    );
    expect(withdrawn?.at).toBe('2026-04-20T12:00:00.000Z');
    expect(withdrawal?.at).toBe('2026-04-23T12:00:00.000Z');
  });

  it('needs the Python image', () => {
    const jre = parse(someLocks().map((lock) => ({ ...lock, image: 'cgr.dev/chainguard/jre' })));
    expect(() => play(jre, { withApp: true })).toThrow(/needs chainguard\/python/);
  });

  it('needs locks that its advisories can tell of', () => {
    expect(() => play(someLocks().slice(0, 3), { withApp: true })).toThrow(InvalidLocksError);
  });
});

describe('locks', () => {
  it('are put in order of time, gzipped or not', () => {
    const backwards = someLocks().toReversed();
    expect(parse(backwards)).toEqual(someLocks());
    expect(parseLocks(gzipSync(text(backwards)))).toEqual(someLocks());
  });

  it.each([
    ['broken JSON', '{"image":', /^line 1: not JSON$/],
    ['an unknown key', text([{ ...someLocks()[0], odd: 1 }]), /^line 1: .*odd/],
    [
      'a bad package',
      text(someLocks()).replace('zlib=1-r0', 'zlib'),
      /^line 1: .*not name=version/,
    ],
    ['nothing', '', /^no lock$/],
  ])('are refused with %s', (_what, broken, reason) => {
    expect(() => parseLocks(Buffer.from(broken))).toThrow(InvalidLocksError);
    expect(() => parseLocks(Buffer.from(broken))).toThrow(reason);
  });

  it('are refused when a command cannot be cut into words', () => {
    const locks = parse([{ ...someLocks()[0], variants: [aVariant({ cmd: '-g "open' })] }]);
    expect(() => play(locks)).toThrow(/unclosed quote/);
  });
});

describe.skipIf(!existsSync(REFERENCE))(
  'what was really published (needs the reference data)',
  () => {
    it('moves every tag, on both platforms alike, as often as its locks did', async () => {
      const locks = parseLocks(readFileSync(LOCKS));
      const moves = await movesOf(play(locks));
      const counts = Object.fromEntries([...moves].map(([tag, digests]) => [tag, digests.length]));

      expect(counts).toEqual(
        bothPlatforms({
          'python:latest': 53,
          'python:latest-dev': 88,
          'node:latest': 37,
          'node:latest-dev': 87,
          'jre:latest': 36,
          'jre:latest-dev': 71,
          'nginx:latest': 26,
          'nginx:latest-dev': 65,
          'postgres:latest': 72,
          'postgres:latest-dev': 81,
          'wolfi-base:latest': 24,
          'static:latest': 3,
          'static:latest-glibc': 3,
        }),
      );
      for (const digests of moves.values()) expect(new Set(digests).size).toBe(digests.length);
    });

    it('has at most ten layers under the top one', () => {
      const events = play(parseLocks(readFileSync(LOCKS)));
      const counts = events.flatMap((event) =>
        event.do === 'push'
          ? Object.values(event.platforms).map(({ layers }) => layers.length)
          : [],
      );
      expect(Math.max(...counts)).toBeLessThanOrEqual(11);
    });

    it('lets every advisory happen within the first two weeks', () => {
      const images = ['chainguard/python'];
      const events = play(parseLocks(readFileSync(LOCKS)), { images, withApp: true });
      const stories = events.flatMap((event) => (event.do === 'advise' ? [story(event)] : []));

      expect(stories).toEqual([
        'disclosed while it runs: gdbm x86_64, aarch64, from 0',
        'fixed by a later lock: libexpat1 x86_64, aarch64, from 0, until 2.8.0-r0',
        'one architecture only: libffi aarch64, from 0',
        'not affected: mpdecimal x86_64, aarch64, from 0, until 0',
        'withdrawn: readline x86_64, aarch64, from 0',
        'by origin: openssl x86_64, aarch64, from 0',
      ]);
      const fixing = events.find(
        (event) => event.do === 'push' && JSON.stringify(event).includes('2.8.0-r0'),
      );
      expect(fixing?.at).toBe('2026-04-24T15:44:39.000Z');
    });
  },
);

/** Written out and read in again, as the command and the player do. */
function play(locks: readonly Lock[], options: Partial<ReplayOptions> = {}): WorldEvent[] {
  return parseWorld(
    Buffer.from(text(worldFromLocks(locks, { images: [], withApp: false, ...options }))),
  );
}

async function movesOf(events: readonly WorldEvent[]): Promise<Map<string, string[]>> {
  const tags = new Map<string, BuiltImage>();
  const moves = new Map<string, string[]>();
  for (const event of events) {
    if (event.do !== 'push') continue;
    const image = await buildImage(event.platforms, (base) => tags.get(base));
    tags.set(event.image, image);
    for (const { platform, manifest } of image.platforms) {
      const key = `${event.image} ${platform}`;
      const digests = moves.get(key) ?? [];
      if (digests.at(-1) !== manifest.digest) digests.push(manifest.digest);
      moves.set(key, digests);
    }
  }
  return moves;
}

function someLocks(): Lock[] {
  return parse(
    SETS.map(([lockedAt, packages]) => ({
      image: 'cgr.dev/chainguard/python',
      lockedAt,
      variants: ['amd64', 'arm64'].flatMap((arch) => [
        aVariant({ arch, packages: [...packages, ...ALWAYS] }),
        aVariant({ arch, packages: [...packages, ...ALWAYS, 'bash=5-r0'], tags: ['latest-dev'] }),
      ]),
    })),
  );
}

function aVariant(overrides: object) {
  return {
    arch: 'amd64',
    cmd: `-c 'print("a b")' -q`,
    entrypoint: '/usr/bin/python',
    environment: {},
    layering: null,
    packages: ['zlib=1-r0'],
    runAs: '65532',
    tags: ['latest'],
    ...overrides,
  };
}

function parse(locks: readonly object[]): Lock[] {
  return parseLocks(Buffer.from(text(locks)));
}

function text(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

function times(events: readonly WorldEvent[], what: WorldEvent['do']): string[] {
  return events.filter((event) => event.do === what).map(({ at }) => at);
}

function iso(at: string): string {
  return new Date(at).toISOString();
}

function story({ record }: Extract<WorldEvent, { do: 'advise' }>): string {
  const { summary, affected } = JSON.parse(JSON.stringify(record));
  const arches = affected.map(
    (each: { package: { purl: string } }) => each.package.purl.split('=')[1],
  );
  const range = affected[0].ranges[0].events
    .map((each: { introduced?: string; fixed?: string }) =>
      each.fixed === undefined ? `from ${each.introduced}` : `until ${each.fixed}`,
    )
    .join(', ');
  const title = summary.replace('Made up for a replay: ', '');
  return `${title}: ${affected[0].package.name} ${arches.toSorted().toReversed().join(', ')}, ${range}`;
}

function bothPlatforms(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts).flatMap(([tag, count]) =>
      ['amd64', 'arm64'].map((arch) => [`cgr.dev/chainguard/${tag} linux/${arch}`, count]),
    ),
  );
}
