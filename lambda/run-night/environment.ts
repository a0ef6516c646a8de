import * as z from 'zod';

const arn = z.string().startsWith('arn:');

/** The contract with `lib/`, which sets these variables: the function of each worker. */
export const RunNightEnvironment = z.object({
  OBSERVE_TAGS_ARN: arn,
  LIST_DEPLOYMENTS_ARN: arn,
  RECONCILE_IMAGES_ARN: arn,
  INDEX_IMAGE_ARN: arn,
  RECORD_OBSERVATIONS_ARN: arn,
  REFRESH_FEEDS_ARN: arn,
  MATCH_FLEET_ARN: arn,
  COMPARE_LINEAGES_ARN: arn,
  COMMIT_RUN_ARN: arn,
  REASSESS_PUSHES_ARN: arn,
  DELIVER_ALERTS_ARN: arn,
  WRITE_REPORT_ARN: arn,
});

export type RunNightEnvironment = z.input<typeof RunNightEnvironment>;
