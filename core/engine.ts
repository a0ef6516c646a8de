import { EXTRACTORS_FINGERPRINT } from './extract/fingerprint.ts';

/** Raised whenever the same inventory and the same advisories would give other findings. */
const MATCHER_VERSION = 3;

/** What made a run's results; where it differs, a difference may be ours. */
export const ENGINE = `${EXTRACTORS_FINGERPRINT}.${MATCHER_VERSION}`;
