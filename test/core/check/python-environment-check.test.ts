import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../core/check/image-check.ts';
import { findPythonEnvironments } from '../../../core/extract/python-environment/find-python-environments.ts';
import type { Inventory, Package } from '../../../core/inventory/inventory.ts';
import { buildTree } from '../../support/build-tree.ts';
import { imageSettings } from '../../support/image-settings.ts';
import { type Files, PROGRAM, project, python, script } from '../../support/python-files.ts';
import { runCheck } from '../../support/run-check.ts';

interface World extends Partial<Pick<Inventory['config'], 'entrypoint' | 'cmd' | 'volumes'>> {
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDir?: string;
  /** `glibc-2.43=2.43-r1`. */
  readonly packages?: readonly string[];
  /** Beginnings of paths that OS packages brought. */
  readonly owned?: readonly string[];
}

const about = { ecosystem: '', source: null, arch: null, owner: null, purl: '', path: '' };

function check(files: Files, world: World = {}): Verdict {
  const { env = {}, packages = [], owned = [], ...settings } = world;
  const variables = Object.entries({ PATH: '/usr/local/bin:/usr/bin', ...env });
  const config = imageSettings({
    user: '65532',
    env: variables.map(([name, value]) => `${name}=${value}`),
    ...settings,
  });
  const tree = buildTree(files);
  const pythonEnvironments = findPythonEnvironments({
    tree,
    config,
    os: 'linux',
    distro: null,
    packages: packages.map((text): Package => {
      const [name = '', version = ''] = text.split('=');
      return { ...about, type: 'apk', name, version };
    }),
    ownerOf: (path) => (owned.some((each) => path.startsWith(each)) ? 'os' : null),
  });
  return runCheck('python-environment', { tree, config, pythonEnvironments });
}

/** A virtual environment with flask and a script of its own. */
function venv(path: string, minor: string, link = '/usr/bin/python'): Files {
  return {
    [`${path}/pyvenv.cfg`]: `home = /usr/bin\nversion = ${minor}.2\n`,
    [`${path}/bin/python`]: { link },
    [`${path}/bin/python3`]: { link: 'python' },
    [`${path}/bin/serve`]: script(`/${path}/bin/python`),
    ...project(`${path}/lib/python${minor}/site-packages`, 'flask'),
  };
}

const SKEWED: Files = { ...python('usr', '3.14'), ...venv('app/venv', '3.13') };
const SHELL: Files = { 'usr/bin/sh': PROGRAM };
const ACTIVATED = { PATH: '/app/venv/bin:/usr/bin' };
const COMPILED = { modules: ['m.cpython-313-x86_64-linux-gnu.so'], tags: [] };

