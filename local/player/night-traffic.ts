import type { EmbeddedCloud } from './embedded-cloud.ts';

/** What a night asked of the world. */
export interface NightTraffic {
  /** Bytes of manifests, configs and layers. */
  readonly contentBytes: number;
  /** Requests that asked where tags point, now or lately. */
  readonly tagQuestions: number;
  /** Attempts of each call: `dynamodb:Query`. */
  readonly calls: Readonly<Record<string, number>>;
}

/** Starts counting; the answer tells what was asked since. */
export function startCounting(
  cloud: Pick<EmbeddedCloud, 'faults' | 'counters'>,
): () => NightTraffic {
  const before = countsOf(cloud);
  return () => {
    const now = countsOf(cloud);
    const calls = Object.entries(now.calls).map(([call, count]): [string, number] => [
      call,
      count - (before.calls[call] ?? 0),
    ]);
    return {
      contentBytes: now.contentBytes - before.contentBytes,
      tagQuestions: now.tagQuestions - before.tagQuestions,
      calls: Object.fromEntries(calls.filter(([, count]) => count > 0)),
    };
  };
}

function countsOf({ faults, counters }: Pick<EmbeddedCloud, 'faults' | 'counters'>): NightTraffic {
  const questions = (['resolve', 'tags', 'history'] as const).map((kind) => counters.of(kind));
  return {
    contentBytes: counters.content().bytes,
    tagQuestions: questions.reduce((total, { requests }) => total + requests, 0),
    calls: Object.fromEntries(faults.seen()),
  };
}
