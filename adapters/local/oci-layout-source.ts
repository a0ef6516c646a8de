import { join } from 'node:path';
import type { ImageSource } from '../../actions/ports.ts';
import { type LocalSourceOptions, openFile } from './image-files.ts';
import { createLayoutSource } from './layout-source.ts';

/**
 * Reads images from a folder that is an OCI layout, as skopeo, umoci and BuildKit write
 * them. Of a reference only tag and digest count; see `createLayoutSource`.
 */
export function createOciLayoutSource(
  folder: string,
  options: LocalSourceOptions = {},
): ImageSource {
  return createLayoutSource(
    { name: folder, open: (path) => openFile(join(folder, path)) },
    options,
  );
}
