import type { WorldFeeds } from '../../local/player/world-feeds.ts';
import type { AwsAnswer } from '../cloud/aws-request.ts';
import type { Serve } from '../cloud/front-door.ts';
import { s3Target } from '../cloud/requested-rights.ts';

/** Somebody's bucket with the feeds of a world: `<name>.ndjson`, with an ETag that moves with the feed. */
export interface FeedMirror {
  readonly serve: Serve;
}

/** What a configuration calls the bucket. */
export const MIRROR = 'somebodys-mirror';

export function openFeedMirror(world: WorldFeeds): FeedMirror {
  return {
    async serve({ url, headers }) {
      const { key } = s3Target(url);
      // A feed that fails in the world.
      return answerOf(world, key, headers['if-none-match']).catch(() => ({ status: 500 }));
    },
  };
}

async function answerOf(
  world: WorldFeeds,
  key: string,
  knownEtag: string | undefined,
): Promise<AwsAnswer> {
  const feed = world.feeds.find(({ name }) => `${name}.ndjson` === key);
  const answer = await feed?.read(null);
  if (answer?.kind !== 'records') return NOT_FOUND;
  const etag = `"${answer.validator?.etag ?? 'none'}"`;
  if (etag === knownEtag) return { status: 304, headers: { etag } };
  const lines: string[] = [];
  for await (const batch of answer.records) {
    for (const record of batch) lines.push(`${JSON.stringify(record)}\n`);
  }
  return { status: 200, headers: { etag }, body: lines.join('') };
}

const NOT_FOUND: AwsAnswer = {
  status: 404,
  headers: { 'content-type': 'application/xml' },
  body: '<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>',
};