describe('an environment that is broken', () => {
  it.each<[string, World, Files?]>([
    [
      'by the path of its interpreter',
      { entrypoint: ['/app/venv/bin/python'], cmd: ['-m', 'app'] },
    ],
    ['by a script in it', { entrypoint: ['/app/venv/bin/serve'] }],
    ['from the working folder', { cmd: ['venv/bin/serve'], workingDir: '/app' }],
    ['by name, since it is first in PATH', { cmd: ['serve'], env: ACTIVATED }],
    ['as python, since it is first in PATH', { cmd: ['python', 'app.py'], env: ACTIVATED }],
    [
      'below an init process',
      { entrypoint: ['/usr/bin/tini', '--'], cmd: ['/app/venv/bin/serve'] },
      { 'usr/bin/tini': PROGRAM },
    ],
    ['by a line of a shell', { cmd: ['/bin/sh', '-c', 'exec /app/venv/bin/serve --port 80'] }],
    [
      'by a line of several commands',
      { cmd: ['sh', '-c', 'cd /app && DEBUG=1 venv/bin/serve'], workingDir: '/app' },
    ],
    ['by a line that activates it', { cmd: ['sh', '-c', '. /app/venv/bin/activate; exec python'] }],
    [
      'by a script that executes its arguments',
      { entrypoint: ['/app/start.sh'], cmd: ['/app/venv/bin/serve'] },
      { 'app/start.sh': script('/bin/sh') },
    ],
    [
      'by a program that executes what follows',
      { cmd: ['vault', 'exec', '-t', '9', '--', '/app/venv/bin/serve'] },
      { 'usr/bin/vault': PROGRAM },
    ],
    [
      'by a script of which nobody reads more than its first line, in PATH',
      { entrypoint: ['/app/start.sh'], env: ACTIVATED },
      { 'app/start.sh': script('/bin/sh') },
    ],
    [
      'by any program, as it is activated',
      { cmd: ['/usr/bin/serverd'], env: { VIRTUAL_ENV: '/app/venv' } },
      { 'usr/bin/serverd': PROGRAM },
    ],
    [
      'by a link to a script in it',
      { cmd: ['serve'] },
      { 'usr/local/bin/serve': { link: '/app/venv/bin/serve' } },
    ],
    [
      'by a script outside that asks for its interpreter',
      { cmd: ['tool'] },
      { 'usr/local/bin/tool': script('/app/venv/bin/python') },
    ],
    [
      'through a folder that is a link',
      { cmd: ['/srv/venv/bin/python'] },
      { srv: { link: 'app' } },
    ],
  ])('fails where it starts %s', (_, world, more = {}) => {
    const bin: Files = { bin: { link: 'usr/bin' } };
    expect(check({ ...SKEWED, ...SHELL, ...bin, ...more }, world)).toEqual({
      status: 'fail',
      evidence: 'app/venv/pyvenv.cfg',
      message:
        'What starts is broken in app/venv: Made by Python 3.13, but app/venv/bin/python is Python 3.14: it looks in lib/python3.14/site-packages and finds none of 1 packages in lib/python3.13/site-packages.',
    });
  });

  it.each<[string, World, Files?]>([
    ['starts nothing', {}],
    ['starts another program', { cmd: ['serverd'] }, { 'usr/bin/serverd': PROGRAM }],
    ['starts the image’s Python', { cmd: ['python3', '/app/main.py'] }],
    [
      'starts another environment',
      { cmd: ['/srv/env/bin/serve'], env: ACTIVATED },
      venv('srv/env', '3.14'),
    ],
    [
      'has another environment activated',
      { cmd: ['serve'], env: { PATH: '/srv/env/bin:/app/venv/bin:/usr/bin' } },
      venv('srv/env', '3.14'),
    ],
    ['lies below a volume', { cmd: ['/app/venv/bin/serve'], volumes: ['/app'] }],
  ])('is not known to be used where the image %s', (_, world, more = {}) => {
    expect(check({ ...SKEWED, ...more }, world)).toMatchObject({
      status: 'unknown',
      evidence: 'app/venv/pyvenv.cfg',
      message: expect.stringContaining('app/venv is broken, and it is not known who starts it: '),
    });
  });

  it('fails where its interpreter is gone, so that PATH leads past it', () => {
    const files = { ...python('usr', '3.14'), ...venv('app/venv', '3.13', '/usr/bin/python3.13') };
    const broken = { status: 'fail', evidence: 'app/venv/bin/python' };
    expect(check(files, { cmd: ['python', 'app.py'], env: ACTIVATED })).toMatchObject(broken);
    expect(check(files, { cmd: ['/app/venv/bin/python'] })).toMatchObject(broken);
    expect(check(files, { cmd: ['/app/venv/bin/serve'] })).toMatchObject(broken);
  });

  it('fails by a dead script only where that one starts', () => {
    const files = {
      ...python('usr', '3.13'),
      ...venv('app/venv', '3.13'),
      'app/venv/bin/admin': script('/build/bin/python'),
      'app/venv/bin/work': script('/build/bin/python'),
    };
    expect(check(files, { cmd: ['/app/venv/bin/serve'] })).toMatchObject({ status: 'unknown' });
    expect(check(files, { cmd: ['/app/venv/bin/work'] })).toMatchObject({
      status: 'fail',
      evidence: 'app/venv/bin/work',
    });
  });

  it('has a message of one line, whatever the image calls its files', () => {
    const files = {
      ...python('usr', '3.14'),
      ...venv('app/venv', '3.13', '/gone\n\u001b[2J/python'),
    };
    const { message } = check(files, { cmd: ['/app/venv/bin/python'] });
    expect(message).toContain('leads to /gone [2J/python, which is not there');
    const long = { ...python('usr', '3.14'), ...venv('app/venv', '3.13', `/${'x'.repeat(4000)}`) };
    expect(check(long, { cmd: ['/app/venv/bin/python'] }).message.length).toBeLessThan(600);
  });

  it('is unknown where nobody knows what runs it', () => {
    const files = { ...venv('app/venv', '3.13'), 'usr/bin/python': PROGRAM };
    expect(check(files, { cmd: ['/app/venv/bin/serve'] })).toMatchObject({
      status: 'unknown',
      evidence: 'app/venv',
    });
  });
});

