import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageSource } from '../../actions/ports.ts';
import { ImageNotFoundError } from '../../core/image/errors.ts';
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
  const open = async (path: string) => {
    const file = await openFile(join(folder, path));
    if (!file) await checkFolder(folder);
    return file;
  };
  return createLayoutSource({ name: folder, open }, options);
}

/** @throws ImageNotFoundError where there is no such folder at all */
async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  const quoted = JSON.stringify(folder);
  if (!found) throw new ImageNotFoundError(`no such folder: ${quoted}`);
  if (!found.isDirectory()) throw new ImageNotFoundError(`${quoted} is a file, no folder`);
}
