import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../../../core/check/image-check.ts';
import { findPythonEnvironments } from '../../../../core/extract/python-environment/find-python-environments.ts';
import type { Inventory } from '../../../../core/inventory/inventory.ts';
import { breaksOn, type PythonEnvironment } from '../../../../core/inventory/python-environment.ts';
import { folderEntries } from '../../../support/folder-entries.ts';
import { imageSettings } from '../../../support/image-settings.ts';
import { symlink, type TestEntry } from '../../../support/layers.ts';
import { readImage } from '../../../support/real-programs.ts';
import { runCheck } from '../../../support/run-check.ts';

const run = promisify(execFile);

interface Python {
  /** `/usr`. */
  readonly prefix: string;
  readonly minor: string;
  readonly program: string;
}

const ASK =
  'import sys, ensurepip, venv; print(sys.base_prefix, "%d.%d" % sys.version_info[:2], sys._base_executable)';

/** The Python of this machine, if it can make virtual environments. */
async function findPython(): Promise<Python | undefined> {
  try {
    const { stdout } = await run('python3', ['-c', ASK]);
    const [prefix = '', minor = '', program = ''] = stdout.trim().split(' ');
    return { prefix, minor, program };
  } catch {
    return undefined;
  }
}

const python = await findPython();

/** A program of this machine, whichever: none of it is run. */
const PROGRAM = readFileSync('/usr/bin/env');

/** Makes a wheel of one module, one compiled module or none, and one script. */
const MAKE_WHEEL = `
import sys, zipfile
folder, name, tag, module = sys.argv[1:]
info = f'{name}-1.0.dist-info'
with zipfile.ZipFile(f'{folder}/{name}-1.0-{tag}.whl', 'w') as wheel:
    wheel.writestr(f'{name}.py', 'def main(): pass')
    if module: wheel.writestr(module, 'compiled')
    wheel.writestr(f'{info}/METADATA', f'Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n')
    wheel.writestr(f'{info}/WHEEL', f'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: false\\nTag: {tag}\\n')
    wheel.writestr(f'{info}/entry_points.txt', f'[console_scripts]\\n{name} = {name}:main\\n')
    wheel.writestr(f'{info}/RECORD', '')
`;

/** An image’s interpreter of some minor where this machine has its own. */
function interpreterAt(prefix: string, minor: string): TestEntry[] {
  const at = prefix.replace(/^\//, '');
  return [
    { name: `${at}/bin/python${minor}`, text: PROGRAM, mode: 0o755 },
    symlink(`${at}/bin/python3`, `python${minor}`),
    symlink(`${at}/bin/python`, 'python3'),
    [`${at}/lib/python${minor}/os.py`, ''],
  ];
}

/** The loader and the libraries that a program of this machine starts with, where it looks for them. */
async function librariesOf(program: string): Promise<TestEntry[]> {
  const { stdout } = await run('ldd', [program]);
  const paths = [...stdout.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)].map(([, path = '']) => path);
  return paths.map((path) => ({ name: path.slice(1), text: readFileSync(path), mode: 0o755 }));
}

const libraries = python ? await librariesOf(python.program) : [];

/** The environments of an image of these layers, and what the check says of them. */
async function judgeImage(
  layers: readonly (readonly TestEntry[])[],
  config: Partial<Inventory['config']> = {},
): Promise<{ environments: readonly PythonEnvironment[]; verdict: Verdict }> {
  const tree = await readImage(libraries, ...layers);
  const settings = imageSettings(config);
  const environments = findPythonEnvironments({
    tree,
    packages: [],
    distro: null,
    config: settings,
    os: 'linux',
    ownerOf: () => null,
  });
  const about = { tree, config: settings, pythonEnvironments: environments };
  return { environments, verdict: runCheck('python-environment', about) };
}

