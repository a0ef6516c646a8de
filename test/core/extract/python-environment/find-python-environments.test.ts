import { describe, expect, it } from 'vitest';
import { findPythonEnvironments } from '../../../../core/extract/python-environment/find-python-environments.ts';
import type { Package } from '../../../../core/inventory/inventory.ts';
import { breaksOn, type PythonEnvironment } from '../../../../core/inventory/python-environment.ts';
import { buildTree } from '../../../support/build-tree.ts';
import { imageSettings } from '../../../support/image-settings.ts';
import { type Files, project, python, script, type Wheel } from '../../../support/python-files.ts';

interface World {
  readonly files: Files;
  readonly env?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly packages?: readonly string[];
  readonly owned?: readonly string[];
}

function find({
  files,
  packages = [],
  owned = [],
  ...config
}: World): readonly PythonEnvironment[] {
  const about = { ecosystem: '', source: null, arch: null, owner: null, purl: '', path: '' };
  return findPythonEnvironments({
    tree: buildTree(files),
    packages: packages.map((text): Package => {
      const [name = '', version = ''] = text.split('=');
      return { ...about, type: 'apk', name, version };
    }),
    distro: null,
    config: imageSettings({ env: ['PATH=/usr/local/bin:/usr/bin'], ...config }),
    os: 'linux',
    ownerOf: (path) => (owned.some((each) => path.startsWith(each)) ? 'os' : null),
  });
}

function at(world: World, path: string): PythonEnvironment {
  const found = find(world).find((each) => each.path === path);
  if (!found) throw new Error(`no environment ${path}`);
  return found;
}

function rules(environment: PythonEnvironment): string[] {
  return environment.broken.map(({ rule }) => rule);
}

function rulesOn(environment: PythonEnvironment, minor: string): string[] {
  return breaksOn(environment, minor).map(({ rule }) => rule);
}

function venv(config: string, link: string, minor = '3.13', more: Files = {}): Files {
  return {
    'app/venv/pyvenv.cfg': config,
    'app/venv/bin/python': { link },
    'app/venv/bin/python3': { link: 'python' },
    [`app/venv/bin/python${minor}`]: { link: 'python' },
    ...project(`app/venv/lib/python${minor}/site-packages`, 'flask'),
    ...more,
  };
}

const CONFIG = 'home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.13.2\n';
const SITE = 'app/venv/lib/python3.13/site-packages';

describe('an interpreter that cannot start', () => {
  const facts = (needed: readonly string[], requires: readonly string[] = []) => ({
    facts: {
      elf: {
        type: 'dyn' as const,
        machine: 'amd64',
        bits: 64 as const,
        isDynamic: true as const,
        interpreter: '/lib64/ld-linux-x86-64.so.2',
        needed,
        ...(requires.length > 0 && { requires: [{ library: 'libc.so.6', versions: requires }] }),
      },
    },
  });
  const libc = {
    type: 'dyn',
    machine: 'amd64',
    bits: 64,
    soname: 'libc.so.6',
    provides: ['GLIBC_2.34', 'GLIBC_2.36'],
  } as const;
  const system: Files = {
    'lib64/ld-linux-x86-64.so.2': { facts: { elf: { ...libc, soname: 'ld-linux-x86-64.so.2' } } },
    'usr/lib/libc.so.6': { facts: { elf: libc } },
  };
  const site = 'usr/local/lib/python3.13/site-packages';

  it.each<[string, Files, string]>([
    [
      'a library',
      { ...system, 'usr/local/bin/python3.13': facts(['libpython3.13.so.1.0']) },
      '(no "libpython3.13.so.1.0")',
    ],
    ['its loader', { 'usr/local/bin/python3.13': facts([]) }, '(no "/lib64/ld-linux-x86-64.so.2")'],
    [
      'a newer glibc',
      { ...system, 'usr/local/bin/python3.13': facts(['libc.so.6'], ['GLIBC_2.38']) },
      '(glibc 2.36, /usr/local/bin/python3.13 needs 2.38)',
    ],
  ])('runs no environment: %s is missing', (_, program, words) => {
    const files = {
      ...python('usr/local', '3.13'),
      ...project(site, 'flask'),
      ...venv(CONFIG, '/usr/local/bin/python3'),
      ...program,
    };
    // Without any package but pip it is no better.
    const bare = { ...python('usr/local', '3.13'), ...project(site, 'pip'), ...program };
    for (const found of [
      at({ files }, site),
      at({ files }, 'app/venv'),
      at({ files: bare }, site),
    ]) {
      expect(found.broken).toEqual([
        {
          rule: 'no-interpreter',
          evidence: 'usr/local/bin/python3.13',
          message: expect.stringContaining(words),
        },
      ]);
    }
  });

  it('is none that finds all it needs', () => {
    const files = {
      ...python('usr/local', '3.13'),
      ...project(site, 'flask'),
      ...system,
      'usr/local/bin/python3.13': facts(['libc.so.6'], ['GLIBC_2.36']),
    };
    expect(at({ files }, site).broken).toEqual([]);
  });
});

