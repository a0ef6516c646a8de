/** An executable that nothing says what it is made of. */
export interface OpaqueFile {
  readonly path: string;
  /** One clause: what it is, and what is missing. */
  readonly why: string;
  /** What whoever builds the image can do. */
  readonly remedy: string;
}

/** An executable of which only some parts are known. */
export interface PartlyFile {
  readonly path: string;
  /** One clause: what is known, and what is missing. */
  readonly why: string;
  /**
   * The first of its parts that nothing names, or a guess alone: `BOOT-INF/lib/core.jar`; empty
   * where its parts cannot be told.
   */
  readonly unnamed: readonly string[];
  /** What whoever builds the image can do. */
  readonly remedy: string;
}

/**
 * How much of an image's executable code its packages speak of. Counted are ELF programs and
 * libraries, scripts that may be executed, and archives of Java classes.
 */
export interface Coverage {
  /** In files of OS packages. */
  readonly owned: number;
  /** Whose own lists were read, or in the files of a listed package of a language. */
  readonly listed: number;
  /** Of which some parts are known, others may not be. */
  readonly partly: number;
  /** Scripts of nobody's package: source, which is what it says it is. */
  readonly scripts: number;
  /** Of which nothing is known: no advisory can ever name what is in them. */
  readonly opaque: number;
  /** The first of the opaque ones by path. */
  readonly opaqueFiles: readonly OpaqueFile[];
  /** The first of the partly listed ones by path; not there in what was stored before they were named. */
  readonly partlyFiles?: readonly PartlyFile[];
}

/** Whether code that nobody has named may hold what advisories are about: nothing found is no answer then. */
export function isInDoubt(coverage: Coverage | undefined): boolean {
  return coverage !== undefined && (coverage.opaque > 0 || coverage.partly > 0);
}

/** The check that fails of an image with opaque code. */
export const OPAQUE_CHECK = 'opaque';
