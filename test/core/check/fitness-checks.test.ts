import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../../core/check/image-check.ts';
import type { Capture } from '../../../core/image/capture.ts';
import { compile, HAS_COMPILER } from '../../support/compile.ts';
import { symlink, type TestEntry } from '../../support/layers.ts';
import {
  ARCHITECTURE,
  LOADER,
  MULTIARCH,
  nodeProgram,
  OTHER_ARCHITECTURE,
  program,
  readEntries,
  readImage,
  realLibraries,
} from '../../support/real-programs.ts';
import { type CheckedImage, runCheck } from '../../support/run-check.ts';

/** The checks of what starts. */
const FITNESS = [
  'entrypoint',
  'shell-form',
  'script-interpreter',
  'elf-interpreter',
  'libraries',
  'glibc-version',
  'architecture',
  'named-user',
];

/** One that Node needs and the C library does not. */
const LIBGCC = 'libgcc_s.so.1';

const HAS_LIBRARIES = existsSync(`/usr/lib/${MULTIARCH}/libstdc++.so.6`);

async function judge(
  layers: readonly (Capture | readonly TestEntry[])[],
  config: CheckedImage['config'] = {},
  image: CheckedImage = {},
): Promise<Record<string, Verdict>> {
  const tree = await readImage(...layers);
  const checked = { ...image, tree, architecture: image.architecture ?? ARCHITECTURE, config };
  return Object.fromEntries(FITNESS.map((id) => [id, runCheck(id, checked)]));
}

function failures(verdicts: Record<string, Verdict>): string[] {
  return Object.entries(verdicts).flatMap(([id, { status }]) => (status === 'fail' ? [id] : []));
}

function statuses(verdicts: Record<string, Verdict>): Set<string> {
  return new Set(Object.values(verdicts).map(({ status }) => status));
}

describe('an image that starts nothing', () => {
  it('is no worse for it', async () => {
    expect(statuses(await judge([[]]))).toEqual(new Set(['pass']));
  });
});

describe.skipIf(!HAS_LIBRARIES)('a real program with its libraries', () => {
  const config = { entrypoint: ['/usr/bin/node'] };
  let node: Capture;
  let libraries: Capture;
  beforeAll(async () => {
    node = await readEntries([nodeProgram()]);
    libraries = await readEntries(realLibraries());
  });

  it('starts', async () => {
    expect(statuses(await judge([node, libraries], config))).toEqual(new Set(['pass']));
  });

  it('starts by its name alone, by a relative path, and through links', async () => {
    const layers = [node, libraries, [symlink('app/run', '../usr/bin/node')]];
    for (const entrypoint of ['node', './run', '/app/run']) {
      const verdicts = await judge(layers, { entrypoint: [entrypoint], workingDir: '/app' });
      expect(failures(verdicts), entrypoint).toEqual([]);
      expect(verdicts.entrypoint?.evidence).toBe('usr/bin/node');
    }
  });

  it('starts below an init process, and as the interpreter of a script', async () => {
    const tini = program('sbin/tini', readFileSync('/usr/bin/env'));
    const scripts = [
      program('usr/bin/env', '#!/usr/bin/node\n'),
      program('app/run', '#!/usr/bin/env -S node --no-warnings\n'),
    ];
    const layers = [node, libraries, [tini, ...scripts]];
    expect(statuses(await judge(layers, { entrypoint: ['/sbin/tini', '--', '/app/run'] }))).toEqual(
      new Set(['pass']),
    );
    const missing = await judge(layers, { entrypoint: ['tini', '-g', '--'], cmd: ['/app/gone'] });
    expect(missing.entrypoint).toMatchObject({ status: 'fail' });
    expect(missing.entrypoint?.message).toContain('"/app/gone"');
  });

  it('names the library that is missing, and who needs it', async () => {
    const verdicts = await judge([node, libraries, [`usr/lib/${MULTIARCH}/.wh.${LIBGCC}`]], config);
    expect(failures(verdicts)).toEqual(['libraries']);
    expect(verdicts.libraries?.message).toContain(`"${LIBGCC}"`);
  });

  it('finds a library where a variable, a configured folder or a link puts it', async () => {
    const bytes = readFileSync(`/usr/lib/${MULTIARCH}/${LIBGCC}`);
    const moved = [`usr/lib/${MULTIARCH}/.wh.${LIBGCC}`, program(`opt/lib/${LIBGCC}`, bytes)];
    const layers = [node, libraries, moved];
    expect(failures(await judge(layers, config))).toEqual(['libraries']);
    const env = { ...config, env: ['LD_LIBRARY_PATH=/nowhere:/opt/lib'] };
    expect(failures(await judge(layers, env))).toEqual([]);
    const configured: TestEntry[] = [
      ['etc/ld.so.conf', 'include /etc/ld.so.conf.d/*.conf\n'],
      ['etc/ld.so.conf.d/x.conf', '# ours\n/opt/lib\n'],
    ];
    expect(failures(await judge([...layers, configured], config))).toEqual([]);
    const cache: TestEntry = ['etc/ld.so.cache', `\0glibc-ld.so.cache1.1\0/opt/lib/${LIBGCC}\0`];
    expect(failures(await judge([...layers, [cache]], config))).toEqual([]);
    const link = symlink(`usr/lib/${LIBGCC}`, `/opt/lib/${LIBGCC}`);
    expect(failures(await judge([...layers, [link]], config))).toEqual([]);
  });

  it('names the loader that is missing', async () => {
    const [folder, name] = LOADER.split('/');
    const verdicts = await judge([node, libraries, [`${folder}/.wh.${name}`]], config);
    expect(failures(verdicts)).toEqual(['elf-interpreter']);
    expect(verdicts['elf-interpreter']?.message).toContain(`"/${LOADER}"`);
    expect(verdicts.libraries?.status).toBe('unknown');
  });

  it('is for another processor than the image says', async () => {
    const verdicts = await judge([node, libraries], config, { architecture: OTHER_ARCHITECTURE });
    expect(failures(verdicts)).toEqual(['architecture']);
    expect(verdicts.architecture?.message).toContain(`built for ${ARCHITECTURE}`);
  });
});

