import type { HardeningCheck } from './hardening-check.ts';
import { packageManagerCheck } from './package-manager-check.ts';
import { rootUserCheck } from './root-user-check.ts';
import { shellCheck } from './shell-check.ts';

/** Every check, in the order in which they are shown. */
export const HARDENING_CHECKS: readonly HardeningCheck[] = [
  rootUserCheck,
  shellCheck,
  packageManagerCheck,
];
