import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { acceptFeed, NothingToAcceptError } from '../../actions/accept-feed.ts';
import { showFeed, showFeeds } from '../../actions/show-feed.ts';
import { UnusableInputError, UsageError } from '../command-errors.ts';
import type { Io } from '../io.ts';
import {
  STORE_MEANINGS,
  STORE_OPTIONS,
  type Stores,
  type StoreWords,
  withStores,
} from '../open-stores.ts';
import { createPage } from '../print/page.ts';
import { printFailure } from '../print/print-error.ts';
import { printFeed, printFeeds } from '../print/print-feed.ts';
import type { Command } from './command.ts';

interface Request {
  readonly what: 'show' | 'accept';
  readonly feed: string | null;
  readonly snapshot: string | null;
  /** `null`: who calls the command. */
  readonly by: string | null;
  readonly reason: string | null;
  readonly stores: StoreWords;
}

/** Looks at what feeds the last night held, and lets the next one take it. */
export const feed: Command = {
  name: 'feed',
  summary: 'shows which feeds are held and why, and accepts one as it stands',
  synopsis:
    'show|accept [FEED] [--stack NAME | --state DIR] [--snapshot ID] [--by NAME] [--reason TEXT]',
  options: [
    ['show', 'all feeds of the last night; with FEED, what it offers against what was taken last'],
    [
      'accept FEED',
      'lets the next night take what is held of FEED: that state, or a later one that has lost no more than a feed may beside it. Holds for this once',
    ],
    ...STORE_MEANINGS,
    ['--snapshot ID', 'accept only if it is still this one that is held (the beginning is enough)'],
    ['--by NAME', 'who accepts; by default who calls the command'],
    ['--reason TEXT', 'why, for the report'],
  ],
  status:
    '0; 1 when there is nothing to accept or the installation cannot be read; 2 when the words are not valid, or the last night had no such feed.',
  run: runFeed,
};

async function runFeed(args: readonly string[], io: Io): Promise<number> {
  const request = readArguments(args);
  try {
    return await withStores(request.stores, (stores) =>
      request.what === 'show' ? show(request, stores, io) : accept(request, stores, io),
    );
  } catch (error) {
    if (!(error instanceof NothingToAcceptError)) throw error;
    printFailure(io, error);
    return 1;
  }
}

function readArguments(args: readonly string[]): Request {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...STORE_OPTIONS,
      snapshot: { type: 'string' },
      by: { type: 'string' },
      reason: { type: 'string' },
    },
  });
  const [what, name, ...more] = positionals;
  if ((what !== 'show' && what !== 'accept') || more.length > 0) {
    throw new UsageError('expected show or accept, and one FEED');
  }
  const { snapshot, by, reason, ...stores } = values;
  if (what === 'show' && (snapshot ?? by ?? reason) !== undefined) {
    throw new UsageError('--snapshot, --by and --reason belong to accept');
  }
  if (what === 'accept' && !name) throw new UsageError('expected the FEED to accept');
  return {
    what,
    feed: name ?? null,
    snapshot: snapshot ?? null,
    by: by ?? null,
    reason: reason ?? null,
    stores,
  };
}

async function show({ feed: name }: Request, stores: Stores, io: Io): Promise<number> {
  const page = createPage(io);
  if (name === null) {
    const report = await showFeeds(stores);
    if (report) printFeeds(page, report);
    else page.print('No night was committed yet.');
    return 0;
  }
  const report = await showFeed(stores, name);
  if (!report) throw unknownFeed(name);
  printFeed(page, report);
  return 0;
}

async function accept(
  { feed: name, snapshot, by, reason }: Request,
  stores: Stores,
  io: Io,
): Promise<number> {
  const ports = { ...stores, clock: { now: () => new Date() } };
  const who = by ?? callerOf();
  const night = await showFeeds(stores);
  if (!night?.feeds.some((each) => each.name === name)) throw unknownFeed(name);
  const request = { feed: name ?? '', snapshot, by: who, reason };
  const { offered, revision } = await acceptFeed(ports, request);
  io.print(
    `Accepted by ${who}: the next night takes snapshot ${offered.snapshot.slice(0, 12)} of ${name}, or a later one that has lost no more beside it (word ${revision} about this feed).`,
  );
  return 0;
}

function unknownFeed(name: string | null): UnusableInputError {
  return new UnusableInputError(`no feed ${JSON.stringify(name)} in the last night`);
}

/** A user of a container may have a number alone. */
function callerOf(): string {
  try {
    return userInfo().username;
  } catch (cause) {
    throw new UnusableInputError('who accepts has no name on this machine: expected --by NAME', {
      cause,
    });
  }
}