describe('a virtual environment', () => {
  it.each([
    ['venv', CONFIG],
    ['uv', 'home = /usr/bin\nimplementation = CPython\nuv = 0.12.5\nversion_info = 3.13.2\n'],
    ['virtualenv', 'home = /usr/bin\nversion_info = 3.13.2.final.0\nversion = 3.13.2\n'],
    ['nobody who says the version', 'home = /usr/bin\n'],
  ])('made by %s is healthy on its own minor, and breaks on the next', (_, config) => {
    const files = { ...python('usr', '3.13'), ...venv(config, '/usr/bin/python') };
    const found = at({ files }, 'app/venv');
    expect(found).toMatchObject({
      kind: 'venv',
      minor: '3.13',
      runsOn: { path: 'usr/bin/python3.13', minor: '3.13' },
      packages: 1,
      broken: [],
    });
    expect(rulesOn(found, '3.13')).toEqual([]);
    expect(breaksOn(found, '3.14')).toMatchObject([
      { rule: 'other-minor', evidence: 'app/venv/pyvenv.cfg' },
    ]);
  });

  it('of one minor that another one runs is told with both: builder and runtime differ', () => {
    const files = { ...python('usr', '3.14'), ...venv(CONFIG, '/usr/bin/python') };
    expect(at({ files }, 'app/venv').broken).toEqual([
      {
        rule: 'other-minor',
        evidence: 'app/venv/pyvenv.cfg',
        message:
          'Made by Python 3.13, but app/venv/bin/python is Python 3.14: it looks in lib/python3.14/site-packages and finds none of 1 packages in lib/python3.13/site-packages.',
      },
    ]);
  });

  it('with a versioned link breaks when that name goes', () => {
    const files = { ...python('usr', '3.13'), ...venv(CONFIG, '/usr/bin/python3.13') };
    const found = at({ files }, 'app/venv');
    expect(found.broken).toEqual([]);
    expect(rulesOn(found, '3.14')).toEqual(['no-interpreter']);

    const moved = { ...python('usr', '3.14'), ...venv(CONFIG, '/usr/bin/python3.13') };
    expect(at({ files: moved }, 'app/venv').broken).toEqual([
      {
        rule: 'no-interpreter',
        evidence: 'app/venv/bin/python',
        message:
          'Nothing in it starts: app/venv/bin/python leads to /usr/bin/python3.13, which is not there.',
      },
    ]);
  });

  it('is followed through a merged /usr', () => {
    const files = {
      bin: { link: 'usr/bin' },
      ...python('usr', '3.13'),
      ...venv(CONFIG, '/bin/python3'),
    };
    expect(at({ files }, 'app/venv')).toMatchObject({ runsOn: { minor: '3.13' }, broken: [] });
  });

  it('is healthy where a second interpreter is the one that it points to', () => {
    const files = {
      ...python('usr/local', '3.14'),
      ...python('usr', '3.13'),
      ...venv(CONFIG, '/usr/bin/python3'),
    };
    expect(at({ files }, 'app/venv').broken).toEqual([]);
  });

  it('is healthy where it was upgraded in place, whatever its configuration still says', () => {
    const files = {
      ...python('usr', '3.14'),
      ...venv(CONFIG, '/usr/bin/python'),
      ...project('app/venv/lib/python3.14/site-packages', 'flask'),
    };
    expect(at({ files }, 'app/venv').broken).toEqual([]);
  });

  it('that holds nothing loses nothing', () => {
    const files = {
      ...python('usr', '3.14'),
      'app/venv/pyvenv.cfg': CONFIG,
      'app/venv/bin/python': { link: '/usr/bin/python' },
    };
    expect(at({ files }, 'app/venv').broken).toEqual([]);
  });

  it('with an interpreter that the application brings does not follow the base', () => {
    const prefix = 'root/.local/share/uv/python/cpython-3.13.2-linux-x86_64-gnu';
    const files = {
      ...python('usr', '3.12'),
      ...python(prefix, '3.13'),
      ...venv(`home = /${prefix}/bin\nversion_info = 3.13.2\n`, `/${prefix}/bin/python3.13`),
    };
    const found = at({ files }, 'app/venv');
    expect(found.broken).toEqual([]);
    expect(found.bounds).toEqual([]);
  });

  it('of a free-threaded build is none of the usual one', () => {
    const made = (label: string): Files => ({
      ...python('usr', label),
      ...venv(CONFIG, '/usr/bin/python', '3.13t'),
    });
    expect(at({ files: made('3.13t') }, 'app/venv').broken).toEqual([]);
    expect(rules(at({ files: made('3.13') }, 'app/venv'))).toEqual(['other-minor']);
  });

  it('has scripts that cannot start once it was moved; pip’s own do not count', () => {
    const files = {
      ...python('usr', '3.13'),
      ...venv(CONFIG, '/usr/bin/python', '3.13', {
        'app/venv/bin/pip3': script('/build/venv/bin/python3'),
        'app/venv/bin/gunicorn': script('/build/venv/bin/python3'),
        'app/venv/bin/flask': script('/app/venv/bin/python3'),
        'app/venv/bin/tool': script('/usr/bin/env python3'),
      }),
    };
    expect(at({ files }, 'app/venv').broken).toEqual([
      {
        rule: 'script',
        evidence: 'app/venv/bin/gunicorn',
        message:
          'Cannot be executed, their first line names /build/venv/bin/python3, which is not there: bin/gunicorn.',
      },
    ]);
  });

  it('is not judged where nobody knows what runs it', () => {
    const files = { ...venv(CONFIG, '/usr/bin/python'), 'usr/bin/python': '' };
    expect(at({ files }, 'app/venv')).toMatchObject({ runsOn: null, broken: [] });
  });
});