describe('packages outside of virtual environments', () => {
  const LOCAL = 'usr/local/lib/python3.13/site-packages';
  const RUN = { cmd: ['python3', '-m', 'flask'] };

  it.each<[string, Files, World]>([
    [
      'copied out of a builder of another minor',
      {
        ...python('usr/local', '3.14'),
        ...project('usr/local/lib/python3.14/site-packages', 'pip'),
        ...project(LOCAL, 'flask'),
      },
      RUN,
    ],
    [
      'of another minor, though Debian’s own Python is of that one',
      { ...python('usr/local', '3.14'), ...python('usr', '3.13'), ...project(LOCAL, 'flask') },
      RUN,
    ],
    [
      'of another minor, started by a script',
      { ...python('usr/local', '3.14'), ...project(LOCAL, 'flask'), ...SHELL },
      { cmd: ['sh', '/start.sh'] },
    ],
    [
      'of a user, of another minor',
      {
        ...python('usr', '3.14'),
        ...project('home/nonroot/.local/lib/python3.13/site-packages', 'flask'),
      },
      { entrypoint: ['/usr/bin/python'], cmd: ['/app/main.py'] },
    ],
    [
      'of pip install --prefix in Debian, of another minor',
      { ...python('usr', '3.13'), ...project('usr/local/lib/python3.11/dist-packages', 'flask') },
      RUN,
    ],
    [
      'compiled for another minor',
      {
        ...python('usr/local', '3.14'),
        ...project('usr/local/lib/python3.14/site-packages', 'numpy', COMPILED),
      },
      RUN,
    ],
    [
      'on PYTHONPATH, compiled for another minor',
      { ...python('usr', '3.14'), ...project('deps', 'numpy', COMPILED) },
      { ...RUN, env: { PYTHONPATH: '/deps' } },
    ],
    [
      'of a function of Lambda, compiled for another minor',
      {
        ...python('var/lang', '3.14'),
        ...project('var/task', 'numpy', COMPILED),
        'lambda-entrypoint.sh': script('/bin/sh'),
        'bin/sh': PROGRAM,
      },
      {
        entrypoint: ['/lambda-entrypoint.sh'],
        cmd: ['app.handler'],
        env: { PATH: '/var/lang/bin:/usr/bin', LAMBDA_TASK_ROOT: '/var/task' },
      },
    ],
    [
      'beside the script that starts, compiled for another minor',
      { ...python('usr', '3.14'), ...project('app', 'numpy', COMPILED), 'app/main.py': '' },
      { cmd: ['python3', '/app/main.py'] },
    ],
  ])('fail: %s', (_, files, world) => {
    expect(check(files, world)).toMatchObject({ status: 'fail' });
  });

  it('fail with the file that proves it, and who starts', () => {
    const files = { ...python('usr/local', '3.14'), ...project(LOCAL, 'flask') };
    expect(check(files, RUN)).toEqual({
      status: 'fail',
      evidence: `${LOCAL}/flask-1.0.dist-info`,
      message: `What starts is broken in ${LOCAL}: Its packages are for Python 3.13, and usr/local/bin/python3.14 is 3.14, which does not look there.`,
    });
  });

  it('fail where wheels for musl lie on glibc', () => {
    const wheel = { tags: ['cp313-cp313-musllinux_1_2_x86_64'] };
    const files = { ...python('usr/local', '3.13'), ...project(LOCAL, 'numpy', wheel) };
    expect(check(files, { ...RUN, packages: ['glibc-2.43=2.43-r1'] })).toMatchObject({
      status: 'fail',
    });
    expect(check(files, { ...RUN, packages: ['musl=1.2.5-r1'] })).toMatchObject({ status: 'pass' });
  });

  it('of another minor are a leftover where those of the right one lie beside them', () => {
    const files = {
      ...python('usr/local', '3.14'),
      ...project(LOCAL, 'flask'),
      ...project('usr/local/lib/python3.14/site-packages', 'flask'),
    };
    expect(check(files, RUN)).toMatchObject({ status: 'unknown' });
  });

  it('of an interpreter that does not start are not known to be used', () => {
    const files = {
      ...python('usr/local', '3.14'),
      ...project(LOCAL, 'flask'),
      ...venv('app/venv', '3.14', '/usr/local/bin/python'),
      'usr/bin/node': PROGRAM,
    };
    const leftover = { status: 'unknown', evidence: `${LOCAL}/flask-1.0.dist-info` };
    expect(check(files, { cmd: ['/app/venv/bin/serve'] })).toMatchObject(leftover);
    expect(check(files, { cmd: ['node', 'server.js'] })).toMatchObject(leftover);
    const script_ = { ...files, ...SHELL, 'start.sh': script('/usr/bin/sh') };
    const node = { entrypoint: ['/start.sh'], cmd: ['node', 'server.js'] };
    expect(check(script_, node)).toMatchObject(leftover);
  });

  it('of a virtual environment that PYTHONPATH names are run by the image’s Python', () => {
    const files = {
      ...python('usr', '3.13'),
      ...venv('venv', '3.13', '/usr/local/bin/python3'),
      ...project('venv/lib/python3.13/site-packages', 'numpy', COMPILED),
    };
    const env = {
      PATH: '/venv/bin:/usr/bin',
      PYTHONPATH: '/venv/lib/python3.13/site-packages',
    };
    expect(check(files, { ...RUN, env })).toMatchObject({ status: 'pass' });
    expect(check({ ...files, ...python('usr', '3.14') }, { ...RUN, env })).toMatchObject({
      status: 'fail',
      evidence: 'venv/lib/python3.13/site-packages/m.cpython-313-x86_64-linux-gnu.so',
    });
  });
});

