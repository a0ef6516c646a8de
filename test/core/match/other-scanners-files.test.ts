import { describe, expect, it } from 'vitest';
import { apkExtractor } from '../../../core/extract/apk/apk-extractor.ts';
import { dpkgExtractor } from '../../../core/extract/dpkg/dpkg-extractor.ts';
import { createOwnerIndex } from '../../../core/extract/owner-index.ts';
import { isWanted } from '../../../core/image/wanted-files.ts';
import { buildTree } from '../../support/build-tree.ts';

// Each test is named after what another scanner does wrong; docs/matching.md lists them.

const DEBIAN = { id: 'debian', versionId: '12', name: 'Debian GNU/Linux' };

function debs(files: Parameters<typeof buildTree>[0]) {
  return dpkgExtractor.extract({ tree: buildTree(files), distro: DEBIAN });
}

describe('package databases', () => {
  it('osv-scalibr looks for the owners of files in lib/apk alone', () => {
    const installed = 'P:zlib\nV:1.3-r0\nA:x86_64\no:zlib\nF:usr/lib\nR:libz.so\n\n';
    for (const path of ['lib/apk/db/installed', 'usr/lib/apk/db/installed']) {
      expect(isWanted(path)).toBe(true);
      const tree = buildTree({ [path]: installed });
      const { packages, owned = [] } = apkExtractor.extract({
        tree,
        distro: { id: 'wolfi', versionId: '20230201', name: 'Wolfi' },
      });
      expect(packages.map(({ name }) => name)).toEqual(['zlib']);
      expect(createOwnerIndex(tree, owned).ownerOf('usr/lib/libz.so')).toBe('zlib');
    }
  });

  it.each(['deinstall ok installed', 'purge ok unpacked', 'hold ok triggers-pending'])(
    'Trivy leaves out a package that is to be removed and is still there: %s',
    (status) => {
      const stanza = `Package: p\nStatus: ${status}\nArchitecture: amd64\nVersion: 1\n\n`;
      expect(debs({ 'var/lib/dpkg/status': stanza }).packages).toHaveLength(1);
    },
  );

  it('Trivy stops at a stanza of more than 128 KiB', () => {
    const stanza = (name: string, text: string) =>
      `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nDescription: ${text}\n\n`;
    const status = stanza('large', 'x'.repeat(300_000)) + stanza('next', 'y');
    const { packages, problems } = debs({ 'var/lib/dpkg/status': status });
    expect(packages.map(({ name }) => name)).toEqual(['large', 'next']);
    expect(problems).toEqual([]);
  });

  it('Trivy knows three files of distroless packages by heart', () => {
    const tree = {
      'var/lib/dpkg/status.d/python3-any':
        'Package: python3-any\nVersion: 1\nArchitecture: amd64\n',
      'var/lib/dpkg/status.d/python3-any.md5sums':
        '00000000000000000000000000000000  usr/lib/python3/dist-packages/any.egg-info\n',
      'usr/lib/python3/dist-packages/any.egg-info': 'Name: any\nVersion: 1\n',
    };
    const { owned = [] } = debs(tree);
    const { ownerOf } = createOwnerIndex(buildTree(tree), owned);
    expect(ownerOf('usr/lib/python3/dist-packages/any.egg-info')).toBe('python3-any');
  });

  it.each([
    'app/package-lock.json',
    'app/yarn.lock',
    'app/poetry.lock',
    'app/Cargo.lock',
    'app/go.sum',
  ])('a scanner takes a lock file for what is installed: %s', (path) => {
    expect(isWanted(path)).toBe(false);
  });
});