describe('a package in an environment', () => {
  const on = (label: string, name: string, wheel: Wheel): PythonEnvironment => {
    const site = `app/venv/lib/python${label}/site-packages`;
    const base = { ...python('usr', label), ...venv(CONFIG, '/usr/bin/python', label) };
    return at({ files: { ...base, ...project(site, name, wheel) } }, 'app/venv');
  };

  it.each<[string, Wheel, string, string[]]>([
    ['pure Python', {}, '3.13', []],
    ['pure Python, tags compressed', { tags: ['py2.py3-none-any'] }, '3.13', []],
    ['for a later minor', { tags: ['py314-none-any'] }, '3.13', ['wheel']],
    ['for Python 2 alone', { tags: ['py2-none-any'] }, '3.13', ['wheel']],
    ['compiled for its minor', { tags: ['cp313-cp313-linux_x86_64'] }, '3.13', []],
    ['compiled for another', { tags: ['cp312-cp312-linux_x86_64'] }, '3.13', ['wheel']],
    [
      'compiled for several',
      { tags: ['cp312-cp312-linux_x86_64', 'cp313-cp313-linux_x86_64'] },
      '3.13',
      [],
    ],
    ['for the stable ABI', { tags: ['cp39-abi3-linux_x86_64'] }, '3.13', []],
    ['for the stable ABI of later', { tags: ['cp314-abi3-linux_x86_64'] }, '3.13', ['wheel']],
    ['for the stable ABI, free-threaded', { tags: ['cp39-abi3-linux_x86_64'] }, '3.13t', ['wheel']],
    ['for both stable ABIs', { tags: ['cp315-abi3.abi3t-linux_x86_64'] }, '3.15t', []],
    ['free-threaded on free-threaded', { tags: ['cp313-cp313t-linux_x86_64'] }, '3.13t', []],
    ['free-threaded on the usual', { tags: ['cp313-cp313t-linux_x86_64'] }, '3.13', ['wheel']],
    ['for one minor without ABI', { tags: ['cp312-none-any'] }, '3.13', ['wheel']],
    ['for PyPy', { tags: ['pp310-pypy310_pp73-linux_x86_64'] }, '3.13', []],
    ['a module of its minor', { modules: ['m.cpython-313-x86_64-linux-gnu.so'] }, '3.13', []],
    [
      'a module of another',
      { tags: [], modules: ['m.cpython-312-x86_64-linux-gnu.so'] },
      '3.13',
      ['extension'],
    ],
    [
      'a module of free-threaded',
      { tags: [], modules: ['m.cpython-313t-x86_64-linux-gnu.so'] },
      '3.13',
      ['extension'],
    ],
    [
      'modules of several',
      {
        tags: [],
        modules: ['m.cpython-312-x86_64-linux-gnu.so', 'm.cpython-313-x86_64-linux-gnu.so'],
      },
      '3.13',
      [],
    ],
    ['a module of the stable ABI', { tags: [], modules: ['m.abi3.so'] }, '3.13', []],
    [
      'a module of the stable ABI on free-threaded',
      { tags: [], modules: ['m.abi3.so'] },
      '3.13t',
      ['extension'],
    ],
    ['a module of the new stable ABI', { tags: [], modules: ['m.abi3t.so'] }, '3.15', []],
    [
      'a module of the new stable ABI on an older minor',
      { tags: [], modules: ['m.abi3t.so'] },
      '3.14',
      ['extension'],
    ],
    [
      'a module with one in Python beside it',
      { tags: [], modules: ['m.cpython-312-x86_64-linux-gnu.so', 'm.py'] },
      '3.13',
      [],
    ],
    [
      'a speed-up of what runs without',
      { record: true, modules: ['m.cpython-312-x86_64-linux-gnu.so'] },
      '3.13',
      [],
    ],
  ])('%s', (_, wheel, label, expected) => {
    expect(rules(on(label, 'numpy', wheel))).toEqual(expected);
  });

  it.each<[string, Wheel, string[]]>([
    ['pure Python', {}, []],
    ['compiled for its minor', { tags: ['cp313-cp313-linux_x86_64'] }, ['wheel']],
    ['for the stable ABI', { tags: ['cp39-abi3-linux_x86_64'], modules: ['m.abi3.so'] }, []],
    [
      'a module of its minor',
      { tags: [], modules: ['m.cpython-313-x86_64-linux-gnu.so'] },
      ['extension'],
    ],
    ['that asks for less', { requires: '>=3.9,<3.14' }, ['requires-python']],
    ['that asks for no more than', { requires: '<=3.13' }, ['requires-python']],
    ['that asks for compatible releases', { requires: '~=3.13.0' }, ['requires-python']],
    ['that asks for any of Python 3', { requires: '~=3.9' }, []],
    ['that leaves out an older one', { requires: '>=3.6,!=3.7.*' }, []],
    ['that leaves out the next', { requires: '!=3.14.*' }, ['requires-python']],
    ['that leaves out one release of the next', { requires: '!=3.14.0,<4' }, []],
    ['that asks for what nobody can read', { requires: 'python three' }, []],
  ])('%s, once its Python moves', (_, wheel, expected) => {
    const found = on('3.13', 'numpy', wheel);
    expect(rules(found)).toEqual([]);
    expect(rulesOn(found, '3.14')).toEqual(['other-minor', ...expected]);
  });

  it('is proved by its own files', () => {
    const modules = ['numpy/_core/_x.cpython-312-x86_64-linux-gnu.so'];
    const found = on('3.13', 'numpy', { tags: ['cp312-cp312-manylinux_2_17_x86_64'], modules });
    expect(found.broken).toEqual([
      {
        rule: 'wheel',
        evidence: `${SITE}/numpy-1.0.dist-info/WHEEL`,
        message: 'Python 3.13 is none that these wheels are for (cp312-cp312): numpy.',
      },
      {
        rule: 'extension',
        evidence: `${SITE}/${modules[0]}`,
        message: `Python 3.13 does not find modules compiled for 3.12: ${modules[0]}.`,
      },
    ]);
  });
});

