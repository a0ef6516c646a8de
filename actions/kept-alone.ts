import type { ImageSource } from './ports.ts';

/** Too little is kept of an image to index it without its registry. */
export class NotKeptError extends Error {
  override readonly name = 'NotKeptError';
}

/** Stands for registries where none is to be asked. */
export const KEPT_ALONE: ImageSource = {
  resolve: () => notKept('tag'),
  manifest: () => notKept('manifest'),
  blob: () => notKept('config'),
  referrers: () => notKept('list of what is attached'),
  capture: () => notKept('layer'),
};

async function notKept(what: string): Promise<never> {
  throw new NotKeptError(`a ${what} is not kept`);
}
