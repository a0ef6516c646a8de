import * as z from 'zod';
import { BUCKET, FEED_LIST, TABLE } from '../shared/variables.ts';

/** The contract with `lib/`, which sets these variables. */
export const RefreshFeedsEnvironment = z.object({
  ...TABLE,
  ...BUCKET,
  ...FEED_LIST,
});

export type RefreshFeedsEnvironment = z.input<typeof RefreshFeedsEnvironment>;

/** One feed, as `FEEDS` lists it. */
export type FeedSpec = z.output<typeof RefreshFeedsEnvironment>['FEEDS'][number];
