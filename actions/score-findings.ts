import type { Likelihood } from '../core/advisory/likelihood.ts';
import type { Problem } from '../core/image/capture.ts';
import { detailIds } from '../core/match/apply-details.ts';
import type { Finding } from '../core/match/finding.ts';
import type { FeedState } from '../core/run/run.ts';
import { type AdvisoryFeed, FeedUnavailableError, type ObjectStore } from './ports.ts';
import { openScores } from './read-details.ts';
import { writeScores } from './write-details.ts';

/** What a table of scores says of findings. */
interface Scored {
  /** As it was read. */
  readonly feed: FeedState;
  /** By CVE id. */
  readonly likelihoods: ReadonlyMap<string, Likelihood>;
  /** Rows that could not be read. */
  readonly problems: readonly Problem[];
}

/** Reads a feed of scores whole, and looks findings up in it. @throws what the feed throws */
export async function scoreFindings(
  objects: ObjectStore,
  feed: AdvisoryFeed,
  { findings }: { readonly findings: readonly Finding[] },
): Promise<Scored> {
  const answer = await feed.read(null);
  if (answer.kind === 'unchanged') {
    throw new FeedUnavailableError(`${feed.name} says that it is unchanged, and was never read`);
  }
  const written = await writeScores(objects, feed.name, answer.records);
  const { key, problems } = written;
  const ids = findings.flatMap(detailIds).filter((id) => id.startsWith('CVE-'));
  const scores = await openScores(objects, key);
  return {
    feed: {
      name: feed.name,
      kind: 'scores',
      snapshot: written.id,
      key,
      records: written.records,
      newest: written.newest,
      validator: answer.validator,
      state: 'fresh',
      failure: null,
      problems,
    },
    likelihoods: await scores.lookup([...new Set(ids)].sort()),
    problems: problems.map((reason) => ({ path: feed.name, reason })),
  };
}
