import { createServer } from 'node:http';
import type { WorldFeeds } from '../../local/player/world-feeds.ts';
import { closeServer, listenOnLoopback } from '../cloud/loopback.ts';

/** The feeds of a world as archives over HTTP: `/<name>.ndjson`, with an ETag that moves with the feed. */
export interface FeedServer {
  /** The archive of a feed. */
  urlOf(feed: string): string;
  /** From now on these are the feeds. */
  serve(feeds: WorldFeeds): void;
  close(): Promise<void>;
}

export async function startFeedServer(port?: number): Promise<FeedServer> {
  let current: WorldFeeds | undefined;
  const server = createServer((request, response) => {
    answerOf(current, request.url ?? '', request.headers['if-none-match']).then(
      ({ status, headers = {}, body }) => response.writeHead(status, headers).end(body),
      // A feed that fails in the world.
      () => response.destroy(),
    );
  });
  const url = await listenOnLoopback(server, port);
  return {
    urlOf: (feed) => `${url}/${feed}.ndjson`,
    serve(feeds) {
      current = feeds;
    },
    close: () => closeServer(server),
  };
}

interface FeedFile {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function answerOf(
  world: WorldFeeds | undefined,
  path: string,
  knownEtag: string | undefined,
): Promise<FeedFile> {
  const name = /^\/(.+)\.ndjson$/.exec(path)?.[1];
  const answer = await world?.feeds.find((feed) => feed.name === name)?.read(null);
  if (answer?.kind !== 'records') return { status: 404 };
  const etag = `"${answer.validator?.etag ?? 'none'}"`;
  if (etag === knownEtag) return { status: 304, headers: { etag } };
  const lines: string[] = [];
  for await (const record of answer.records) lines.push(`${JSON.stringify(record)}\n`);
  return { status: 200, headers: { etag }, body: lines.join('') };
}
