/**
 * What a request is for. `manifest`, `config` and `layer` are content; `resolve`, `tags`,
 * `history` and `referrers` are questions about names; `token` is the way in.
 * `feed`, of no registry, is an archive of advisories.
 */
export type RequestKind =
  | 'manifest'
  | 'config'
  | 'layer'
  | 'resolve'
  | 'tags'
  | 'history'
  | 'referrers'
  | 'token'
  | 'feed';

/** HTTP requests sent, and body bytes received after any transfer coding. */
export interface TransferCount {
  readonly requests: number;
  readonly bytes: number;
}

/** Counts what a registry client asked for, since it was made. */
export interface TransferCounters {
  add(kind: RequestKind, more: TransferCount): void;
  of(kind: RequestKind): TransferCount;
  /** Manifests, configs and layers together: what a quiet night must not ask for. */
  content(): TransferCount;
}

/** Counters that all stand at 0. */
export function createTransferCounters(): TransferCounters {
  const counts = new Map<RequestKind, TransferCount>();
  function of(kind: RequestKind): TransferCount {
    return counts.get(kind) ?? { requests: 0, bytes: 0 };
  }
  return {
    of,
    add(kind, more) {
      counts.set(kind, sum(of(kind), more));
    },
    content() {
      return [of('manifest'), of('config'), of('layer')].reduce(sum);
    },
  };
}

function sum(a: TransferCount, b: TransferCount): TransferCount {
  return { requests: a.requests + b.requests, bytes: a.bytes + b.bytes };
}
