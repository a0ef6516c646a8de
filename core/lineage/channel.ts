import type { Digest } from '../image/digest.ts';
import { formatReference, type ImageReference } from '../image/reference.ts';

/** Parts of a tag that say which build it is, not which line of builds. */
const MOVING_PARTS: readonly RegExp[] = [
  // Versions and dates, whole or in pieces: 1, v2, 3a1, 20260415, 15t0930.
  /^v?\d+(?:[a-z]{1,3}\d*)?$/,
  // Commit hashes, git describe's g-prefix included; all-letter words (`deadbeef`, `facade`) need a digit.
  /^g?(?=[a-f]*\d)[0-9a-f]{7,64}$/,
  /^sha(?:256)?$/,
];

const PRERELEASE = /^(rc|alpha|beta|pre|dev|build|pr)\d+$/;

/**
 * The channel of a tag: the tag without its versions, dates and commit hashes.
 * `v1.2.3` and `sha-9f3c1ab` are ``, `v1.2.3-debug` is `debug`, `pr-17` is `pr`.
 */
export function channelOfTag(tag: string): string {
  return tag
    .toLowerCase()
    .split(/[-_.]/)
    .filter((part) => part !== '' && !MOVING_PARTS.some((moving) => moving.test(part)))
    .map((part) => PRERELEASE.exec(part)?.[1] ?? part)
    .join('-');
}

/** Id of a channel: `registry/repository|channel`. */
export function channelOf(reference: ImageReference): string {
  const { registry, repository } = reference;
  return `${formatReference({ registry, repository })}|${channelOfTag(reference.tag ?? '')}`;
}

/** Id of a repository's lineage on one platform. */
export function repositoryLineage(channel: string, platform: string): string {
  return `${channel}|${platform}`;
}

/** A lineage's id for people: `ecs/prod/api (app, linux/amd64)`. */
export function describeLineage(lineage: string): string {
  const [what = '', ...parts] = lineage.split('|');
  const said = parts.filter((part) => part !== '');
  return said.length > 0 ? `${what} (${said.join(', ')})` : what;
}

/** Id of a workload's lineage. */
export function workloadLineage(workload: string, container: string, platform: string): string {
  return `${workload}|${container}|${platform}`;
}

/** Id of a further image that the same container runs at the same time, by the image's digest. */
export function furtherLineage(lineage: string, imageDigest: Digest): string {
  return `${lineage}|${imageDigest}`;
}

/** The workload's lineage that a further image belongs to; any other is its own. */
export function mainLineage(lineage: string): string {
  return lineage.split('|').slice(0, 3).join('|');
}
