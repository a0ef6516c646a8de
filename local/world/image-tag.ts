import * as z from 'zod';
import { InvalidReferenceError, parseReference } from '../../core/image/reference.ts';

/** `registry/repository:tag`; the tag is always said, a digest never: no world knows one. */
export const ImageTag = z.string().refine(isTagReference, 'not registry/repository:tag');

/** `registry/repository:tag` or `…:tag~N`, the digest N moves ago. */
export const DeletedImage = z
  .string()
  .refine(
    (text) => isTagReference(splitMovesAgo(text).image),
    'not registry/repository:tag or registry/repository:tag~N',
  );

/** The tag and the number of moves of a `delete`; `null` when the tag itself is meant. */
export function splitMovesAgo(text: string): {
  readonly image: string;
  readonly movesAgo: number | null;
} {
  const { image = text, moves } =
    /^(?<image>.*)~(?<moves>0|[1-9]\d{0,8})$/.exec(text)?.groups ?? {};
  return { image, movesAgo: moves === undefined ? null : Number(moves) };
}

function isTagReference(text: string): boolean {
  try {
    const { tag, digest } = parseReference(text);
    return tag !== undefined && digest === undefined;
  } catch (error) {
    if (error instanceof InvalidReferenceError) return false;
    throw error;
  }
}
