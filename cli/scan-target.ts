import { basename } from 'node:path';
import {
  type ImageReference,
  InvalidReferenceError,
  parseReference,
} from '../core/image/reference.ts';
import { UnusableInputError, UsageError } from './command-errors.ts';

/** Where an image to be scanned lies. */
export type ScanTarget =
  | { readonly kind: 'registry'; readonly reference: ImageReference }
  | {
      readonly kind: 'oci' | 'docker-archive';
      readonly path: string;
      readonly reference: ImageReference;
    };

/** Images on disk have neither registry nor repository; of this only the tag counts, which may be a whole name. */
const LOCAL: ImageReference = { registry: 'localhost', repository: 'image' };

/**
 * Reads a registry reference, `oci:DIR[:TAG]` or `docker-archive:FILE[:NAME:TAG]`. As for skopeo, the
 * first colon ends the name of the folder or file.
 *
 * @throws UsageError, UnusableInputError
 */
export function parseScanTarget(text: string): ScanTarget {
  const [, kind, place = ''] = /^(oci|docker-archive):(.*)$/s.exec(text) ?? [];
  if (kind === 'oci' || kind === 'docker-archive') return { kind, ...parsePlace(text, place) };
  try {
    return { kind: 'registry', reference: parseReference(text) };
  } catch (error) {
    if (error instanceof InvalidReferenceError) throw notATarget(text);
    throw error;
  }
}

/** Transports of containers-transports(5) that are read under another name. */
const OTHERS: ReadonlyMap<string, (rest: string) => string> = new Map([
  ['docker', (rest: string) => rest],
  // An OCI layout in an archive, as newer Dockers save it.
  ['oci-archive', (rest: string) => `docker-archive:${rest}`],
]);

function parsePlace(text: string, place: string) {
  const [, path, tag] = /^([^:]+)(?::(.+))?$/s.exec(place) ?? [];
  if (path === undefined) throw notATarget(text);
  return { path, reference: tag === undefined ? LOCAL : { ...LOCAL, tag } };
}

/** @throws UnusableInputError for what other programs call it, with what it is called here */
function notATarget(text: string): UsageError {
  const [, transport = '', rest = ''] = /^([a-z-]+):(?:\/\/)?(.+)$/s.exec(text) ?? [];
  const here = OTHERS.get(transport)?.(rest);
  if (here !== undefined) {
    throw new UnusableInputError(`${JSON.stringify(text)} is written ${JSON.stringify(here)} here`);
  }
  return new UsageError(
    `expected a reference with its registry (docker.io/library/python:3.14), oci:DIR[:TAG] or docker-archive:FILE[:NAME:TAG], got ${JSON.stringify(text)}`,
  );
}

/** What the image of a target is called: one on disk by its file or folder, wherever that lies. */
export function nameOfTarget(target: ScanTarget): {
  readonly registry: string | null;
  readonly repository: string;
  readonly tag: string | null;
} {
  const { registry, repository, tag = null } = target.reference;
  if (target.kind === 'registry') return { registry, repository, tag };
  return { registry: null, repository: basename(target.path) || repository, tag };
}
