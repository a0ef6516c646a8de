import type { ElfFacts } from '../image/file-facts.ts';
import type { OpaqueFile } from './coverage.ts';

/** Why nothing is known of a file, and what helps. */
export type Opaque = Omit<OpaqueFile, 'path'>;

const INSTALL = 'install it by a package manager, or attach an SBOM that lists it';

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
    remedy: INSTALL,
  },
  archive: {
    why: 'an archive of Java classes that names no project',
    remedy: 'leave META-INF/maven in it, or attach an SBOM that lists it',
  },
  unreadArchive: {
    why: 'an archive that was not read',
    remedy: 'see the problems of the image; unpack it, or attach an SBOM that lists it',
  },
  packedPython: {
    why: 'a Python application packed into one file',
    remedy: 'install it with its *.dist-info folders (pip, uv), or attach an SBOM that lists it',
  },
} as const satisfies Readonly<Record<string, Opaque>>;

/** Of an interpreter that was built from source and that no package stands for. */
export function opaqueRuntime(language: string): Opaque {
  return {
    why: `part of a ${language} that no package stands for`,
    remedy: `install ${language} by a package manager, or attach an SBOM that lists it`,
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
