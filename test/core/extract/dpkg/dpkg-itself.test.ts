import { globSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dpkgExtractor } from '../../../../core/extract/dpkg/dpkg-extractor.ts';
import { isWanted } from '../../../../core/image/wanted-files.ts';
import { buildTree } from '../../../support/build-tree.ts';
import { queryDpkg } from '../../../support/debian-root.ts';
import { hasProgram, run } from '../../../support/umoci.ts';

const PROGRAMS = ['dpkg', 'dpkg-deb', 'dpkg-query', 'ldconfig'];
const missing = PROGRAMS.filter((program) => !hasProgram(program));
/** States whose files are on disk (dpkg(1), "Package states"). */
const ON_DISK = [
  'unpacked',
  'half-configured',
  'triggers-awaited',
  'triggers-pending',
  'installed',
];
/** Nobody's machine is touched: only what is below the root, as whoever runs the test. */
const BELOW = [
  '--force-not-root',
  '--force-script-chrootless',
  '--force-bad-path',
  '--no-triggers',
];

interface TestDeb {
  readonly name: string;
  readonly control?: string;
  readonly postinst?: string;
}

describe.skipIf(missing.length > 0)(`dpkg (missing: ${missing.join() || 'none'})`, () => {
  let folder: string;
  let root: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dpkg-'));
    root = join(folder, 'root');
    await mkdir(join(root, 'var/lib/dpkg/info'), { recursive: true });
    await mkdir(join(root, 'var/lib/dpkg/updates'));
    await writeFile(join(root, 'var/lib/dpkg/status'), '');
    await dpkg('--install', { name: 'plain' });
    await dpkg('--install', { name: 'rebuilt', control: 'Source: origin (1:0.9-2)' });
    await dpkg('--install', { name: 'from-other', control: 'Source: other' });
    await dpkg('--unpack', { name: 'only-unpacked' });
    await dpkg('--install', { name: 'broken', postinst: 'exit 1' });
    await dpkg('--install', { name: 'removed' });
    await dpkg('--install', { name: 'purged' });
    await dpkg('--install', { name: 'to-be-removed' });
    // What is wanted is not what is.
    run('sh', '-c', `echo to-be-removed deinstall | dpkg --root='${root}' --set-selections`);
    run('dpkg', `--root=${root}`, ...BELOW, '--remove', 'removed');
    run('dpkg', `--root=${root}`, ...BELOW, '--purge', 'purged');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function dpkg(action: string, { name, control, postinst }: TestDeb): Promise<void> {
    const files = join(folder, name);
    await mkdir(join(files, 'DEBIAN'), { recursive: true });
    await mkdir(join(files, 'etc'));
    await mkdir(join(files, 'usr/bin'), { recursive: true });
    const lines = [
      `Package: ${name}`,
      ...(control ? [control] : []),
      'Version: 2:1.0-1+b1',
      'Architecture: all',
      'Maintainer: nobody <nobody@localhost>',
      'Description: a test',
      ' of several lines',
      '',
    ];
    await writeFile(join(files, 'DEBIAN/control'), lines.join('\n'));
    await writeFile(join(files, 'DEBIAN/conffiles'), `/etc/${name}.conf\n`);
    if (postinst) {
      await writeFile(join(files, 'DEBIAN/postinst'), `#!/bin/sh\n${postinst}\n`);
      await chmod(join(files, 'DEBIAN/postinst'), 0o755);
    }
    await writeFile(join(files, `etc/${name}.conf`), 'setting\n');
    await writeFile(join(files, `usr/bin/${name}`), 'program\n');
    run('dpkg-deb', '--root-owner-group', '--build', files, `${files}.deb`);
    try {
      run('dpkg', `--root=${root}`, ...BELOW, action, `${files}.deb`);
    } catch (error) {
      // One whose script fails is half-configured: that is what it is for.
      if (!postinst) throw error;
    }
  }

  it('lists the packages that the product reads, whatever their state', async () => {
    const paths = globSync('var/lib/dpkg/{status,info/*}', { cwd: root }).filter(isWanted);
    const files = await Promise.all(
      paths.map(async (path) => [path, { bytes: await readFile(join(root, path)) }] as const),
    );
    const distro = { id: 'debian', versionId: '13', name: 'Debian GNU/Linux' };
    const { packages, owned, problems } = dpkgExtractor.extract({
      tree: buildTree(Object.fromEntries(files)),
      distro,
    });
    expect(problems).toEqual([]);
    const found = packages
      .map(
        ({ name, version, arch, source }) =>
          `${name} ${version} ${arch} ${source?.name} ${source?.version}`,
      )
      .sort();
    expect(found).toEqual(queryDpkg(root, ON_DISK));
    expect(found).toEqual([
      'broken 2:1.0-1+b1 all broken 2:1.0-1+b1',
      'from-other 2:1.0-1+b1 all other 2:1.0-1+b1',
      'only-unpacked 2:1.0-1+b1 all only-unpacked 2:1.0-1+b1',
      'plain 2:1.0-1+b1 all plain 2:1.0-1+b1',
      'rebuilt 2:1.0-1+b1 all origin 1:0.9-2',
      'to-be-removed 2:1.0-1+b1 all to-be-removed 2:1.0-1+b1',
    ]);
    expect(queryDpkg(root, ['config-files'])).toHaveLength(1);
    expect(queryDpkg(root, ['half-configured'])).toHaveLength(1);
    expect(owned).toContainEqual(
      expect.objectContaining({ path: 'usr/bin/broken', owner: 'broken' }),
    );
    expect(owned.filter(({ owner }) => owner === 'removed')).toEqual([]);
  });
});
