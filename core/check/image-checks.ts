import { architectureCheck } from './architecture-check.ts';
import { busyboxCheck } from './busybox-check.ts';
import { caBundleCheck } from './ca-bundle-check.ts';
import { capabilitiesCheck } from './capabilities-check.ts';
import { debugVariantCheck } from './debug-variant-check.ts';
import { elfInterpreterCheck } from './elf-interpreter-check.ts';
import { entrypointCheck } from './entrypoint-check.ts';
import { envSecretCheck } from './env-secret-check.ts';
import { glibcVersionCheck } from './glibc-version-check.ts';
import { healthcheckCheck } from './healthcheck-check.ts';
import type { ImageCheck } from './image-check.ts';
import { librariesCheck } from './libraries-check.ts';
import { lowPortCheck } from './low-port-check.ts';
import { namedUserCheck } from './named-user-check.ts';
import { packageManagerCheck } from './package-manager-check.ts';
import { pathProgramsCheck } from './path-programs-check.ts';
import { privateKeyCheck } from './private-key-check.ts';
import { pythonEnvironmentCheck } from './python-environment-check.ts';
import { rootUserCheck } from './root-user-check.ts';
import { scriptInterpreterCheck } from './script-interpreter-check.ts';
import { setuidCheck } from './setuid-check.ts';
import { shellCheck } from './shell-check.ts';
import { shellFormCheck } from './shell-form-check.ts';
import { stopSignalCheck } from './stop-signal-check.ts';
import { timeZonesCheck } from './time-zones-check.ts';
import { userEntryCheck } from './user-entry-check.ts';
import { writablePathCheck } from './writable-path-check.ts';

/** Every check that is stored with an inventory, in the order in which they are shown; `listed-checks.ts` lists them too. */
export const IMAGE_CHECKS: readonly ImageCheck[] = [
  rootUserCheck,
  shellCheck,
  packageManagerCheck,
  debugVariantCheck,
  setuidCheck,
  capabilitiesCheck,
  writablePathCheck,
  envSecretCheck,
  privateKeyCheck,
  entrypointCheck,
  shellFormCheck,
  scriptInterpreterCheck,
  elfInterpreterCheck,
  librariesCheck,
  glibcVersionCheck,
  architectureCheck,
  namedUserCheck,
  pythonEnvironmentCheck,
  pathProgramsCheck,
  healthcheckCheck,
  busyboxCheck,
  caBundleCheck,
  timeZonesCheck,
  userEntryCheck,
  lowPortCheck,
  stopSignalCheck,
];
