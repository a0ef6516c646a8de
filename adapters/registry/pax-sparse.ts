import { paxNumber } from './pax-records.ts';

/** What a pax header says of a sparse file (GNU tar manual, "Storing Sparse Files"). */
export interface PaxSparse {
  /** Its own name, where the archive has made one up for those who do not know of sparse files. */
  readonly name: string | undefined;
  /** Bytes with its holes, where they are said. */
  readonly size: number | undefined;
}

/** Say which pieces a file has; their values are not looked at. */
const MAP = ['GNU.sparse.map', 'GNU.sparse.offset', 'GNU.sparse.numbytes'];

/**
 * What these records say of a sparse file; `undefined` where Go's archive/tar takes the file as it stands:
 * for a version that it does not know, or with neither a version nor a map. Then the name counts for nothing too.
 *
 * @throws MalformedLayerError
 */
export function readPaxSparse(pax: ReadonlyMap<string, string>): PaxSparse | undefined {
  const major = pax.get('GNU.sparse.major') ?? '';
  const minor = pax.get('GNU.sparse.minor') ?? '';
  const isKnown =
    major === '' && minor === ''
      ? MAP.some((key) => pax.has(key))
      : ['0.0', '0.1', '1.0'].includes(`${major}.${minor}`);
  if (!isKnown) return undefined;
  const size = paxNumber(pax, 'GNU.sparse.size') ?? paxNumber(pax, 'GNU.sparse.realsize');
  return { name: pax.get('GNU.sparse.name'), size };
}

/** Whether any record speaks of a sparse file. */
export function hasSparseRecords(pax: ReadonlyMap<string, string>): boolean {
  return pax.size > 0 && [...pax.keys()].some((key) => key.startsWith('GNU.sparse.'));
}
