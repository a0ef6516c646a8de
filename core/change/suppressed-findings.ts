import type { Item, LineageTarget, OpenItem, SuppressedItem } from '../lineage/lineage.ts';
import type { Finding } from '../match/finding.ts';
import { NO_SUPPRESSIONS, type Suppressor } from '../suppress/create-suppressor.ts';
import { suppressibleOf } from '../suppress/suppressible.ts';
import type { ItemChange, LineageInput } from './compare-lineage.ts';
import { findingItem } from './items.ts';
import { createMatcher } from './same-item.ts';

/** What a lineage is judged by besides advisories, at the two times. */
export interface Suppressors {
  /** As `previous` was judged. */
  readonly before: Suppressor;
  readonly after: Suppressor;
}

/** Nobody has decided anything. */
export const NOTHING_SUPPRESSED: Suppressors = { before: NO_SUPPRESSIONS, after: NO_SUPPRESSIONS };

/** Findings by whether anybody is to hear of them. */
interface SplitFindings {
  readonly open: readonly Finding[];
  readonly suppressed: readonly SuppressedItem[];
}

/** Each finding is either open or suppressed. */
export function splitFindings(
  findings: readonly Finding[],
  suppressor: Suppressor,
  target: LineageTarget,
): SplitFindings {
  if (suppressor.isIdle) return { open: findings, suppressed: [] };
  const open: Finding[] = [];
  const suppressed: SuppressedItem[] = [];
  for (const finding of findings) {
    const by = suppressor.judge(suppressibleOf(finding), target);
    if (by) {
      suppressed.push({ ...findingItem(finding), package: finding.package, suppressed: by });
    } else open.push(finding);
  }
  return { open, suppressed };
}

/** Items that were suppressed and are not judged anew: those that still are, and those that are not. */
export function judgeAgain(
  items: readonly SuppressedItem[],
  suppressor: Suppressor,
  target: LineageTarget,
): Record<'suppressed' | 'over', readonly SuppressedItem[]> {
  const suppressed: SuppressedItem[] = [];
  const over: SuppressedItem[] = [];
  for (const item of items) {
    const by = suppressor.judge(item, target);
    if (by) suppressed.push({ ...item, suppressed: by });
    else over.push(item);
  }
  return { suppressed, over };
}

/**
 * Of what was suppressed, what is open now in that very version of its package: another version
 * that is open beside one that is silenced is no end of anything.
 */
export function openAgain(
  before: readonly SuppressedItem[],
  open: readonly Finding[],
): SuppressedItem[] {
  if (before.length === 0) return [];
  const byPackage = Map.groupBy(open, (finding) => finding.package);
  return before.filter((item) => {
    const same = byPackage.get(item.package)?.map(findingItem) ?? [];
    return createMatcher(same)(item) !== undefined;
  });
}

/**
 * Says of items that were open and are gone whether they are `suppressed` now. Where a version of
 * the package was suppressed beside it already (in the `row`, or `before`), the one that was open is gone.
 */
export function createSilencing(
  suppressed: readonly SuppressedItem[],
  before: readonly SuppressedItem[],
  row: readonly SuppressedItem[] = [],
): (item: Item) => boolean {
  const isSuppressed = createMatcher(suppressed);
  const wasBeside = createMatcher(row);
  return (item) => {
    if (!isSuppressed(item)) return false;
    if (!wasBeside(item)) return true;
    const isIt = createMatcher([item]);
    const old = new Set([...row, ...before].map(findingKey));
    return suppressed.some((each) => isIt(each) !== undefined && !old.has(findingKey(each)));
  };
}

/** A finding of a package, whichever version of it another finding has. */
export function findingKey({ key, package: purl }: SuppressedItem): string {
  return `${key} ${purl}`;
}

/** What was suppressed on a lineage that could not be judged, or was not seen: it is still there. */
export function rememberSuppressed(
  { previous, stale, after, target, suppressors = NOTHING_SUPPRESSED }: LineageInput,
  byNew: ReadonlyMap<string, Item>,
  now: readonly SuppressedItem[],
): { readonly suppressed: readonly SuppressedItem[]; readonly changes: readonly ItemChange[] } {
  if (stale === null && after !== null) return { suppressed: [], changes: [] };
  const known = new Set(now.map(findingKey));
  const hasOpen = createMatcher([...byNew.values()]);
  const left = (previous?.suppressed ?? []).filter(
    (item) => !known.has(findingKey(item)) && !hasOpen(item),
  );
  const { suppressed, over } = judgeAgain(left, suppressors.after, target);
  return { suppressed, changes: comeBack(over, previous?.items ?? [], suppressors.after) };
}

/** Findings that nothing silences any more, but for what is open on the lineage already. */
export function comeBack(
  over: readonly SuppressedItem[],
  open: readonly OpenItem[],
  after: Suppressors['after'],
): ItemChange[] {
  const isOpen = createMatcher(open);
  const byKey = new Map(over.filter((item) => !isOpen(item)).map((item) => [item.key, item]));
  return [...byKey.values()].map(({ suppressed, package: purl, ...item }) =>
    reopened(item, { ...item, package: purl, suppressed }, { after }),
  );
}

/** That a finding comes back, since nothing silences it any more. */
export function reopened(
  item: Item,
  silenced: SuppressedItem,
  { after }: Pick<Suppressors, 'after'> = NOTHING_SUPPRESSED,
): ItemChange {
  const { suppressed: by } = silenced;
  // As it is now: a fix or a severity may be what ended it.
  const why = after.whyOver(by.entry, { ...item, package: silenced.package });
  return { kind: 'opened', item, cause: 'suppression', byOld: undefined, over: { by, why } };
}
