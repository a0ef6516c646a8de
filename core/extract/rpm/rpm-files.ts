/** Where rpm keeps its database: by default, on SUSE and image-based systems, on rpm-ostree's. Some link to others. */
const FOLDERS = ['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'];

/** How a database is written, by its name (rpm's `lib/backend`). */
const FORMATS = [
  ['rpmdb.sqlite', 'sqlite'],
  ['Packages.db', 'ndb'],
  ['Packages', 'bdb'],
] as const;

/** A place where there may be a database. */
export interface RpmDatabaseFile {
  readonly path: string;
  readonly format: (typeof FORMATS)[number][1];
}

/** All of them; `isWanted` keeps them. */
export const RPM_DATABASES: readonly RpmDatabaseFile[] = FOLDERS.flatMap((folder) =>
  FORMATS.map(([name, format]) => ({ path: `${folder}/${name}`, format })),
);

/** What Azure Linux' distroless images have in the place of a database. */
export const RPM_MANIFEST = 'var/lib/rpmmanifest/container-manifest-2';