describe('scripts outside of virtual environments', () => {
  const SITE = 'usr/local/lib/python3.13/site-packages';
  const listed = project(SITE, 'serve', { scripts: ['../../../bin/serve'] });

  it('fail where one starts whose interpreter is not there', () => {
    const files = {
      ...python('usr/local', '3.14'),
      'usr/local/bin/serve': script('/usr/local/bin/python3.13'),
      'usr/local/bin/admin': script('/usr/local/bin/python3.13'),
    };
    expect(check(files, { cmd: ['serve'] })).toEqual({
      status: 'fail',
      evidence: 'usr/local/bin/serve',
      message:
        'What starts is broken in usr/local/bin: Cannot be executed, their first line names /usr/local/bin/python3.13, which is not there: serve, admin.',
    });
    expect(check(files, { cmd: ['python3'] })).toMatchObject({ status: 'unknown' });
  });

  it('fail where one starts by a Python that does not find its packages', () => {
    const files = {
      ...python('usr', '3.14'),
      ...python('usr/local', '3.13'),
      ...listed,
      'usr/local/bin/serve': script('/usr/bin/python3'),
    };
    expect(check(files, { cmd: ['serve'] })).toMatchObject({
      status: 'fail',
      evidence: 'usr/local/bin/serve',
      message: expect.stringContaining(
        `Run by Python 3.14 (usr/bin/python3.14), which does not look in ${SITE}`,
      ),
    });
    const right = { ...files, 'usr/local/bin/serve': script('/usr/local/bin/python3') };
    expect(check(right, { cmd: ['serve'] })).toMatchObject({ status: 'pass' });
    const twice = project('usr/local/lib/python3.14/site-packages', 'serve', {
      scripts: ['../../../bin/serve'],
    });
    expect(check({ ...files, ...twice }, { cmd: ['serve'] }).status).not.toBe('fail');
    const env = { PYTHONPATH: `/${SITE}` };
    expect(check(files, { cmd: ['serve'], env })).toMatchObject({ status: 'pass' });
  });

  it('fail where env finds no such Python', () => {
    const files = {
      ...python('usr', '3.14'),
      'usr/bin/env': PROGRAM,
      'opt/tool/bin/serve': script('/usr/bin/env python3.13'),
    };
    expect(check(files, { cmd: ['/opt/tool/bin/serve'] })).toMatchObject({
      status: 'fail',
      evidence: 'opt/tool/bin/serve',
    });
  });

  it('fail without any Python only if they belong to packages', () => {
    const lone: Files = { 'usr/local/bin/serve': script('/usr/bin/python3') };
    expect(check(lone, { cmd: ['serve'] })).toMatchObject({ status: 'pass' });
    expect(check({ ...lone, ...listed }, { cmd: ['serve'] })).toMatchObject({ status: 'fail' });
  });

  it.each<[string, Files, World?]>([
    [
      'that OS packages brought',
      { 'usr/bin/tool': script('/usr/bin/python3.9') },
      { owned: ['usr/bin/tool'] },
    ],
    ['of pip', { 'usr/local/bin/pip3.13': script('/usr/local/bin/python3.13') }],
    ['of Python itself', { 'usr/local/bin/pydoc3.13': script('/usr/local/bin/python3.13') }],
    ['for Python 2', { 'usr/bin/gyp': script('/usr/bin/python') }],
    ['for Python 2, by env', { 'usr/bin/gyp': script('/usr/bin/env python') }],
    ['for another language', { 'usr/bin/tool': script('/usr/bin/perl') }],
    ['where nobody looks for commands', { 'srv/x/bin/tool': script('/usr/bin/python3.9') }],
  ])('are left alone: %s', (_, more, world) => {
    const files = {
      ...python('usr', '3.14'),
      'usr/bin/python': '',
      'usr/bin/env': PROGRAM,
      ...more,
    };
    delete (files as Record<string, unknown>)['usr/bin/python'];
    expect(check(files, world)).toMatchObject({ status: 'pass' });
  });
});