describe.skipIf(!HAS_COMPILER || !HAS_LIBRARIES)('programs that gcc makes', () => {
  const main = 'int answer(void); int main(void) { return answer(); }\n';
  const library = 'int answer(void) { return 42; }\n';
  const config = { entrypoint: ['/app/bin/run'] };
  let libc: Capture;
  beforeAll(async () => {
    libc = await readEntries(realLibraries());
  });

  it.each([
    ['static', ['-static']],
    ['static and position-independent', ['-static-pie']],
  ])('need nothing when they are %s', async (_, flags) => {
    const [run = Buffer.of()] = compile(
      { sources: { 'a.c': main, 'b.c': library }, calls: [[...flags, '-o', 'run', 'a.c', 'b.c']] },
      'run',
    );
    expect(statuses(await judge([[program('app/bin/run', run)]], config))).toEqual(
      new Set(['pass']),
    );
  });

  it.each([
    ['RUNPATH', '-Wl,--enable-new-dtags'],
    ['RPATH', '-Wl,--disable-new-dtags'],
  ])('find what lies beside them by $ORIGIN (%s)', async (_, flag) => {
    const [run = Buffer.of(), own = Buffer.of()] = compile(
      {
        sources: { 'a.c': main, 'b.c': library },
        calls: [
          ['-shared', '-fPIC', '-Wl,-soname,libown.so.1', '-o', 'libown.so', 'b.c'],
          ['-o', 'run', 'a.c', '-L.', '-lown', flag, '-Wl,-rpath,$ORIGIN/../lib'],
        ],
      },
      'run',
      'libown.so',
    );
    const layers = [libc, [program('app/bin/run', run)]];
    const beside = [program('app/lib/libown.so.1', own)];
    expect(statuses(await judge([...layers, beside], config))).toEqual(new Set(['pass']));
    const linked = [...layers, beside, [symlink('usr/bin/run', '/app/bin/run')]];
    expect(failures(await judge(linked, { entrypoint: ['run'] }))).toEqual([]);
    const verdicts = await judge([...layers, [program('app/libown.so.1', own)]], config);
    expect(failures(verdicts)).toEqual(['libraries']);
    expect(verdicts.libraries?.message).toContain('/app/bin/run needs "libown.so.1"');
  });

  it('hand an RPATH down to what their libraries need, a RUNPATH not', async () => {
    const build = (flag: string) =>
      compile(
        {
          sources: {
            'a.c': main,
            'b.c': 'int deep(void); int answer(void) { return deep(); }\n',
            'c.c': 'int deep(void) { return 1; }\n',
          },
          calls: [
            ['-shared', '-fPIC', '-Wl,-soname,libdeep.so', '-o', 'libdeep.so', 'c.c'],
            [
              '-shared',
              '-fPIC',
              '-Wl,-soname,libown.so',
              '-o',
              'libown.so',
              'b.c',
              '-L.',
              '-ldeep',
            ],
            [
              '-o',
              'run',
              'a.c',
              '-L.',
              '-lown',
              flag,
              '-Wl,-rpath,/app/lib',
              '-Wl,--allow-shlib-undefined',
            ],
          ],
        },
        'run',
        'libown.so',
        'libdeep.so',
      );
    for (const [flag, expected] of [
      ['-Wl,--disable-new-dtags', []],
      ['-Wl,--enable-new-dtags', ['libraries']],
    ] as const) {
      const [run = Buffer.of(), own = Buffer.of(), deep = Buffer.of()] = build(flag);
      const files = [
        program('app/bin/run', run),
        program('app/lib/libown.so', own),
        program('app/lib/libdeep.so', deep),
      ];
      const verdicts = await judge([libc, files], config);
      expect(failures(verdicts), flag).toEqual(expected);
    }
  });

  it('are told when they need a newer glibc than the image has', async () => {
    const versions = 'GLIBC_2.4 { global: answer; };\nGLIBC_2.99 { global: newer; } GLIBC_2.4;\n';
    const build = (script: string, source: string) => ({
      sources: {
        'libc.c': source,
        'libc.map': script,
        'a.c': 'int newer(void); int _start(void) { return newer(); }\n',
      },
      calls: [
        [
          '-shared',
          '-fPIC',
          '-nostdlib',
          '-Wl,-soname,libc.so.6',
          '-Wl,--version-script,libc.map',
          '-o',
          'libc.so.6',
          'libc.c',
        ],
      ],
    });
    const newer = build(
      versions,
      'int answer(void) { return 1; }\nint newer(void) { return 2; }\n',
    );
    const linked = ['-nostartfiles', '-nodefaultlibs', '-o', 'run', 'a.c', './libc.so.6'];
    const [run = Buffer.of(), built = Buffer.of()] = compile(
      { ...newer, calls: [...newer.calls, linked] },
      'run',
      'libc.so.6',
    );
    const [older = Buffer.of()] = compile(
      build('GLIBC_2.4 { global: answer; };\n', 'int answer(void) { return 1; }\n'),
      'libc.so.6',
    );
    const files = [program('app/bin/run', run), ...realLibraries().slice(0, 1)];
    expect(
      failures(await judge([[...files, program('usr/lib/libc.so.6', built)]], config)),
    ).toEqual([]);
    const verdicts = await judge([[...files, program('usr/lib/libc.so.6', older)]], config);
    expect(failures(verdicts)).toEqual(['glibc-version']);
    expect(verdicts['glibc-version']?.message).toContain('needs glibc 2.99, the image has 2.4');
  });
});

