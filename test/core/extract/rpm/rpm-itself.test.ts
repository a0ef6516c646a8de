import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rpmExtractor } from '../../../../core/extract/rpm/rpm-extractor.ts';
import { buildTree } from '../../../support/build-tree.ts';
import { hasProgram, run } from '../../../support/umoci.ts';

const missing = ['rpm', 'rpmbuild'].filter((program) => !hasProgram(program));
const DATABASE = 'var/lib/rpm/rpmdb.sqlite';
/** Above what one page of the database's tree leads to. */
const SMALL_PACKAGES = 120;
const FILES = 1000;

/** A source that many packages are built from: one with many files, one of a module, the small ones. */
const SPEC = `
%define __os_install_post %{nil}
AutoReqProv: no
Name: forest
Version: 2.1~rc3^git4
Release: 7.el9
Epoch: 3
Summary: Many files
License: MIT
BuildArch: noarch
%description
Has a header that fits on no page.
%package -n leaf
Version: 0.5
Epoch: 0
Summary: Of a module
ModularityLabel: trees:1:20261122:abc
%description -n leaf
Says from which module it is.
%{lua: for i = 1, ${SMALL_PACKAGES} do
  print("%package -n twig" .. i .. "\\nSummary: Small\\n%description -n twig" .. i .. "\\nSmall.\\n%files -n twig" .. i .. "\\n")
end}
%install
mkdir -p %{buildroot}/usr/share/forest/deep %{buildroot}/etc
for i in $(seq ${FILES}); do echo $i > %{buildroot}/usr/share/forest/deep/$i; done
echo leaf > %{buildroot}/etc/leaf.conf
%files
/usr/share/forest
%files -n leaf
%config /etc/leaf.conf
`;

describe.skipIf(missing.length > 0)(`rpm (missing: ${missing.join() || 'none'})`, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rpm-'));
    const spec = join(folder, 'forest.spec');
    await writeFile(spec, SPEC);
    const top = ['--define', `_topdir ${folder}/top`];
    run('rpmbuild', '-bb', '--quiet', ...top, '--define', '_binary_payload w0.gzdio', spec);
    rpm('--install', '--justdb', '--nodeps', '--noscripts', ...packageFiles());
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function packageFiles(): string[] {
    return run('find', join(folder, 'top'), '-name', '*.rpm').trimEnd().split('\n');
  }

  function rpm(...args: readonly string[]): string[] {
    const output = run('rpm', '--dbpath', join(folder, 'db'), ...args);
    return output === '' ? [] : output.trimEnd().split('\n').sort();
  }

  async function extract() {
    const read = (name: string) => readFile(join(folder, 'db', name));
    const tree = buildTree({
      [DATABASE]: { bytes: await read('rpmdb.sqlite') },
      [`${DATABASE}-wal`]: { bytes: await read('rpmdb.sqlite-wal') },
    });
    const { packages, owned, problems } = rpmExtractor.extract({ tree, distro: null });
    expect(problems).toEqual([]);
    return {
      packages: packages
        .map(
          ({ name, version, arch, source }) =>
            `${name} ${version} ${arch} ${source?.name}-${source?.version}.src.rpm`,
        )
        .sort(),
      owned: owned.map(({ path, owner }) => `${owner} /${path}`).sort(),
    };
  }

  const PACKAGES = '%{NAME} %|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE} %{ARCH} %{SOURCERPM}\\n';
  const OWNED = '[%{=NAME} %{FILENAMES}\\n]';

  it('lists the packages and files that the product reads, no more and no less', async () => {
    const { packages, owned } = await extract();
    expect(packages).toHaveLength(SMALL_PACKAGES + 2);
    // An epoch of 0 is none.
    const queried = rpm('--query', '--all', '--queryformat', PACKAGES);
    expect(packages).toEqual(queried.map((line) => line.replace(' 0:', ' ')));
    expect(owned).toHaveLength(FILES + 3);
    expect(owned).toEqual(rpm('--query', '--all', '--queryformat', OWNED));
  });

  it('lists no package any more that was erased', async () => {
    const erased = Array.from({ length: SMALL_PACKAGES / 2 }, (_, at) => `twig${at * 2 + 1}`);
    rpm('--erase', '--justdb', '--nodeps', '--noscripts', 'forest', ...erased);
    const { packages, owned } = await extract();
    expect(packages).toHaveLength(SMALL_PACKAGES / 2 + 1);
    const queried = rpm('--query', '--all', '--queryformat', PACKAGES);
    expect(packages).toEqual(queried.map((line) => line.replace(' 0:', ' ')));
    expect(owned).toEqual(['leaf /etc/leaf.conf']);
  });
});