describe.skipIf(!python)('virtual environments that Python made', () => {
  const { prefix, minor, program } = python ?? { prefix: '', minor: '3.0', program: '' };
  const next = `3.${Number(minor.split('.')[1]) + 1}`;
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'venvs-')));
  const folders = {
    linked: join(root, 'linked'),
    versioned: join(root, 'versioned'),
    copied: join(root, 'copied'),
  };

  beforeAll(async () => {
    const dir = join(prefix, 'bin');
    await Promise.all([
      run(join(dir, 'python3'), ['-m', 'venv', folders.linked]),
      run(join(dir, `python${minor}`), ['-m', 'venv', '--without-pip', folders.versioned]),
      run(program, ['-m', 'venv', '--copies', '--without-pip', folders.copied]),
    ]);
  });
  afterAll(() => rmSync(root, { recursive: true }));

  async function judge(
    folder: string,
    minors: readonly string[],
  ): Promise<PythonEnvironment | undefined> {
    const base = minors.flatMap((each) => interpreterAt(prefix, each));
    const { environments } = await judgeImage([base, folderEntries(folder)], {
      entrypoint: [join(folder, 'bin/python')],
    });
    return environments.find(({ kind }) => kind === 'venv');
  }

  async function statusOf(folder: string, minors: readonly string[]): Promise<string> {
    const base = minors.flatMap((each) => interpreterAt(prefix, each));
    const entrypoint = [join(folder, 'bin/python')];
    const { verdict } = await judgeImage([base, folderEntries(folder)], { entrypoint });
    return verdict.status;
  }

  const rulesOf = (environment: PythonEnvironment | undefined) =>
    environment?.broken.map(({ rule }) => rule);

  it.each(Object.keys(folders) as (keyof typeof folders)[])(
    '%s: works on the minor that made it, and says that no other will do',
    async (name) => {
      const environment = await judge(folders[name], [minor]);
      expect(environment).toMatchObject({ minor, runsOn: { minor }, packages: expect.any(Number) });
      expect(environment?.broken).toEqual([]);
      expect(environment && breaksOn(environment, minor)).toEqual([]);
    },
  );

  it('one whose link has no version starts on another minor and finds nothing', async () => {
    const environment = await judge(folders.linked, [next]);
    expect(environment?.runsOn).toMatchObject({ minor: next });
    expect(rulesOf(environment)).toEqual(['other-minor']);
    expect(environment?.broken[0]?.evidence).toBe(`${folders.linked.slice(1)}/pyvenv.cfg`);
  });

  it('one whose link names the version does not start on another minor', async () => {
    const environment = await judge(folders.versioned, [next]);
    expect(rulesOf(environment)).toEqual(['no-interpreter']);
  });

  it('one that was copied does not find its standard library on another minor', async () => {
    const environment = await judge(folders.copied, [next]);
    expect(rulesOf(environment)).toEqual(['no-standard-library']);
  });

  it.each(Object.keys(folders) as (keyof typeof folders)[])(
    '%s: works where another minor joins the one that made it',
    async (name) => {
      // The unversioned names stay with the minor that comes last: with its own.
      const environment = await judge(folders[name], [next, minor]);
      expect(environment?.broken).toEqual([]);
    },
  );

  it('is told by the check where it starts, and passes where it works', async () => {
    const statuses: Record<string, string[]> = {};
    for (const [name, folder] of Object.entries(folders)) {
      const at = [[minor], [next], [next, minor]].map((minors) => statusOf(folder, minors));
      statuses[name] = await Promise.all(at);
    }
    expect(statuses).toEqual({
      linked: ['pass', 'fail', 'pass'],
      versioned: ['pass', 'fail', 'pass'],
      copied: ['pass', 'fail', 'pass'],
    });
  });

  it('has scripts that go nowhere once it is copied to another place', async () => {
    const moved = folderEntries(folders.linked).map((entry): TestEntry => {
      if (typeof entry === 'string' || !('name' in entry)) return entry;
      return { ...entry, name: entry.name.replace('/linked/', '/elsewhere/') };
    });
    const activate = moved.filter(
      (entry) => typeof entry === 'object' && 'name' in entry && entry.name.endsWith('/bin/pip'),
    );
    const [pip] = activate;
    if (!pip || typeof pip !== 'object' || !('name' in pip)) throw new Error('no pip');
    const tool = { ...pip, name: pip.name.replace(/pip$/, 'serve') };
    const layers = [interpreterAt(prefix, minor), [...moved, tool]];
    const { environments } = await judgeImage(layers);
    const [environment] = environments;
    expect(rulesOf(environment)).toEqual(['script']);
    const script = environment?.broken[0]?.evidence ?? '';
    expect(script).toMatch(/\/elsewhere\/bin\/serve$/);

    const statusBy = async (command: string) =>
      (await judgeImage(layers, { cmd: [command] })).verdict.status;
    expect(await statusBy(`/${script}`)).toBe('fail');
    // Its Python starts, and finds its packages: nobody needs the scripts.
    expect(await statusBy(`/${script.replace(/serve$/, 'python')}`)).toBe('unknown');
  });

  describe('with packages that pip installed', () => {
    const tagOf = (of: string) => `cp${of.replace('.', '')}`;
    const own = `${tagOf(minor)}-${tagOf(minor)}-linux_x86_64`;
    const [prefixed, targeted] = [join(root, 'prefixed'), join(root, 'targeted')];
    const pip = (...words: string[]) =>
      run(join(folders.linked, 'bin/python'), [
        ...['-m', 'pip', '--disable-pip-version-check', ...words],
        ...['--no-index', '--no-deps', '--no-compile', '--find-links', root],
      ]);

    beforeAll(async () => {
      const compiled = `compiled.cpython-${minor.replace('.', '')}-x86_64-linux-gnu.so`;
      const make = (...words: string[]) => run(program, ['-c', MAKE_WHEEL, root, ...words]);
      await make('serve', 'py3-none-any', '');
      await make('compiled', own, compiled);
      await make('stable', 'cp38-abi3-linux_x86_64', 'stable.abi3.so');
      await pip('--python', program, 'install', '--prefix', prefixed, 'serve');
      const to = ['--only-binary=:all:', '--platform=linux_x86_64', `--python-version=${minor}`];
      await pip('install', ...to, '--target', join(targeted, 'one'), 'compiled', 'stable');
      await pip('install', ...to, '--target', join(targeted, 'two'), 'serve', 'stable');
      await pip('install', 'serve');
    });

    /** As `COPY --from=builder` puts one folder in the place of another. */
    const movedTo = (folder: string, to: string): TestEntry[] =>
      folderEntries(folder).map((entry) =>
        typeof entry === 'object' && 'name' in entry
          ? { ...entry, name: entry.name.replace(folder.slice(1), to.slice(1)) }
          : entry,
      );

    const verdictOf = async (
      minors: readonly string[],
      layer: readonly TestEntry[],
      config: Partial<Inventory['config']>,
    ) => {
      const base = minors.flatMap((each) => interpreterAt(prefix, each));
      const { verdict } = await judgeImage([base, layer], config);
      return [verdict.status, verdict.evidence];
    };

    it('starts by its script in a virtual environment on the minor that made it alone', async () => {
      const layer = folderEntries(folders.linked);
      const config = { entrypoint: [join(folders.linked, 'bin/serve')] };
      const evidence = `${folders.linked.slice(1)}/pyvenv.cfg`;
      expect(await verdictOf([minor], layer, config)).toEqual(['pass', null]);
      expect(await verdictOf([next], layer, config)).toEqual(['fail', evidence]);
    });

    it('starts by its script outside of one on the minor that it was installed by alone', async () => {
      const layer = movedTo(prefixed, prefix);
      const at = (path: string) => join(prefix, path).slice(1);
      const config = { env: [`PATH=${prefix}/bin`], cmd: ['serve'] };
      expect(await verdictOf([minor], layer, config)).toEqual(['pass', null]);
      expect(await verdictOf([next], layer, config)).toEqual(['fail', at('bin/serve')]);

      const python = { env: [`PATH=${prefix}/bin`], cmd: ['python3', '-m', 'serve'] };
      const info = at(`lib/python${minor}/site-packages/serve-1.0.dist-info`);
      expect(await verdictOf([minor], layer, python)).toEqual(['pass', null]);
      expect(await verdictOf([next], layer, python)).toEqual(['fail', info]);
    });

    it('works on PYTHONPATH on another minor as long as nothing in it is compiled for one', async () => {
      const on = (name: string) => ({
        env: [`PATH=${prefix}/bin`, `PYTHONPATH=${join(targeted, name)}`],
        cmd: ['python3', '-m', 'app'],
      });
      const layer = folderEntries(targeted);
      const evidence = `${targeted.slice(1)}/one/compiled-1.0.dist-info/WHEEL`;
      expect(await verdictOf([minor], layer, on('one'))).toEqual(['pass', null]);
      expect(await verdictOf([next], layer, on('one'))).toEqual(['fail', evidence]);
      const two = layer.filter((entry) => !JSON.stringify(entry).includes('targeted/one'));
      expect(await verdictOf([next], two, on('two'))).toEqual(['pass', null]);
    });
  });
});