describe('a loader of musl', () => {
  const elf = {
    type: 'dyn',
    machine: 'amd64',
    bits: 64,
    isDynamic: true,
    interpreter: '/lib/ld-musl-x86_64.so.1',
  } as const;
  const files = {
    'lib/ld-musl-x86_64.so.1': {
      facts: { elf: { type: 'dyn', machine: 'amd64', bits: 64 } as const },
    },
    'usr/bin/run': { facts: { elf: { ...elf, needed: ['libown.so', 'libc.musl-x86_64.so.1'] } } },
  };
  const config = { entrypoint: ['run'] };

  it('is all of the C library by itself, and looks in folders of its own', () => {
    expect(runCheck('libraries', { files, config })).toMatchObject({ status: 'fail' });
    const own = { facts: { elf: { ...elf, needed: ['libpthread.so.0', 'libdl.so.2'] } } };
    const usual = { ...files, 'usr/local/lib/libown.so': own };
    expect(runCheck('libraries', { files: usual, config })).toMatchObject({ status: 'pass' });
    const elsewhere = {
      ...files,
      'opt/libown.so': own,
      'etc/ld-musl-x86_64.path': '/lib\n/opt\n',
    };
    expect(runCheck('libraries', { files: elsewhere, config })).toMatchObject({ status: 'pass' });
  });

  it('is not judged where another one stands in for it', () => {
    const gcompat = {
      'lib/libgcompat.so.0': { facts: { elf } },
      'lib64/ld-linux-x86-64.so.2': { link: '/lib/libgcompat.so.0' },
      'usr/bin/run': {
        facts: {
          elf: { ...elf, interpreter: '/lib64/ld-linux-x86-64.so.2', needed: ['libc.so.6'] },
        },
      },
    };
    expect(runCheck('libraries', { files: gcompat, config })).toMatchObject({ status: 'unknown' });
  });
});

