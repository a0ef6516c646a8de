import { isReadCheck } from '../../core/change/items.ts';
import { CHECK_MEANINGS } from '../../core/check/check-meanings.ts';
import { judgeSupport } from '../../core/check/support-check.ts';
import { closest } from '../../core/explain/closest.ts';
import { readInventory } from '../index-image.ts';
import type { CheckPlace, Outcome } from './explained.ts';
import type { Target } from './find-targets.ts';
import type { Search } from './search.ts';

/** Images that fail a check and are told one by one. */
const PLACES = 10;

/** Says what a check asks, which of the images that are asked about fail it, and by what. @throws ObjectMissingError, MalformedObjectError */
export async function explainCheck(search: Search, id: string): Promise<Outcome> {
  const { targets, held } = search;
  const meaning = CHECK_MEANINGS.get(id);
  if (!meaning) {
    return {
      kind: 'unknown',
      asked: id,
      what: 'check',
      similar: closest(id, CHECK_MEANINGS.keys()),
    };
  }
  const failing = targets.flatMap((target) => {
    const failed =
      held.factsOf(target.digest)?.checks.find((each) => each.id === id) ?? failedOnRow(target, id);
    return failed ? [{ target, message: failed.message }] : [];
  });
  const failed = new Set(failing.map(({ target }) => target));
  const open = targets.filter((target) => !failed.has(target));
  const why = open.flatMap((target) => (id === 'support' ? undecidedSupport(search, target) : []));
  const places: CheckPlace[] = [];
  for (const { target, message } of failing.slice(0, PLACES)) {
    places.push(await placeOf(search, target, { id, message }));
  }
  return {
    kind: 'check',
    check: id,
    ...meaning,
    images: held.images,
    left: targets.length - held.images,
    failing: failing.length,
    undecided: { images: why.length, why: [...new Set(why)].sort() },
    places,
  };
}

/** Of facts that are older than the question. */
const NOT_ASKED =
  'An older version of Tidewatch has indexed it, and did not ask what it is built on.';

/** What depends on the day, or on a setting, is told as the last night or a push since has judged it. */
function failedOnRow({ rows }: Target, id: string): { readonly message: string } | undefined {
  const items = rows.flatMap((row) => row.items.filter((item) => isReadCheck(item)));
  const failed = items.find(({ key }) => key === `check|${id}`);
  return failed && { message: failed.title };
}

/** Why nobody knows until when an image is supported; nothing where somebody does, or it could not be looked into. */
function undecidedSupport({ held, judged }: Search, { digest }: Target): string[] {
  const facts = held.factsOf(digest);
  if (!facts) return [];
  if (!facts.supported) return [NOT_ASKED];
  const { status, message } = judgeSupport(facts.supported, judged.at);
  return status === 'unknown' ? [message] : [];
}

async function placeOf(
  { objects }: Search,
  { digest, platform, rows, called }: Target,
  { id, message }: { readonly id: string; readonly message: string },
): Promise<CheckPlace> {
  const { checks, problems } = await readInventory(objects, digest);
  const evidence = checks.find((each) => each.id === id)?.evidence ?? problems[0]?.path ?? null;
  return {
    digest,
    platform,
    called: called ?? null,
    message,
    evidence: id === 'unread' || checks.some((each) => each.id === id) ? evidence : null,
    lineages: rows.map(({ lineage, kind, reference, imageDigest, stale, items }) => ({
      lineage,
      kind,
      reference,
      imageDigest,
      stale,
      origin: items.find(({ key }) => key === `check|${id}`)?.origin ?? null,
    })),
  };
}