describe('the C library of wheels', () => {
  const judge = (tags: readonly string[], packages: readonly string[]) => {
    const files = {
      ...python('usr', '3.13'),
      ...venv(CONFIG, '/usr/bin/python'),
      ...project(SITE, 'numpy', { tags: tags.map((tag) => `cp313-cp313-${tag}_x86_64`) }),
    };
    return rules(at({ files, packages }, 'app/venv'));
  };

  it.each([
    [['manylinux_2_17', 'manylinux2014'], ['glibc-2.43=2.43-r1'], []],
    [['manylinux_2_45'], ['glibc-2.43=2.43-r1'], ['libc']],
    [['manylinux_2_45', 'manylinux2014'], ['glibc-2.43=2.43-r1'], []],
    [['musllinux_1_2'], ['glibc-2.43=2.43-r1'], ['libc']],
    [['musllinux_1_2'], ['musl=1.2.5-r1'], []],
    [['manylinux_2_17'], ['musl=1.2.5-r1'], ['libc']],
    [['manylinux_2_17'], ['musl=1.2.5-r1', 'gcompat=1.1.0-r4'], []],
    [['linux'], ['musl=1.2.5-r1'], []],
    [['manylinux_2_99'], [], []],
  ])('%j with %j', (tags, packages, expected) => {
    expect(judge(tags, packages)).toEqual(expected);
  });
});