describe('architecture', () => {
  const files = {
    'app/run': { facts: { elf: { type: 'exec', machine: 'amd64', bits: 64 } as const } },
  };
  const config = { entrypoint: ['/app/run'] };

  it.each([
    ['amd64', 'pass'],
    ['x86_64', 'pass'],
    ['arm64', 'fail'],
    ['aarch64', 'fail'],
    ['386', 'fail'],
    ['', 'unknown'],
    ['unknown', 'unknown'],
  ])('judges a program for amd64 in an image for %j: %s', (architecture, status) => {
    expect(runCheck('architecture', { files, config, architecture })).toMatchObject({ status });
  });

  it('lets 32 bits run beside 64', () => {
    const small = {
      'app/run': { facts: { elf: { type: 'exec', machine: '386', bits: 32 } as const } },
    };
    expect(runCheck('architecture', { files: small, config })).toMatchObject({ status: 'pass' });
  });
});

describe('a program that could not be read', () => {
  const unread = {
    type: 'other',
    machine: 'machine-0',
    bits: 64,
    problems: ['cut short'],
  } as const;
  const cut = { type: 'dyn', machine: 'amd64', bits: 64, problems: ['lies outside'] } as const;
  const checks = ['elf-interpreter', 'libraries', 'glibc-version', 'path-programs'];

  it.each([unread, cut])('is no program that needs nothing: $problems', (elf) => {
    const files = { 'usr/bin/run': { facts: { elf } } };
    const config = { entrypoint: ['/usr/bin/run'] };
    for (const id of checks) {
      expect(runCheck(id, { files, config }), id).toMatchObject({
        status: 'unknown',
        evidence: 'usr/bin/run',
      });
    }
  });

  it('leaves what is sure as it is', () => {
    const files = {
      'usr/bin/a': { facts: { elf: unread } },
      'usr/bin/b': { facts: { shebang: '/opt/python' } },
    };
    expect(runCheck('path-programs', { files })).toMatchObject({
      status: 'fail',
      evidence: 'usr/bin/b',
    });
  });
});

describe('places to look for libraries', () => {
  const interpreter = '/lib64/ld-linux-x86-64.so.2';
  const elf = { type: 'dyn', machine: 'amd64', bits: 64, isDynamic: true, interpreter } as const;
  const needed = Array.from({ length: 2_000 }, (_, index) => `lib${index}.so`);
  const loader = { 'lib64/ld-linux-x86-64.so.2': '' };
  const config = { entrypoint: ['/usr/bin/run'] };
  const long = `/opt/${'x'.repeat(4000)}`;

  it.each([
    ['a cache of slashes', { 'etc/ld.so.cache': '/'.repeat(2_000_000) }, 'fail'],
    [
      'a cache of endless folders',
      { 'etc/ld.so.cache': Array.from({ length: 50_000 }, (_, i) => `/${i}/a\0`).join('') },
      'unknown',
    ],
    ['a list of endless folders', { 'etc/ld.so.conf': '/a\n/b\n'.repeat(10_000_000) }, 'fail'],
    [
      'a list of many folders',
      { 'etc/ld.so.conf': Array.from({ length: 2_000 }, (_, i) => `/${i}\n`).join('') },
      'unknown',
    ],
  ])('of %s are not gone through without end', (_, files, status) => {
    const run = { facts: { elf: { ...elf, needed } } };
    const verdict = runCheck('libraries', {
      files: { ...loader, ...files, 'usr/bin/run': run },
      config,
    });
    expect(verdict).toMatchObject({ status });
  });

  it.each([
    ['folders of its own', Array.from({ length: 20_000 }, (_, index) => `/opt/${index}`)],
    ['folders of long names', Array.from({ length: 500 }, (_, index) => `${long}${index}`)],
    ['folders that repeat where it lies', Array.from({ length: 500 }, () => '$ORIGIN'.repeat(585))],
  ])('are given up on where a program names %s', (_, rpath) => {
    const files = { ...loader, 'usr/bin/run': { facts: { elf: { ...elf, needed, rpath } } } };
    for (const id of ['libraries', 'glibc-version', 'path-programs']) {
      const verdict = runCheck(id, { files, config });
      expect(verdict, id).toMatchObject({
        status: 'unknown',
        message: expect.stringContaining('too many places'),
      });
    }
  });
});

