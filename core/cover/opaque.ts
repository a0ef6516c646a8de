import type { ElfFacts } from '../image/file-facts.ts';
import type { OpaqueFile } from './coverage.ts';

/** Why nothing is known of a file, and what helps. */
export type Opaque = Omit<OpaqueFile, 'path'>;

/** What makes advisories able to name a thing. */
export const PACKAGE_IT = 'install it as a package of the distribution (apk, deb, rpm)';

export const OPAQUE = {
  go: {
    why: 'a Go program without build information',
    remedy: 'build it with Go’s build information left in: nothing may strip or pack it away',
  },
  rust: {
    why: 'a Rust program that names none of its crates',
    remedy: 'build it by cargo auditable build',
  },
  native: {
    why: 'a native program or library of no package',
    remedy: PACKAGE_IT,
  },
  pe: {
    why: 'a program or library of Windows or .NET',
    remedy: PACKAGE_IT,
  },
  wasm: {
    why: 'a module of WebAssembly of no package',
    remedy: PACKAGE_IT,
  },
  archive: {
    why: 'an archive of Java classes that names no project',
    remedy: 'leave META-INF/maven in it',
  },
  unreadArchive: {
    why: 'an archive that was not read',
    remedy: 'see the problems of the image, or unpack it',
  },
  packed: {
    why: 'an application packed into one archive',
    remedy: 'install it unpacked, with the lists of its packages (*.dist-info, META-INF/maven)',
  },
  phar: {
    why: 'a PHP application packed into one file',
    remedy: PACKAGE_IT,
  },
  packedPython: {
    why: 'a Python application packed into one file',
    remedy: 'install it with its *.dist-info folders (pip, uv)',
  },
} as const satisfies Readonly<Record<string, Opaque>>;

/** Of an interpreter that was built from source and that no package stands for. */
export function opaqueRuntime(language: string): Opaque {
  return {
    why: `part of a ${language} that no package stands for`,
    remedy: `install ${language} as a package of the distribution`,
  };
}

/** Of an ELF file of which nothing is listed. */
export function opaqueElf({ madeBy, problems }: ElfFacts): Opaque {
  if (madeBy) return OPAQUE[madeBy];
  const [problem] = problems ?? [];
  return problem === undefined
    ? OPAQUE.native
    : { ...OPAQUE.native, why: `${OPAQUE.native.why}: ${problem}` };
}
