import type { Problem } from '../image/capture.ts';
import type { FileTree } from '../image/file-tree.ts';
import type { Package } from '../inventory/inventory.ts';
import { compareSbom, type SbomComparison } from './compare-sbom.ts';
import { InvalidSbomError, type ListedPackage, readSbom } from './read-sbom.ts';

/** Where melange puts what it says of each apk package it built (melange, pkg/sbom). */
const FOLDER = 'var/lib/db/sbom';

/** Documents of one image that are read, and their bytes in all. */
const DOCUMENTS_AT_MOST = 4000;
const BYTES_AT_MOST = 64 * 1024 * 1024;
/** Problems that are kept. */
const PROBLEMS_AT_MOST = 20;

/** Bills of materials of an image against its layers, and what of them could not be read. */
export interface ComparedSboms {
  readonly comparisons: readonly SbomComparison[];
  /** `path`: in the image, or a digest or tag. */
  readonly problems: readonly Problem[];
}

/**
 * Compares what the apk packages of an image say of themselves with its package database: one list, since each
 * document is about one package. `undefined` where there are none.
 */
export function compareLayerSboms(
  tree: FileTree,
  packages: readonly Package[],
): ComparedSboms | undefined {
  const paths = findDocuments(tree);
  if (paths.length === 0) return undefined;
  const listed: ListedPackage[] = [];
  const problems: Problem[] = [];
  let bytesRead = 0;
  for (const path of paths.slice(0, DOCUMENTS_AT_MOST)) {
    const bytes = tree.bytes(path);
    bytesRead += bytes?.length ?? 0;
    const read = bytesRead > BYTES_AT_MOST ? 'too many bytes of such documents' : readOne(bytes);
    if (typeof read === 'string') problems.push({ path, reason: read });
    else listed.push(...read);
  }
  if (paths.length > DOCUMENTS_AT_MOST) {
    const reason = `${paths.length} documents, of which ${DOCUMENTS_AT_MOST} are read`;
    problems.unshift({ path: FOLDER, reason });
  }
  const document = { format: 'spdx', name: '', packages: listed } as const;
  const comparison = compareSbom({ where: 'layers', name: FOLDER }, document, { packages });
  return { comparisons: [comparison], problems: problems.slice(0, PROBLEMS_AT_MOST) };
}

function findDocuments(tree: FileTree): string[] {
  const folder = tree.resolve(FOLDER);
  if (folder === undefined || tree.entry(folder)?.type !== 'directory') return [];
  const paths: string[] = [];
  for (const { path, type } of tree.entries()) {
    const isBelow = path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes('/');
    if (type === 'file' && isBelow && path.endsWith('.spdx.json')) paths.push(path);
  }
  return paths;
}

/** apk packages of one document, or why there are none to be had. */
function readOne(bytes: Uint8Array | undefined): readonly ListedPackage[] | string {
  if (!bytes) return 'its content was not kept';
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return readSbom(json).packages.filter(({ type }) => type === 'apk');
  } catch (error) {
    if (error instanceof InvalidSbomError) return error.message.slice(0, 300);
    if (error instanceof SyntaxError) return 'not JSON';
    throw error;
  }
}