describe('folders of packages', () => {
  const FLASK = (site: string, wheel: Wheel = {}) => project(site, 'flask', wheel);
  const COMPILED = {
    tags: ['cp313-cp313-linux_x86_64'],
    modules: ['m.cpython-313-x86_64-linux-gnu.so'],
  };

  it('of an image’s own interpreter are healthy, and are left behind when it moves', () => {
    const site = 'usr/local/lib/python3.13/site-packages';
    const found = at({ files: { ...python('usr/local', '3.13'), ...FLASK(site) } }, site);
    expect(found).toMatchObject({ kind: 'packages', minor: '3.13', broken: [] });
    expect(rulesOn(found, '3.14')).toEqual(['other-minor']);
  });

  it('with nothing but pip are no application’s', () => {
    const site = 'usr/local/lib/python3.13/site-packages';
    const files = { ...python('usr/local', '3.13'), ...project(site, 'pip') };
    expect(at({ files }, site).bounds).toEqual([]);
  });

  it('that OS packages brought are left to them', () => {
    const site = 'usr/lib/python3/dist-packages';
    const files = { ...python('usr', '3.14'), ...FLASK(site, COMPILED) };
    expect(at({ files, owned: ['usr/'] }, site)).toMatchObject({ broken: [], bounds: [] });
  });

  it('for all minors of Debian work with the one that is there', () => {
    const site = 'usr/lib/python3/dist-packages';
    const files = {
      ...python('usr', '3.13'),
      ...python('usr/local', '3.15'),
      ...FLASK(site, COMPILED),
    };
    expect(at({ files }, site)).toMatchObject({ runsOn: { minor: '3.13' }, broken: [] });
  });

  it('of a minor that is not in the image are found by nobody', () => {
    const site = 'usr/local/lib/python3.12/site-packages';
    const files = { ...python('usr/local', '3.13'), ...FLASK(site) };
    expect(at({ files }, site).broken).toMatchObject([
      { rule: 'other-minor', evidence: `${site}/flask-1.0.dist-info` },
    ]);
  });

  it('of a minor that is not in the image work by PYTHONPATH as long as they are pure', () => {
    const site = 'usr/local/lib/python3.13/site-packages';
    const files = (wheel: Wheel) => ({ ...python('usr', '3.14'), ...FLASK(site, wheel) });
    const env = ['PATH=/usr/bin', `PYTHONPATH=/${site}`];
    expect(at({ files: files({}), env }, site).broken).toEqual([]);
    expect(rules(at({ files: files(COMPILED), env }, site))).toEqual(['wheel', 'extension']);
  });

  it('without a minor are judged by what is in them: pip install --target, Lambda’s task root', () => {
    const files = (label: string) => ({
      ...python('var/lang', label),
      ...FLASK('var/task', COMPILED),
    });
    const env = ['PATH=/var/lang/bin', 'LAMBDA_TASK_ROOT=/var/task'];
    const healthy = at({ files: files('3.13'), env }, 'var/task');
    expect(healthy).toMatchObject({ minor: '3.13', runsOn: { minor: '3.13' }, broken: [] });
    expect(rulesOn(healthy, '3.14')).toEqual(['wheel', 'extension']);
    expect(rules(at({ files: files('3.14'), env }, 'var/task'))).toEqual(['wheel', 'extension']);
  });

  it('are broken only where no interpreter of the image could run them', () => {
    const files = {
      ...python('usr', '3.14'),
      ...python('opt/py', '3.13'),
      ...FLASK('app/lib', COMPILED),
    };
    expect(at({ files }, 'app/lib').broken).toEqual([]);
  });

  it('that a package vendors belong to it', () => {
    const site = 'usr/local/lib/python3.13/site-packages';
    const files = {
      ...python('usr/local', '3.13'),
      ...FLASK(site),
      ...FLASK(`${site}/setuptools/_vendor`, { tags: ['cp38-cp38-linux_x86_64'] }),
    };
    const found = find({ files });
    expect(found.map(({ path, broken }) => [path, broken.length])).toEqual([[site, 0]]);
  });

  it('in an image without Python are not judged', () => {
    const site = 'usr/local/lib/python3.12/site-packages';
    expect(at({ files: FLASK(site, COMPILED) }, site).broken).toEqual([]);
  });

  it('of an interpreter whose library is packed are its own', () => {
    const site = 'opt/tool/lib/python3.12/site-packages';
    const files = { ...python('usr', '3.13'), 'opt/tool/lib/python312.zip': '', ...FLASK(site) };
    expect(at({ files }, site).broken).toEqual([]);
  });
});