it('takes a volume of a name of slashes alone for the root', () => {
  const config = {
    entrypoint: ['/app/run'],
    volumes: [`${'/'.repeat(1_000_000)}x`, '/'.repeat(1_000_000)],
  };
  expect(runCheck('entrypoint', { config })).toMatchObject({ status: 'unknown' });
});

it("does not miss what the host's graphics driver brings", () => {
  const interpreter = '/lib64/ld-linux-x86-64.so.2';
  const elf = { type: 'dyn', machine: 'amd64', bits: 64, isDynamic: true, interpreter } as const;
  const files = {
    'lib64/ld-linux-x86-64.so.2': '',
    'app/run': { facts: { elf: { ...elf, needed: ['libcuda.so.1', 'libnvidia-ml.so.1'] } } },
  };
  const config = { entrypoint: ['/app/run'] };
  expect(runCheck('libraries', { files, config })).toMatchObject({ status: 'pass' });
});

describe('entrypoint', () => {
  it.each([
    ['is missing', {}, ['/app/run'], 'fail', '"/app/run" is not in the image'],
    [
      'is no name in PATH',
      { 'opt/run': { facts: { shebang: '/bin/sh' } } },
      ['run'],
      'fail',
      '"run" is not in the image',
    ],
    [
      'may not be executed',
      { 'app/run': { mode: 0o644 } },
      ['/app/run'],
      'fail',
      'may not be executed',
    ],
    [
      'is no program',
      { 'app/run': { text: 'echo', size: 4 } },
      ['/app/run'],
      'fail',
      'neither a program nor a script',
    ],
    ['is a folder', { 'app/run/x': '' }, ['/app/run'], 'fail', 'is a folder'],
    ['is empty', { 'app/run': '' }, ['/app/run'], 'unknown', 'is an empty file'],
    ['comes from a volume', {}, ['/data/run'], 'unknown', 'the volume /data'],
  ] as [string, NonNullable<CheckedImage['files']>, string[], string, string][])(
    '%s',
    (_, files, entrypoint, status, words) => {
      const verdict = runCheck('entrypoint', { files, config: { entrypoint, volumes: ['/data'] } });
      expect(verdict.status).toBe(status);
      expect(verdict.message).toContain(words);
    },
  );

  it('is not judged for another system', () => {
    const config = { entrypoint: ['C:\\app.exe'] };
    for (const id of FITNESS)
      expect(runCheck(id, { config, os: 'windows' }).status).toBe('unknown');
  });
});

describe('script-interpreter', () => {
  const sh = { facts: { elf: { type: 'dyn', machine: 'amd64', bits: 64 } as const } };

  it.each([
    ['#!/bin/sh', '/bin/sh', { 'bin/sh': sh }],
    ['a path with an argument', '/bin/sh -eu', { 'bin/sh': sh }],
    ['env', '/usr/bin/env sh', { 'usr/bin/env': sh, 'bin/sh': sh }],
    ['env that splits', '/usr/bin/env -S A=1 sh -u', { 'usr/bin/env': sh, 'bin/sh': sh }],
    ['env with options', '/usr/bin/env -i sh', { 'usr/bin/env': sh }],
    // GNU's env splits at a CR too, and Perl passes over it.
    ['env that splits a CR', '/usr/bin/env -S sh\r', { 'usr/bin/env': sh, 'bin/sh': sh }],
    ['Perl with a CR', '/usr/bin/perl -w\r', { 'usr/bin/perl': sh }],
  ] as [string, string, NonNullable<CheckedImage['files']>][])(
    'is found by %s',
    (_, shebang, files) => {
      const all = { ...files, 'app/run': { facts: { shebang } } };
      const config = { entrypoint: ['/app/run'] };
      expect(runCheck('script-interpreter', { files: all, config })).toMatchObject({
        status: 'pass',
      });
    },
  );

  it.each([
    ['/bin/bash', { 'bin/sh': sh }, '"/bin/bash", which /app/run asks for'],
    ['/usr/bin/env python3', { 'bin/sh': sh }, '"/usr/bin/env", which'],
    ['/usr/bin/env python3', { 'usr/bin/env': sh }, '"python3", which'],
    [
      '/app/venv/bin/python3.13',
      { 'app/venv/bin/python': sh },
      '"/app/venv/bin/python3.13", which',
    ],
    ['/bin/sh\r', { 'bin/sh': sh }, '"/bin/sh\\r", which /app/run asks for, is not in the image: '],
    ['/usr/bin/env sh\r', { 'usr/bin/env': sh, 'bin/sh': sh }, 'line ends in CR LF'],
    ['/bin/sh -e\r', { 'bin/sh': sh }, 'the option "-e\\r", which it does not take'],
    ['/usr/bin/python3 -u\r', { 'usr/bin/python3': sh }, 'line ends in CR LF'],
  ] as [string, NonNullable<CheckedImage['files']>, string][])(
    'is missing: %s',
    (shebang, files, words) => {
      const all = { ...files, 'app/run': { facts: { shebang } } };
      const config = { entrypoint: ['/app/run'] };
      const verdict = runCheck('script-interpreter', { files: all, config });
      expect(verdict).toMatchObject({ status: 'fail', evidence: 'app/run' });
      expect(verdict.message).toContain(words);
    },
  );
});

