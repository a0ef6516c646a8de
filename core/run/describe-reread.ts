import { counted } from '../alert/compose-alert.ts';
import type { Run } from './run.ts';

/** How far the reading of images is of which less is kept than is wanted by now. */
export function describeReread({
  older,
  reread,
  bytes,
  failed,
}: NonNullable<Run['captures']>): string {
  const tonight = `${counted(reread, 'image')} read again tonight, ${(bytes / 1e6).toFixed(1)} MB`;
  const left =
    older === 0 ? 'none is left' : `${counted(older, 'digest')} still read by older captures`;
  const unread =
    failed.length > 0 ? `; ${failed.length} could not be read again, tried once more` : '';
  return `${tonight}; ${left}${unread}`;
}