describe('settings that name a minor', () => {
  const files = python('usr', '3.13');

  it.each<[string, Partial<World>, string[]]>([
    ['a command', { cmd: ['python3.13', 'app.py'] }, ['config.Cmd']],
    [
      'a shell’s command',
      { cmd: ['/bin/sh', '-c', 'exec /usr/bin/python3.13 app.py'] },
      ['config.Cmd'],
    ],
    [
      'a search path',
      { env: ['PYTHONPATH=/app:/deps/lib/python3.13/site-packages'] },
      ['config.Env PYTHONPATH'],
    ],
    ['a folder of programs', { env: ['PATH=/opt/python3.13/bin:/usr/bin'] }, ['config.Env PATH']],
    [
      'a home',
      { env: ['PATH=/usr/bin', 'PYTHONHOME=/usr/lib/python3.13'] },
      ['config.Env PYTHONHOME'],
    ],
    ['the entry point of the base', { entrypoint: ['/usr/bin/python3.13'], cmd: ['app.py'] }, []],
    [
      'an entry point with more',
      { entrypoint: ['/usr/bin/python3.13', '-m', 'app'] },
      ['config.Entrypoint'],
    ],
    ['no minor', { entrypoint: ['python3'], cmd: ['app.py'] }, []],
    ['a file of such a name', { cmd: ['run', 'python3.13.txt'] }, []],
  ])('%s', (_, world, expected) => {
    const [found] = find({ files, ...world }).filter(({ kind }) => kind === 'settings');
    const broken = found ? breaksOn(found, '3.14') : [];
    expect(broken.map(({ evidence }) => evidence)).toEqual(expected);
    expect(found ? breaksOn(found, '3.13') : []).toEqual([]);
  });

  it('are not those of a virtual environment, which answers for itself', () => {
    const both = { ...files, ...venv(CONFIG, '/usr/bin/python') };
    const found = find({ files: both, entrypoint: ['/app/venv/bin/python3.13', '-m', 'app'] });
    expect(found.map(({ kind }) => kind)).toEqual(['venv']);
  });
});

describe('scripts outside of virtual environments', () => {
  const files = python('usr/local', '3.13');
  const BIN = 'usr/local/bin';

  it('whose first line names a minor break when it goes', () => {
    const more = {
      [`${BIN}/work`]: script('/usr/local/bin/python3.13'),
      [`${BIN}/serve`]: script('/usr/bin/env python3.13'),
      [`${BIN}/other`]: script('/usr/local/bin/python3'),
      'usr/bin/env': '',
    };
    const found = at({ files: { ...files, ...more } }, BIN);
    expect(found).toMatchObject({ kind: 'scripts', runsOn: { minor: '3.13' }, broken: [] });
    expect(breaksOn(found, '3.14')).toEqual([
      {
        rule: 'script',
        evidence: `${BIN}/serve`,
        message: 'Their first line names Python 3.13 (python3.13): serve, work.',
        worksOn: { minors: ['3.13'] },
      },
    ]);
    expect(breaksOn(found, '3.13')).toEqual([]);
  });

  it('are said once: those of packages by their folder, Python’s own by nobody', () => {
    const site = 'usr/local/lib/python3.13/site-packages';
    const more = {
      ...project(site, 'serve', { scripts: ['../../../bin/serve'] }),
      [`${BIN}/serve`]: script('/usr/local/bin/python3.13'),
      [`${BIN}/idle3.13`]: script('/usr/local/bin/python3.13'),
      [`${BIN}/python3.13-config`]: script('/usr/local/bin/python3.13'),
    };
    expect(find({ files: { ...files, ...more } }).map(({ path }) => path)).toEqual([site]);
  });
});

it('keeps an image of ten thousand environments small', () => {
  const files = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, n) => [`v${n}/pyvenv.cfg`, 'version = 3.13.0\n']),
  );
  expect(find({ files }).length).toBeLessThanOrEqual(200);
});