it('takes a script that was written on Windows as Linux does', async () => {
  const script = (text: string) => [
    program('app/run', text),
    program('bin/sh', readFileSync('/bin/sh')),
  ];
  const config = { entrypoint: ['/app/run'] };
  const windows = await judge([script('#!/bin/sh\r\necho\r\n')], config);
  expect(failures(windows)).toContain('script-interpreter');
  const linux = await judge([script('#! /bin/sh \t\necho\n')], config);
  expect(failures(linux)).not.toContain('script-interpreter');
});

it('comes to an end with a script that asks for itself', () => {
  const files = { 'app/run': { facts: { shebang: '/app/run' } } };
  expect(runCheck('libraries', { files, config: { entrypoint: ['/app/run'] } }).status).toBe(
    'pass',
  );
});

describe('shell-form', () => {
  const files = { 'bin/sh': '' };

  it.each([
    [{ entrypoint: ['/bin/sh', '-c', 'app --flag'] }],
    [{ cmd: ['/bin/bash', '-o', 'pipefail', '-ec', 'app'] }],
    [{ entrypoint: ['/sbin/tini', '--'], cmd: ['/bin/sh', '-c', 'app'] }],
  ])('is broken without a shell: %o', (config) => {
    expect(runCheck('shell-form', { config })).toMatchObject({ status: 'fail' });
    expect(runCheck('shell-form', { config, files: { ...files, 'bin/bash': '' } })).toMatchObject({
      status: 'pass',
    });
  });

  it('is no matter for words that the entrypoint may do anything with', () => {
    const config = { entrypoint: ['/app/run'], cmd: ['/bin/sh', '-c', 'app'] };
    expect(runCheck('shell-form', { config })).toMatchObject({ status: 'unknown' });
    expect(runCheck('shell-form', { config, files })).toMatchObject({ status: 'pass' });
  });

  it('is not a shell that runs a file, or a list of words', () => {
    for (const entrypoint of [['/bin/sh', '/app/run.sh'], ['/app/run', '-c', 'x'], []]) {
      expect(runCheck('shell-form', { config: { entrypoint } })).toMatchObject({ status: 'pass' });
    }
  });
});

describe('named-user', () => {
  const files = { 'etc/passwd': 'app:x:1000:1000::/:\n', 'etc/group': 'staff:x:50:\n' };

  it.each(['app', 'app:staff', 'app:50', '65532', '65532:65532', '', 'root'])(
    'knows %j',
    (user) => {
      expect(runCheck('named-user', { files, config: { user } })).toMatchObject({ status: 'pass' });
    },
  );

  it.each(['nobody', 'ap', '1000:wheel', 'app:wheel'])('does not know %j', (user) => {
    expect(runCheck('named-user', { files, config: { user } })).toMatchObject({ status: 'fail' });
  });

  it('cannot say without the file that it was not given', () => {
    const unread = { 'etc/passwd': { kept: false } };
    expect(runCheck('named-user', { files: unread, config: { user: 'app' } })).toMatchObject({
      status: 'unknown',
    });
  });
});
