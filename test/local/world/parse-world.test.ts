import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InvalidWorldError } from '../../../local/world/invalid-world-error.ts';
import { parseWorld } from '../../../local/world/parse-world.ts';

const AT = '2026-03-02T07:00:00Z';
const BASE = 'cgr.dev/chainguard/python:latest';
const push = { at: AT, do: 'push', image: BASE, platforms: { 'linux/amd64': { layers: [] } } };
const deploy = { at: AT, do: 'deploy', workload: 'ecs/prod/web', container: 'web', image: BASE };
const advise = { at: AT, do: 'advise', feed: 'chainguard', record: anAdvisory() };

it('gives every event with its defaults, times in one form', () => {
  const events = parseWorld(
    world(
      { ...push, at: '2026-03-02T08:00:00+01:00' },
      { at: AT, do: 'fault', call: 'registry:GET blob', times: 2, error: 'html' },
      { at: AT, do: 'crash', after: 'dynamodb:*' },
    ),
  );

  expect(events).toEqual([
    {
      at: '2026-03-02T07:00:00.000Z',
      do: 'push',
      image: BASE,
      platforms: { 'linux/amd64': { layers: [], created: '1970-01-01T00:00:00Z' } },
    },
    {
      at: '2026-03-02T07:00:00.000Z',
      do: 'fault',
      call: 'registry:GET blob',
      skip: 0,
      times: 2,
      error: 'html',
      attempts: 'one',
    },
    { at: '2026-03-02T07:00:00.000Z', do: 'crash', after: 'dynamodb:*', skip: 0 },
  ]);
});

it('reads every field of a platform and a layer', () => {
  const platform = {
    base: BASE,
    created: '2026-03-01T00:00:00Z',
    config: {
      User: '65532',
      Env: ['A=b'],
      Entrypoint: ['/a'],
      Cmd: ['b'],
      Labels: { c: 'd' },
      Healthcheck: { Test: ['CMD', '/a'], Interval: 1 },
      ExposedPorts: { '80/tcp': {} },
    },
    layers: [
      {
        osRelease: { ID: 'wolfi', VERSION_ID: '1' },
        apk: [
          'zlib=1.3-r0',
          { name: 'a', version: '1', origin: 'b', arch: 'noarch', files: ['x/y'] },
        ],
        db: 'lib',
        dpkg: [
          { name: 'a', version: '1', source: 'b', sourceVersion: '2', arch: 'all', files: [] },
        ],
        dpkgStatusD: [{ name: 'a', version: '1' }],
        rpmManifest: [
          { name: 'a', version: '1', release: '2', epoch: 3, arch: 'noarch', source: 'b' },
        ],
        python: [
          {
            name: 'a',
            version: '1',
            site: 'usr/lib/python3.14/site-packages',
            tags: ['cp314-cp314-linux_x86_64'],
            requiresPython: '>=3.14',
            extensions: ['a.so'],
          },
        ],
        venv: {
          path: 'app/venv',
          version: '3.14.2',
          home: '/usr/bin',
          link: '/usr/bin/python3.14',
        },
        files: {
          '/etc/a': 'text',
          b: { text: '', mode: '0755', uid: 1 },
          c: { base64: 'AA==', mode: 493 },
          d: { link: '/etc/a' },
          e: { hardLink: 'b' },
        },
        whiteout: ['f'],
        opaque: ['g'],
        compression: 'zstd',
      },
    ],
  };
  const [, event] = parseWorld(world(push, { ...push, platforms: { 'linux/amd64': platform } }));

  expect(event).toMatchObject({
    platforms: {
      'linux/amd64': {
        base: BASE,
        layers: [
          {
            apk: [{ name: 'zlib', version: '1.3-r0' }, { origin: 'b' }],
            files: { 'etc/a': { text: 'text' }, b: { mode: 0o755 }, c: { mode: 0o755 } },
            compression: 'zstd',
          },
        ],
      },
    },
  });
});