describe('a command whose Python is not there', () => {
  const files = { ...python('usr', '3.14'), ...SHELL, 'start.sh': script('/usr/bin/sh') };

  it.each<[string, World]>([
    ['in a line of a shell', { cmd: ['/usr/bin/sh', '-c', 'exec python3.13 -m app'] }],
    ['given to a script', { entrypoint: ['/start.sh'], cmd: ['/usr/bin/python3.13', '-m', 'app'] }],
  ])('fails %s', (_, world) => {
    expect(check(files, world)).toMatchObject({
      status: 'fail',
      evidence: 'config.Cmd',
      message: expect.stringMatching(/python3\.13", which is not in the image\.$/),
    });
  });

  it.each([
    'python3 -m app || python -m app',
    '$VENV/bin/python -m app',
    'cd /app && venv/bin/python3.13 -m app',
    'export PATH=/app/venv/bin:$PATH; python3.13 -m app',
    '. venv/bin/activate && python3.13 -m app',
    'uv run --python python3.13 app',
  ])('may be there after all: %s', (line) => {
    const gone = { ...files, 'usr/bin/python': { link: 'nothing' } };
    expect(check(gone, { cmd: ['/usr/bin/sh', '-c', line] })).toMatchObject({ status: 'pass' });
  });

  it('is the entry point’s to tell where it is that, and nobody’s where it is an option', () => {
    const missing = { entrypoint: ['/usr/bin/python3.13'], cmd: ['-m', 'app'] };
    expect(check(files, missing)).toMatchObject({ status: 'pass' });
    const option = { cmd: ['sh', 'run', '--python', 'python3.13'] };
    expect(check(files, option)).toMatchObject({ status: 'pass' });
  });
});

describe('healthy images', () => {
  const FLASK = (site: string) => project(site, 'flask');
  const wheel = { modules: ['m.abi3.so'], tags: ['cp39-abi3-manylinux_2_17_x86_64'] };

  it.each<[string, Files, World]>([
    ['without Python', { 'usr/bin/serverd': PROGRAM }, { cmd: ['serverd'] }],
    ['Chainguard’s', python('usr', '3.14'), { entrypoint: ['/usr/bin/python'] }],
    [
      'Chainguard’s with a virtual environment',
      { ...python('usr', '3.14'), ...venv('app/venv', '3.14') },
      { entrypoint: ['python', '/app/main.py'], env: ACTIVATED },
    ],
    [
      'Chainguard’s with a second Python that a package asked for',
      {
        ...python('usr', '3.13'),
        ...python('usr', '3.14'),
        ...FLASK('usr/lib/python3.13/site-packages'),
        ...venv('app/venv', '3.14'),
      },
      { cmd: ['/app/venv/bin/serve'], owned: ['usr/'] },
    ],
    [
      'distroless',
      { ...python('usr', '3.13'), ...FLASK('app/deps') },
      { entrypoint: ['/usr/bin/python3.13'], cmd: ['main.py'], env: { PYTHONPATH: '/app/deps' } },
    ],
    [
      'python:slim',
      {
        ...python('usr/local', '3.14'),
        ...project('usr/local/lib/python3.14/site-packages', 'flask', {
          scripts: ['../../../bin/flask'],
        }),
        'usr/local/bin/flask': script('/usr/local/bin/python3.14'),
        'usr/local/bin/pip3.14': script('/usr/local/bin/python3.14'),
      },
      { cmd: ['flask', 'run'] },
    ],
    [
      'python:alpine with wheels of the stable ABI for musl',
      {
        ...python('usr/local', '3.14'),
        ...project('usr/local/lib/python3.14/site-packages', 'cryptography', {
          modules: ['m.abi3.so'],
          tags: ['cp311-abi3-musllinux_1_2_x86_64'],
        }),
      },
      { cmd: ['python3'], packages: ['musl=1.2.5-r10'] },
    ],
    [
      'Alpine’s own Python',
      { ...python('usr', '3.12'), ...FLASK('usr/lib/python3.12/site-packages') },
      { cmd: ['python3', '-m', 'flask'], packages: ['musl=1.2.5-r10', 'python3=3.12.12-r0'] },
    ],
    [
      'Debian’s, with folders of its packages for all minors and of older ones',
      {
        ...python('usr', '3.13'),
        ...project('usr/lib/python3/dist-packages', 'apt', COMPILED),
        'usr/lib/python3.12/dist-packages/__pycache__/old.cpython-312.pyc': '',
        'usr/local/lib/python3.11/dist-packages/.keep': '',
      },
      { cmd: ['python3'], owned: ['usr/lib'] },
    ],
    [
      'Debian’s of which nobody knows the files',
      { ...python('usr', '3.13'), ...project('usr/lib/python3/dist-packages', 'apt', COMPILED) },
      { cmd: ['python3'] },
    ],
    [
      'Azure Linux’ distroless, whose list names no files',
      { ...python('usr', '3.12'), ...FLASK('usr/lib/python3.12/site-packages') },
      { entrypoint: ['/usr/bin/python3'] },
    ],
    [
      'Lambda’s',
      {
        ...python('var/lang', '3.14'),
        ...project('var/task', 'cryptography', wheel),
        ...project('var/runtime', 'boto3'),
        'lambda-entrypoint.sh': script('/bin/sh'),
        'bin/sh': PROGRAM,
      },
      {
        entrypoint: ['/lambda-entrypoint.sh'],
        cmd: ['app.handler'],
        env: { PATH: '/var/lang/bin:/usr/bin', LAMBDA_TASK_ROOT: '/var/task' },
      },
    ],
    [
      'with two Pythons, each with its packages',
      {
        ...python('usr', '3.13'),
        ...python('usr/local', '3.14'),
        ...FLASK('usr/lib/python3.13/site-packages'),
        ...FLASK('usr/local/lib/python3.13/dist-packages'),
        ...FLASK('usr/local/lib/python3.14/site-packages'),
      },
      { cmd: ['python3'] },
    ],
    [
      'with an interpreter that was copied',
      {
        ...python('usr/local', '3.13'),
        ...venv('app/venv', '3.13'),
        'app/venv/bin/python': {
          facts: {
            elf: { type: 'dyn', machine: 'amd64', bits: 64, needed: ['libpython3.13.so.1.0'] },
          },
        },
      },
      { cmd: ['/app/venv/bin/serve'] },
    ],
    [
      'with a merged /usr',
      {
        bin: { link: 'usr/bin' },
        lib: { link: 'usr/lib' },
        ...python('usr', '3.13'),
        ...venv('app/venv', '3.13', '/bin/python3'),
        ...FLASK('usr/lib/python3.13/site-packages'),
      },
      { cmd: ['/app/venv/bin/python'] },
    ],
    [
      'conda’s, with its cache and an environment of another minor',
      {
        ...python('opt/conda', '3.12'),
        ...FLASK('opt/conda/lib/python3.12/site-packages'),
        ...python('opt/conda/envs/old', '3.10'),
        ...FLASK('opt/conda/envs/old/lib/python3.10/site-packages'),
        ...FLASK('opt/conda/pkgs/flask-3.0-py39h06a4308_0/lib/python3.9/site-packages'),
        'opt/conda/bin/flask': script('/opt/conda/bin/python3.12'),
      },
      { cmd: ['flask'], env: { PATH: '/opt/conda/bin:/usr/bin' } },
    ],
    [
      'uv’s, with a Python of its own, its folder named by a link, and its cache',
      {
        ...python('usr', '3.12'),
        ...python('root/.local/share/uv/python/cpython-3.13.2-linux-x86_64-gnu', '3.13'),
        'root/.local/share/uv/python/cpython-3.13-linux-x86_64-gnu': {
          link: 'cpython-3.13.2-linux-x86_64-gnu',
        },
        ...venv(
          'app/.venv',
          '3.13',
          '/root/.local/share/uv/python/cpython-3.13-linux-x86_64-gnu/bin/python3.13',
        ),
        ...project('root/.cache/uv/archive-v0/k3x', 'numpy', {
          modules: ['m.cpython-310-x86_64-linux-gnu.so'],
        }),
      },
      { cmd: ['uv', 'run', 'serve'], env: { PATH: '/app/.venv/bin:/usr/bin' } },
    ],
    [
      'with a program of PyInstaller',
      {
        ...python('usr', '3.11'),
        ...project('usr/local/aws-cli/v2/2.9/dist', 'cryptography', COMPILED),
        'usr/local/aws-cli/v2/2.9/dist/base_library.zip': '',
      },
      { cmd: ['python3'] },
    ],
    [
      'with modules that name no minor',
      { ...python('usr', '3.14'), ...FLASK('app'), 'app/m.so': PROGRAM, 'app/main.py': '' },
      { cmd: ['python3', '/app/main.py'] },
    ],
  ])('pass: %s', (_, files, world) => {
    expect(check(files, world)).toMatchObject({ status: 'pass' });
  });
});
