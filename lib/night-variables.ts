import type { TidewatchConfig } from './tidewatch-config.ts';

/** From which severity on what is told. */
export function thresholdsOf({ alerts }: TidewatchConfig) {
  return { ALERT_DISCLOSED: alerts.disclosed, ALERT_REGRESSION: alerts.regression };
}

/** What is listed besides what runs, and how much a night reads again. */
export function reconcileVariables({ ecr, reread }: TidewatchConfig) {
  return {
    ECR_REPOSITORIES: ecr.repositories.join(','),
    REREAD_IMAGES: String(reread.images),
    REREAD_GIGABYTES: String(reread.gigabytes),
  };
}