it('reads a gzipped world as a plain one', () => {
  expect(parseWorld(gzipSync(world(push)))).toEqual(parseWorld(world(push)));
});

it('keeps an advisory whole, with the members that it does not know', () => {
  const record = { ...anAdvisory(), database_specific: { a: [1] }, summary: 'b' };
  expect(parseWorld(world({ ...advise, record }))).toMatchObject([{ record }]);
});

it.each(['worlds/week.ndjson', 'test/worlds/six-events.ndjson'])('accepts %s', (file) => {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(parseWorld(readFileSync(file))).toHaveLength(lines.length);
});

function suppress(overrides: object): object {
  const words = { id: 'CVE-2026-9000001', scope: '*', owner: 'team', reason: 'not reached' };
  return { at: AT, do: 'suppress', ...words, ...overrides };
}

const ROOT_CHECKS: [string, object, RegExp][] = [
  ['an unknown event', { at: AT, do: 'explode' }, /do: no such event: "explode"/],
  ['an unknown key', { at: AT, do: 'night', moon: 'full' }, /moon/],
  ['a missing key', { at: AT, do: 'withdraw', feed: 'a' }, /^line 2: id: /],
  ['a time without seconds', { at: '2026-03-02T07:00Z', do: 'night' }, /^line 2: at: /],
  ['a day that is none', { at: '2026-02-30T07:00:00Z', do: 'night' }, /^line 2: at: /],
  ['time that goes back', { at: '2026-03-02T06:59:59Z', do: 'night' }, /time goes back/],
  ['a suppression of nobody', suppress({ owner: undefined }), /^line 2: owner: /],
  ['a scope that is none', suppress({ scope: 'everywhere' }), /^line 2: scope: not \*, package/],
  ['feed faults that nobody knows', { at: AT, do: 'feed', feed: 'a', fault: 'odd' }, /fault: /],
  ['an unknown call of EKS', fault({ call: 'eks:ListClusters' }), /unknown call "eks:ListCl/],
  ['an unknown call', fault({ call: 'sns:Publsh' }), /call: unknown call "sns:Publsh"/],
  ['an unknown service', fault({ call: 'constructor:x' }), /unknown service "constructor"/],
  ['a registry error elsewhere', fault({ error: 'html' }), /error: only a registry fails so/],
  ['a fault that never comes', fault({ times: 0 }), /^line 2: times: /],
  [
    'an end before the beginning',
    event({ until: '2026-03-01T00:00:00Z' }),
    /ends before it begins/,
  ],
  [
    'an image without a tag',
    { ...push, image: 'cgr.dev/chainguard/python' },
    /image: not registry/,
  ],
  ['an image without a registry', { ...push, image: 'python:latest' }, /image: not registry/],
  [
    'an image by digest',
    { ...deploy, image: `${BASE}@sha256:${'a'.repeat(64)}` },
    /image: not reg/,
  ],
  ['a push of no platform', { ...push, platforms: {} }, /platforms: no platform/],
  ['a platform that is none', { ...push, platforms: { amd64: { layers: [] } } }, /amd64: not os/],
  [
    'one platform twice',
    { ...push, platforms: { 'linux/arm64': { layers: [] }, 'linux/arm64/v8': { layers: [] } } },
    /the same key twice/,
  ],
  [
    'a base that was not pushed',
    aPush({ base: 'cgr.dev/a:b', layers: [] }),
    /"cgr.dev\/a:b" was not/,
  ],
  [
    'a base without the platform',
    { ...push, platforms: { 'linux/s390x': { base: BASE, layers: [] } } },
    /has no linux\/s390x, only linux\/amd64/,
  ],
  ['an unknown field of a layer', aLayer({ apks: [] }), /layers\.0: .*apks/],
  [
    'a package without a version',
    aLayer({ apk: ['zlib'] }),
    /apk\.0: not name=version, got "zlib"/,
  ],
  [
    'a package with a space',
    aLayer({ apk: [{ name: 'a b', version: '1' }] }),
    /apk\.0\.name: not one/,
  ],
  ['a database place without a database', aLayer({ db: 'lib' }), /db without apk/],
  ['a path that climbs', aLayer({ files: { 'a/../b': '' } }), /not a plain path/],
  ['a path that is a whiteout', aLayer({ files: { 'a/.wh.b': '' } }), /not a plain path/],
  ['one path twice', aLayer({ files: { a: '', '/a': '' } }), /the same key twice/],
  [
    'a file with two contents',
    aLayer({ files: { a: { text: '', link: 'b' } } }),
    /more than one of/,
  ],
  ['a mode that is not octal', aLayer({ files: { a: { mode: '789' } } }), /not an octal mode/],
  ['an unknown compression', aLayer({ compression: 'xz' }), /compression: /],
  ['a workload that is none', { ...deploy, workload: 'ecs/web' }, /workload: not ecs\/<cluster>/],
  ['a container that would break a key', { ...deploy, container: 'a|b' }, /container: not a/],
  ['a deployment of nothing', { ...deploy, image: 'cgr.dev/a:b' }, /was not pushed before/],
  [
    'a deployment for another platform',
    { ...deploy, platform: 'linux/arm64' },
    /has no linux\/arm64/,
  ],
  ['an undeployment of nothing', { at: AT, do: 'undeploy', workload: 'ecs/a/b' }, /not deployed/],
  ['a withdrawal of nothing', { at: AT, do: 'withdraw', feed: 'a', id: 'b' }, /no record "b"/],
  ['an advisory without an id', { ...advise, record: {} }, /record\.id: /],
  [
    'an advisory that is malformed',
    { ...advise, record: { ...anAdvisory(), affected: 'all' } },
    /record\.affected: /,
  ],
  ['a deletion of nothing', { at: AT, do: 'delete', image: 'cgr.dev/a:b' }, /no such tag/],
  [
    'a deletion of a move that never was',
    { at: AT, do: 'delete', image: `${BASE}~1` },
    /no such digest/,
  ],
  [
    'a deletion of a fraction',
    { at: AT, do: 'delete', image: `${BASE}~0.5` },
    /image: not registry/,
  ],
];

it.each(ROOT_CHECKS)('refuses %s and names the line', (_what, line, reason) => {
  const read = () => parseWorld(world(push, line));
  expect(read).toThrow(InvalidWorldError);
  expect(read).toThrow(/^line 2: /);
  expect(read).toThrow(reason);
});

describe('what was there before', () => {
  it('is gone after its tag was deleted', () => {
    const remove = { at: AT, do: 'delete', image: BASE };
    expect(() => parseWorld(world(push, remove, deploy))).toThrow(/^line 3: .*is deleted/);
  });

  it('is counted in moves: a push of the same image is none', () => {
    const remove = { at: AT, do: 'delete', image: `${BASE}~1` };
    const changed = aPush({ layers: [{}] });
    expect(() => parseWorld(world(push, push, remove))).toThrow(/^line 3: .*no such digest/);
    expect(parseWorld(world(push, changed, changed, remove, deploy))).toHaveLength(5);
    expect(() => parseWorld(world(push, changed, remove, remove))).toThrow(/^line 4: .*no such/);
  });

  it('moves an image when its base has moved', () => {
    const app = { ...aPush({ base: BASE, layers: [] }), image: 'cgr.dev/app:1' };
    const remove = { at: AT, do: 'delete', image: 'cgr.dev/app:1~1' };
    expect(() => parseWorld(world(push, app, app, remove))).toThrow(/no such digest/);
    expect(parseWorld(world(push, app, aPush({ layers: [{}] }), app, remove))).toHaveLength(5);
  });

  it('does not tell which of several platforms is deployed, when amd64 is none of them', () => {
    const arms = { 'linux/arm64': { layers: [] }, 'linux/riscv64': { layers: [] } };
    const pushed = { ...push, platforms: arms };
    expect(() => parseWorld(world(pushed, deploy))).toThrow(/^line 2: platform: must be said/);
    expect(parseWorld(world(pushed, { ...deploy, platform: 'linux/arm64' }))).toHaveLength(2);
  });

  it('is deployed where an orchestrator can run its platform', () => {
    const odd = { ...push, platforms: { 'linux/s390x': { layers: [] } } };
    const on = (workload: string) => parseWorld(world(odd, { ...deploy, workload }));
    expect(() => on('ecs/prod/web')).toThrow(/^line 2: platform: ecs does not run linux\/s390x/);
    expect(() => on('lambda/web')).toThrow(/^line 2: platform: lambda does not run/);
    expect(on('eks/prod/shop/Deployment/web')).toHaveLength(2);
  });

  it('is one container where it is a function', () => {
    const one = { ...deploy, workload: 'lambda/web' };
    expect(parseWorld(world(push, one, one))).toHaveLength(3);
    expect(() => parseWorld(world(push, one, { ...one, container: 'side' }))).toThrow(
      /^line 3: container: a function is one container, "web" here/,
    );
  });

  it('is undeployed once, container by container or as a whole', () => {
    const side = { ...deploy, container: 'side' };
    const undeploy = { at: AT, do: 'undeploy', workload: 'ecs/prod/web' };
    const one = { ...undeploy, container: 'web' };
    expect(parseWorld(world(push, deploy, side, one, undeploy))).toHaveLength(5);
    expect(() => parseWorld(world(push, deploy, side, one, one))).toThrow(/^line 5: container/);
  });

  it('holds a record of a feed until it is withdrawn, and after', () => {
    const withdraw = { at: AT, do: 'withdraw', feed: 'chainguard', id: 'CGA-1' };
    expect(parseWorld(world(advise, withdraw))).toHaveLength(2);
    expect(() => parseWorld(world(advise, { ...withdraw, feed: 'other' }))).toThrow(/"other"/);
  });

  it('allows one night at a time', () => {
    const night = { at: AT, do: 'night' };
    expect(() => parseWorld(world(night, night))).toThrow(/^line 2: a second night/);
  });
});

describe('bytes that are no world', () => {
  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'line 1: no event'],
    ['a broken line', Buffer.from(`${JSON.stringify(push)}\n{"at":\n`), 'line 2: not JSON'],
    ['an empty line', Buffer.from(`${JSON.stringify(push)}\n\n`), 'line 2: not JSON'],
    ['no UTF-8', Buffer.concat([world(push), Buffer.of(0xff, 0x0a)]), 'line 2: not JSON'],
    ['cut gzip', gzipSync(world(push)).subarray(0, 40), 'line 1: unreadable gzip data'],
    ['no object', Buffer.from('[]\n'), 'line 1: Invalid input'],
  ])('are refused: %s', (_what, bytes, message) => {
    expect(() => parseWorld(bytes)).toThrow(message);
  });
});

function world(...events: readonly object[]): Buffer {
  return Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

function aPush(platform: object) {
  return { ...push, platforms: { 'linux/amd64': platform } };
}

function aLayer(layer: object) {
  return aPush({ layers: [layer] });
}

function fault(overrides: object) {
  return { at: AT, do: 'fault', call: 'sns:Publish', times: 1, error: 'throttle', ...overrides };
}

function event(overrides: object) {
  return { at: AT, do: 'event', fault: 'lose', ...overrides };
}

function anAdvisory() {
  const range = { type: 'ECOSYSTEM', events: [{ introduced: '0' }] };
  return {
    id: 'CGA-1',
    affected: [{ package: { ecosystem: 'Chainguard', name: 'zlib' }, ranges: [range] }],
  };
}
