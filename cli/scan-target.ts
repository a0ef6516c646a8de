import { basename } from 'node:path';
import {
  type ImageReference,
  InvalidReferenceError,
  parseReference,
} from '../core/image/reference.ts';
import { UsageError } from './command-errors.ts';

/** Where an image to be scanned lies. */
export type ScanTarget =
  | { readonly kind: 'registry'; readonly reference: ImageReference }
  | { readonly kind: 'oci'; readonly folder: string; readonly reference: ImageReference }
  | { readonly kind: 'docker-archive'; readonly file: string; readonly reference: ImageReference };

/** Images on disk have neither registry nor repository; of this only the tag counts. */
const LOCAL: ImageReference = { registry: 'localhost', repository: 'image' };

/**
 * Reads a registry reference, `oci:DIR[:TAG]` or `docker-archive:FILE`. As for skopeo, the
 * first colon in `DIR:TAG` ends the folder's name.
 *
 * @throws UsageError
 */
export function parseScanTarget(text: string): ScanTarget {
  const [, kind, place = ''] = /^(oci|docker-archive):(.*)$/s.exec(text) ?? [];
  if (kind === 'oci') return parseLayout(text, place);
  if (kind === 'docker-archive') {
    if (place === '') throw notATarget(text);
    return { kind, file: place, reference: LOCAL };
  }
  try {
    return { kind: 'registry', reference: parseReference(text) };
  } catch (error) {
    if (error instanceof InvalidReferenceError) throw notATarget(text);
    throw error;
  }
}

function parseLayout(text: string, place: string): ScanTarget {
  const [, folder, tag] = /^([^:]+)(?::(.+))?$/s.exec(place) ?? [];
  if (folder === undefined) throw notATarget(text);
  return { kind: 'oci', folder, reference: tag === undefined ? LOCAL : { ...LOCAL, tag } };
}

function notATarget(text: string): UsageError {
  return new UsageError(
    `expected a reference with its registry (docker.io/library/python:3.14), oci:DIR[:TAG] or docker-archive:FILE, got ${JSON.stringify(text)}`,
  );
}

/** What the image of a target is called: one on disk by its file or folder, wherever that lies. */
export function nameOfTarget(target: ScanTarget): {
  readonly registry: string | null;
  readonly repository: string;
  readonly tag: string | null;
} {
  switch (target.kind) {
    case 'registry': {
      const { registry, repository, tag = null } = target.reference;
      return { registry, repository, tag };
    }
    case 'oci':
      return onDisk(target.folder, target.reference.tag ?? null);
    case 'docker-archive':
      return onDisk(target.file, null);
  }
}

function onDisk(path: string, tag: string | null) {
  return { registry: null, repository: basename(path) || LOCAL.repository, tag };
}
