import type { Extraction, Extractor, ExtractorInput } from '../extractor.ts';

/** Where rpm keeps its database: sqlite, NDB, Berkeley DB, and the lists that distroless images have instead. */
const DATABASES: readonly string[] = [
  'var/lib/rpm',
  'usr/lib/sysimage/rpm',
  'usr/share/rpm',
].flatMap((folder) => [`${folder}/rpmdb.sqlite`, `${folder}/Packages.db`, `${folder}/Packages`]);
const MANIFESTS: readonly string[] = ['var/lib/rpmmanifest/container-manifest-2'];

/** Reads no rpm database yet, and says so where there is one: its packages are unknown, not absent. */
export const rpmExtractor: Extractor<Extraction> = {
  name: 'os/rpm',
  version: 1,
  extract({ tree }: ExtractorInput): Extraction {
    const found = [...DATABASES, ...MANIFESTS].filter((path) => {
      const resolved = tree.resolve(path);
      return resolved !== undefined && tree.entry(resolved)?.type === 'file';
    });
    const reason = 'rpm packages are not read: what they are is unknown';
    return { packages: [], owned: [], problems: found.map((path) => ({ path, reason })) };
  },
};
