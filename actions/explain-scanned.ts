import { unnamedProblems } from '../core/cover/unnamed-problems.ts';
import { readAsked } from '../core/explain/asked.ts';
import { inventoryKey } from '../core/inventory/inventory-key.ts';
import type { Finding } from '../core/match/finding.ts';
import { advisoryFeeds } from '../core/run/run.ts';
import type { ExplainAnswer, ExplainRequest } from './explain/explained.ts';
import { readHeldUnits } from './explain/held-units.ts';
import { openAdvisories } from './explain/open-advisories.ts';
import { explainIn } from './explain-finding.ts';
import { INDEX_FORMATS } from './index-image.ts';
import type { ObjectStore } from './ports.ts';
import type { Past } from './read-past.ts';
import type { ScanResult } from './scan-image.ts';
import { writeObject } from './stored-objects.ts';

/** What somebody asks about an image that was scanned. */
export interface ScannedRequest extends Pick<ExplainRequest, 'finding' | 'package'> {
  /** The target, as it was written. */
  readonly called: string;
}

/** Nothing that runs is known, and no night. */
const NO_PAST: Past = {
  run: undefined,
  runRows: [],
  rows: new Map(),
  threads: [],
  told: [],
  heads: new Map(),
};

/**
 * As `explainFinding`, of one image by what it was scanned with. `objects`: the store of the scan, which
 * holds its captures and snapshots.
 *
 * @throws ObjectMissingError, MalformedObjectError
 */
export async function explainScanned(
  objects: ObjectStore,
  { inventory, at, feeds, problems, suppressed = [] }: ScanResult,
  request: ScannedRequest,
): Promise<ExplainAnswer> {
  const { digest, platform } = inventory;
  await writeObject(objects, INDEX_FORMATS.inventory, inventoryKey(digest), inventory);
  const targets = [{ digest, platform, rows: [], called: request.called }];
  const silencedBy = ({ id, package: purl }: Finding) =>
    suppressed.find(({ finding }) => finding.id === id && finding.package === purl)?.by;
  const outcome = await explainIn(
    {
      objects,
      state: { observations: async () => [] },
      past: NO_PAST,
      judged: { at, feeds },
      advisories: await openAdvisories(objects, { at, feeds }),
      targets,
      held: await readHeldUnits(objects, {}, targets),
      silencedBy,
    },
    request,
  );
  const { id } = readAsked(request.finding, request.package);
  const hiding = outcome.kind === 'check' ? [] : unnamedProblems(inventory.coverage);
  const all = [...problems, ...hiding];
  return { id, night: null, feeds: advisoryFeeds(feeds), problems: all, outcome };
}
