import * as z from 'zod';
import type { NightWork, Worker, WorkerName } from '../../actions/night-steps.ts';
import { BATCH } from '../../actions/reconcile-images.ts';
import { Digest } from '../../core/image/digest.ts';

/** RFC 3339 in milliseconds, UTC: run ids are compared as text. */
export const RunId = z.iso.datetime({ precision: 3 });

const night = { runId: RunId };
const key = z.string().min(1);

/** Images that the hour wants indexed. */
const ImagesToIndex = z.object({
  images: z
    .array(z.object({ reference: z.string().min(1), digest: Digest }))
    .min(1)
    .max(BATCH),
});
export type ImagesToIndex = z.infer<typeof ImagesToIndex>;

/** Reads the hour's list before it is trusted. */
export function parseImages(event: ImagesToIndex): ImagesToIndex['images'] {
  return ImagesToIndex.parse(event).images;
}

/** What the night's steps hand to their workers. */
const NIGHT_INPUTS: { readonly [Name in WorkerName]: z.ZodType<NightWork[Name]['input']> } = {
  'observe-tags': z.object(night),
  'list-deployments': z.object(night),
  'reconcile-images': z.object({ ...night, moves: key, deployments: key }),
  'index-batch': z.object({ ...night, plan: key, batch: z.int().nonnegative() }),
  'record-observations': z.object({ ...night, moves: key }),
  'list-feeds': z.object(night),
  'refresh-feed': z.object({ ...night, feed: z.string().min(1) }),
  'match-fleet': z.object({
    ...night,
    plan: key,
    deployments: key,
    feeds: z.array(z.object({ feed: z.string().min(1), state: key.nullable() })),
  }),
  'compare-lineages': z.object({
    ...night,
    plan: key,
    matched: key,
    drifts: key,
    results: z.array(key),
    deployments: key,
    moves: key,
  }),
  'commit-run': z.object({
    ...night,
    run: key,
    base: RunId.nullable(),
    pending: z.array(key),
    status: z.enum(['complete', 'partial', 'failed']),
    held: z.int().nonnegative(),
  }),
  'reassess-pushes': z.object(night),
  'deliver-alerts': z.object(night),
  'write-report': z.object({ ...night, run: key }),
};

/** A worker that reads its input before it trusts it. */
export function checkedWorker<Name extends WorkerName>(
  name: Name,
  work: Worker<Name>,
): Worker<Name> {
  return (input) => work(NIGHT_INPUTS[name].parse(input));
}
