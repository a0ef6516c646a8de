import type { TidewatchConfig } from './tidewatch-config.ts';

/** From when on what is told. */
export function thresholdsOf({ alerts }: TidewatchConfig) {
  const { disclosed, regression, imageMegabytes } = alerts;
  return {
    ALERT_DISCLOSED: disclosed,
    ALERT_REGRESSION: regression,
    ...(imageMegabytes !== undefined && { IMAGE_MEGABYTES: String(imageMegabytes) }),
  };
}

/** What is listed besides what runs, and how much a night reads again. */
export function reconcileVariables({ ecr, reread }: TidewatchConfig) {
  return {
    ECR_REPOSITORIES: ecr.repositories.join(','),
    REREAD_IMAGES: String(reread.images),
    REREAD_GIGABYTES: String(reread.gigabytes),
  };
}
