import { execFile } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPythonEnvironments } from '../../../../core/extract/python-environment/find-python-environments.ts';
import { mergeLayers } from '../../../../core/image/overlay.ts';
import { breaksOn, type PythonEnvironment } from '../../../../core/inventory/python-environment.ts';
import { folderEntries } from '../../../support/folder-entries.ts';
import { imageSettings } from '../../../support/image-settings.ts';
import { captureLayers, symlink, type TestEntry } from '../../../support/layers.ts';

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

/** An image’s interpreter of some minor where this machine has its own. */
function interpreterAt(prefix: string, minor: string): TestEntry[] {
  const at = prefix.replace(/^\//, '');
  return [
    { name: `${at}/bin/python${minor}`, text: 'program', mode: 0o755 },
    symlink(`${at}/bin/python3`, `python${minor}`),
    symlink(`${at}/bin/python`, 'python3'),
    [`${at}/lib/python${minor}/os.py`, ''],
  ];
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
    const captures = await captureLayers(base, folderEntries(folder));
    const environments = findPythonEnvironments({
      tree: mergeLayers(captures).tree,
      packages: [],
      distro: null,
      config: imageSettings({ entrypoint: [join(folder, 'bin/python')] }),
      os: 'linux',
      ownerOf: () => null,
    });
    return environments.find(({ kind }) => kind === 'venv');
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
    const captures = await captureLayers(interpreterAt(prefix, minor), [...moved, tool]);
    const [environment] = findPythonEnvironments({
      tree: mergeLayers(captures).tree,
      packages: [],
      distro: null,
      config: imageSettings(),
      os: 'linux',
      ownerOf: () => null,
    });
    expect(rulesOf(environment)).toEqual(['script']);
    expect(environment?.broken[0]?.evidence).toMatch(/\/elsewhere\/bin\/serve$/);
  });
});
