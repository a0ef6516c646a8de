import type { AdvisoryFeed } from '../../actions/ports.ts';
import { readAdvisories } from './read-advisories.ts';

/** A feed that is a folder or an archive on this machine; read anew each time, since no server says what has changed. */
export function createLocalFeed(name: string, path: string): AdvisoryFeed {
  return {
    name,
    control: null,
    read: async () => ({ kind: 'records', records: readAdvisories(path), validator: null }),
  };
}
