import * as z from 'zod';
import { findReference } from '../../core/image/reference.ts';

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
  const reference = findReference(text);
  return reference?.tag !== undefined && reference.digest === undefined;
}
