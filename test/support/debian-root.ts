import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './docker-registry.ts';
import { run } from './umoci.ts';

/** Where the machine itself gets its packages from. */
interface DebianMirror {
  readonly uri: string;
  readonly suite: string;
}

/** The first archive in apt's own settings that answers and that debootstrap knows how to install; `undefined` if none does. */
export async function findMirror(): Promise<DebianMirror | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'mirror-'));
  try {
    for (const mirror of listMirrors()) {
      const release = `${mirror.uri}/dists/${mirror.suite}/InRelease`;
      const target = join(folder, 'InRelease');
      const answers = await runProgram(
        '/usr/lib/apt/apt-helper',
        ['download-file', release, target],
        {
          timeout: 20_000,
        },
      ).then(
        () => true,
        () => false,
      );
      if (answers) return mirror;
    }
    return undefined;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function listMirrors(): DebianMirror[] {
  const format = '$(REPO_URI) $(RELEASE)';
  try {
    return run(
      'apt-get',
      'indextargets',
      '--format',
      format,
      'Created-By: Packages',
      'Component: main',
    )
      .split('\n')
      .map((line) => {
        const [uri = '', suite = ''] = line.split(' ');
        return { uri: uri.replace(/\/$/, ''), suite };
      })
      .filter(({ suite }) => suite !== '' && existsSync(`/usr/share/debootstrap/scripts/${suite}`));
  } catch {
    // No apt here.
    return [];
  }
}

/** Installs a small Debian with Python, as `debootstrap` does; needs root. */
export async function makeDebianRoot(root: string, { uri, suite }: DebianMirror): Promise<void> {
  await runProgram(
    'debootstrap',
    ['--variant=minbase', '--include=python3', suite, root, uri],
    // It tells every package.
    { maxBuffer: 16 * 1024 * 1024 },
  );
  await rm(join(root, 'var/cache/apt/archives'), { recursive: true });
}

/** What `queryDpkg` asks for. */
const FIELDS = ['Package', 'Version', 'Architecture', 'source:Package', 'source:Version'];

/** What dpkg says of a root's packages in these states: name, version, architecture, source and its version. */
export function queryDpkg(root: string, states: readonly string[] = ['installed']): string[] {
  const format = ['db:Status-Status', ...FIELDS].map((field) => `\${${field}}`).join(' ');
  const admin = `--admindir=${join(root, 'var/lib/dpkg')}`;
  return run('dpkg-query', admin, '--show', '--showformat', `${format}\n`)
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const [state = '', ...rest] = line.split(' ');
      return states.includes(state) ? [rest.join(' ')] : [];
    })
    .sort();
}
