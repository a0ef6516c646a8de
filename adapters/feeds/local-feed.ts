import type { AdvisoryFeed } from '../../actions/ports.ts';
import { readAdvisories } from './read-advisories.ts';
import { readScores } from './read-scores.ts';

/** A feed that is a folder or an archive on this machine; read anew each time, since no server says what has changed. */
export function createLocalFeed(name: string, path: string): AdvisoryFeed {
  return {
    name,
    control: null,
    read: async () => ({ kind: 'records', records: readAdvisories(path), validator: null }),
  };
}

/** The same of EPSS's table of a day, a `.csv` or `.csv.gz`. */
export function createLocalScores(name: string, path: string): AdvisoryFeed {
  return {
    name,
    kind: 'scores',
    control: null,
    read: async () => ({ kind: 'records', records: readScores(path), validator: null }),
  };
}
