import type { Operation } from './durable-operations.ts';

/** The operations of one durable execution, in the order in which they came first. */
export interface OperationLog {
  get(id: string): Operation | undefined;
  put(operation: Operation): void;
  hasChanged(): boolean;
  /** What changed since it was last asked. */
  takeChanged(): readonly Operation[];
  /** Ends all waits and pauses at once: they take no time in a world. */
  endWaits(now: number): void;
  /** A page, and the marker of the next one if there is one. */
  page(start: number, write: (operation: Operation) => object): object;
}

/** So short that a night needs further pages; Lambda's own are as long as its payloads allow. */
const PAGE = 8;

export function createOperationLog(first: Operation): OperationLog {
  const operations = new Map<string, Operation>([[first.Id, first]]);
  const changed = new Set<string>();
  const put = (operation: Operation) => {
    operations.set(operation.Id, operation);
    changed.add(operation.Id);
  };
  return {
    get: (id) => operations.get(id),
    put,
    hasChanged: () => changed.size > 0,
    takeChanged() {
      const taken = [...changed].flatMap((id) => operations.get(id) ?? []);
      changed.clear();
      return taken;
    },
    endWaits(now) {
      for (const each of operations.values()) {
        if (each.Type === 'WAIT' && each.Status === 'STARTED') {
          put({ ...each, Status: 'SUCCEEDED', EndTimestamp: now });
        }
        if (each.Type === 'STEP' && each.Status === 'PENDING') put({ ...each, Status: 'READY' });
      }
    },
    page(start, write) {
      const all = [...operations.values()];
      const end = start + PAGE;
      return {
        Operations: all.slice(start, end).map(write),
        ...(end < all.length && { NextMarker: String(end) }),
      };
    },
  };
}
