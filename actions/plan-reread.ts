import type { Digest } from '../core/image/digest.ts';
import type { IndexedImage } from '../core/inventory/inventory.ts';
import type { Run } from '../core/run/run.ts';
import { type KeptIndex, readByOlder } from './fleet-index.ts';
import type { NightPlan } from './night-objects.ts';
import type { ObjectStore } from './ports.ts';
import { type NightScope, ranOrRuns } from './remember-deployments.ts';
import { findDocuments, layersIn } from './stored-documents.ts';

/** How much one night reads again; the first image is read however large it is. */
export interface RereadBudget {
  readonly images: number;
  /** Bytes of layers, packed. */
  readonly bytes: number;
}

/** What tonight knows of its images. */
interface Known {
  readonly base: KeptIndex | undefined;
  readonly run: Run | undefined;
  readonly scopes: readonly NightScope[];
  /** Every image that something points at, with a reference to ask for it. */
  readonly wanted: NightPlan['images'];
  readonly indexed: ReadonlyMap<Digest, IndexedImage>;
}

/**
 * Chooses the images that are read again tonight, of those that older captures serve: what runs
 * before what is pointed at, what was last seen for the first time before what has long been there,
 * and those that failed last night behind all others.
 */
export async function planReread(
  objects: ObjectStore,
  budget: RereadBudget,
  { base, run, scopes, wanted, indexed }: Known,
): Promise<NightPlan['images']> {
  const older = new Set(base ? readByOlder(base.index) : []);
  if (older.size === 0) return [];
  const failed = new Set(run?.captures?.failed.map(({ digest }) => digest));
  const firstSeen = new Map(
    scopes.flatMap(ranOrRuns).map(({ digest, seen }): [Digest, string] => [digest, seen.first]),
  );
  const rank = ({ digest }: NightPlan['images'][number]) =>
    `${failed.has(digest) ? 0 : 1} ${firstSeen.get(digest) ?? ''}`;
  const candidates = wanted
    .filter(({ digest }) => indexed.get(digest)?.platforms.some((each) => older.has(each.digest)))
    .sort((left, right) => compareText(rank(right), rank(left)));
  return takeWithin(objects, budget, candidates);
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

async function takeWithin(
  objects: ObjectStore,
  budget: RereadBudget,
  candidates: NightPlan['images'],
): Promise<NightPlan['images']> {
  const taken: NightPlan['images'][number][] = [];
  const layers = new Set<Digest>();
  let bytes = 0;
  for (const image of candidates.slice(0, budget.images)) {
    const documents = await findDocuments(objects, image.digest);
    const own = documents ? layersIn(documents).filter(({ digest }) => !layers.has(digest)) : [];
    bytes += own.reduce((total, { size }) => total + size, 0);
    if (bytes > budget.bytes && taken.length > 0) break;
    for (const { digest } of own) layers.add(digest);
    taken.push(image);
  }
  return taken;
}
