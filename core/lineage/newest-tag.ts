import { debScheme } from '../version/deb.ts';
import { channelOfTag } from './channel.ts';

/**
 * The newest tag of the channel that `tag` is in, by the order of its versions. A
 * tag without a version (`latest`), or named after a commit, has no newer one: it is its own.
 */
export function newestTag(tag: string, tags: readonly string[]): string {
  if (!hasVersion(tag)) return tag;
  const channel = channelOfTag(tag);
  return tags
    .filter((each) => hasVersion(each) && channelOfTag(each) === channel)
    .reduce((newest, each) => (isNewerTag(each, newest) ? each : newest), tag);
}

/** Whether tags like this one come in an order: a version or a date is in them, no hash. */
export function hasVersion(tag: string): boolean {
  const isMoving = channelOfTag(tag) !== tag.toLowerCase();
  return isMoving && /\d/.test(tag) && !COMMIT.test(tag);
}

/** One commit in thirty has no letter among its first seven digits: `sha-` says what it is. */
const COMMIT =
  /(?:^|[-_.])(?:sha(?:256)?[-_.]|g?(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,64}(?:[-_.]|$))/i;

/** Whether the first of two tags of a channel is the newer one by their versions. */
export function isNewerTag(left: string, right: string): boolean {
  const [a, b] = [sortable(left), sortable(right)];
  if (!debScheme.isValid(a) || !debScheme.isValid(b)) return false;
  return debScheme.compare(debScheme.parse(a), debScheme.parse(b)) > 0;
}

/**
 * dpkg's order takes digits by value and `~` for "before": all that tags need. It must
 * begin with a digit; the words before that are the channel's.
 */
function sortable(tag: string): string {
  return tag
    .replace(/^\D+/, '')
    .replace(/[-_](?=(?:rc|alpha|beta|pre)\d*)/gi, '~')
    .replace(/_/g, '-');
}
