import { findingOfKey } from '../core/change/items.ts';
import { isSameId, mayBeNamed, readAsked } from '../core/explain/asked.ts';
import { closest } from '../core/explain/closest.ts';
import type { Explanation } from '../core/match/explain-match.ts';
import type { OwnerUnit } from '../core/match/unit.ts';
import { advisoryFeeds, type Run } from '../core/run/run.ts';
import { type Examination, type Examined, examine, type Holder } from './explain/examine.ts';
import type {
  Choice,
  ExplainAnswer,
  ExplainedCase,
  ExplainRequest,
  Outcome,
  Place,
  PlaceLineage,
} from './explain/explained.ts';
import { findFixed } from './explain/find-fixed.ts';
import { findResolved } from './explain/find-resolved.ts';
import { type ExplainPorts, findTargets, type Target } from './explain/find-targets.ts';
import { type KnownImages, readKnownImages } from './explain/known-images.ts';
import { type Advisories, openAdvisories } from './explain/open-advisories.ts';
import { type FindingNames, openItem, openSince, suppressedItem } from './explain/open-since.ts';
import { readPlace } from './explain/read-place.ts';
import { type Past, readPast } from './read-past.ts';

/** Images that are looked into, at most. */
const IMAGES = 200;

/** Images of a finding that are told about one by one. */
const PLACES = 5;

/** Choices that are offered. */
const CHOICES = 20;

/**
 * Says why a package has a vulnerability or has not, by the advisories of the last night and by the
 * functions that judge at night; changes nothing.
 *
 * @throws ObjectMissingError, MalformedObjectError when something that is stored is gone or broken
 */
export async function explainFinding(
  ports: ExplainPorts,
  request: ExplainRequest,
): Promise<ExplainAnswer> {
  const past = await readPast(ports);
  const { run } = past;
  const asked = readAsked(request.finding, request.package);
  if (!run) return { id: asked.id, night: null, feeds: [], outcome: { kind: 'no-night' } };
  const advisories = await openAdvisories(ports.objects, run);
  const targets = await findTargets(ports, past, request);
  const question = { id: asked.id, named: asked.package };
  const outcome =
    'kind' in targets
      ? targets
      : await explainIn({ ...ports, past, run, advisories, question }, targets);
  return { id: asked.id, night: run.runId, feeds: advisoryFeeds(run.feeds), outcome };
}

interface Search extends ExplainPorts {
  readonly past: Past;
  readonly run: Run;
  readonly advisories: Advisories;
  readonly question: { readonly id: string; readonly named: string | null };
}

async function explainIn(search: Search, targets: readonly Target[]): Promise<Outcome> {
  const { objects, advisories, question } = search;
  const open = targets.filter(({ rows }) => rows.length === 0 || hasOpen(rows, question));
  const first = await examine(objects, advisories, open.slice(0, IMAGES), question);
  const affected = first.examined.filter(({ explanation }) => explanation.verdict === 'affected');
  const purls = new Set(affected.map(({ unit }) => unit.purl));
  // Where its owner clears it, the same package beside it is told too.
  const same = first.examined.filter(({ unit }) => purls.has(unit.purl));
  if (same.length > 0) return choose(search, same, open.length - IMAGES);
  const all = await examine(objects, advisories, targets.slice(0, IMAGES), question);
  const said = all.examined.filter(({ explanation }) => explanation.verdict !== 'not-known');
  // What nothing speaks of is only explained where somebody named the package.
  const chosen =
    said.length > 0 || question.named === null ? withoutBystanders(said) : all.examined;
  if (chosen.length > 0) return choose(search, chosen, 0);
  return nothingFound(search, all, targets);
}

/**
 * An OS package that clears what lies in it is part of that answer, not another one; and what is only
 * said of a package's origin is no answer about the package, where there is another one.
 */
function withoutBystanders(examined: readonly Examined[]): readonly Examined[] {
  const owners = new Set(
    examined.flatMap(({ unit, explanation }) =>
      explanation.verdict === 'cleared-by-owner' && unit.owner ? [nameOf(unit.owner)] : [],
    ),
  );
  const chosen = examined.filter(
    ({ unit, explanation }) => explanation.verdict === 'affected' || !owners.has(nameOf(unit)),
  );
  const told = chosen.filter(({ explanation: { records } }) =>
    records.some(({ passedOver }) => passedOver !== 'not-for-subpackages'),
  );
  return told.length > 0 ? told : chosen;
}

function nameOf({ type, name, version, arch }: OwnerUnit): string {
  return [type, name, version, arch].join('\n');
}

/** The same package counts once, however many owners it has here and there. */
async function choose(
  search: Search,
  examined: readonly Examined[],
  left: number,
): Promise<Outcome> {
  const byPurl = Map.groupBy(examined, ({ unit }) => unit.purl);
  const [only, ...others] = byPurl.keys();
  if (only === undefined || others.length > 0) {
    const choices = [...byPurl].map(([purl, group]) => choiceOf(purl, group)).sort(byWeight);
    const more = Math.max(0, choices.length - CHOICES);
    return { kind: 'several', choices: choices.slice(0, CHOICES), more };
  }
  const platforms = new Map<string, KnownImages>();
  const cases: ExplainedCase[] = [];
  for (const each of examined.toSorted(byVerdict))
    cases.push(await caseOf(search, platforms, each, Math.max(0, left)));
  const units = examined.map(({ unit }) => unit);
  const isKnown = cases.some(({ explanation }) => explanation.verdict !== 'not-known');
  const known = isKnown ? null : await search.advisories.known(search.question.id, units);
  return { kind: 'explained', purl: only, cases, known };
}

function choiceOf(purl: string, group: readonly Examined[]): Choice {
  const digests = new Set(group.flatMap(({ holders }) => holders.map(digestOf)));
  const verdicts = group.map(({ explanation }) => explanation.verdict);
  return {
    purl,
    name: group[0]?.unit.name ?? purl,
    version: group[0]?.unit.version ?? null,
    verdict: VERDICTS.find((each) => verdicts.includes(each)) ?? 'not-known',
    images: digests.size,
  };
}

function digestOf({ target }: Holder): string {
  return target.digest;
}

/** The one to look at first, first. */
const VERDICTS: readonly Explanation['verdict'][] = [
  'affected',
  'not-judged',
  'cleared-by-owner',
  'withdrawn',
  'not-affected',
  'not-known',
];

function byVerdict(left: Examined, right: Examined): number {
  return VERDICTS.indexOf(left.explanation.verdict) - VERDICTS.indexOf(right.explanation.verdict);
}

function byWeight(left: Choice, right: Choice): number {
  const weight = VERDICTS.indexOf(left.verdict) - VERDICTS.indexOf(right.verdict);
  return weight || (`${left.name}\n${left.purl}` < `${right.name}\n${right.purl}` ? -1 : 1);
}

async function caseOf(
  search: Search,
  platforms: Map<string, KnownImages>,
  { unit, explanation, holders }: Examined,
  left: number,
): Promise<ExplainedCase> {
  const shown = holders.slice(0, PLACES);
  const places: Place[] = [];
  for (const holder of shown) {
    const { platform } = holder.target;
    const known = platforms.get(platform) ?? (await readKnownImages(search, search.past, platform));
    platforms.set(platform, known);
    const placed = await readPlace(search.objects, holder, known);
    const asked = { id: search.question.id, unit };
    const fixed =
      explanation.verdict === 'affected'
        ? await findFixed(search, holder, { ...placed, known }, asked)
        : [];
    // Beside one that is dropped the same package may be open.
    const ids = explanation.verdict === 'affected' ? explanation.ids : [];
    const lineages = await lineagesOf(search, holder, { ids, purl: unit.purl });
    places.push({ ...placed, lineages, fixed });
  }
  const likelihood = await search.advisories.likelihood(explanation);
  return { unit, explanation, likelihood, places, more: holders.length - shown.length + left };
}

async function lineagesOf(
  { objects, past }: Search,
  { target }: Holder,
  names: FindingNames,
): Promise<PlaceLineage[]> {
  const lineages = target.rows.map(({ lineage }) => lineage);
  const since = await openSince(objects, past, lineages, names);
  return target.rows.map((row) => ({
    lineage: row.lineage,
    kind: row.kind,
    reference: row.reference,
    imageDigest: row.imageDigest,
    stale: row.stale,
    origin: openItem(row, names)?.origin ?? null,
    suppressed: suppressedItem(row, names)?.suppressed ?? null,
    since: since.get(row.lineage) ?? null,
  }));
}

function hasOpen(rows: Target['rows'], { id, named }: Search['question']): boolean {
  return rows.some(({ items, suppressed = [] }) =>
    [...items, ...suppressed].some(({ key, ids }) => {
      const purl = findingOfKey(key)?.purl;
      if (purl === undefined || !ids.some((each) => isSameId(each, id))) return false;
      return named === null || mayBeNamed(purl, named);
    }),
  );
}

async function nothingFound(
  { objects, advisories, past, run, question }: Search,
  { images, names, examined }: Examination,
  targets: readonly Target[],
): Promise<Outcome> {
  const { id, named } = question;
  if (named !== null) {
    return { kind: 'no-package', asked: named, similar: closest(named, names), images };
  }
  const units = examined.map(({ unit }) => unit);
  const known = await advisories.known(id, units);
  const rows = [...past.rows.values()];
  const asked = new Set(targets.flatMap((each) => each.rows.map(({ lineage }) => lineage)));
  const having = rows.filter((row) => !asked.has(row.lineage) && hasOpen([row], question));
  const ids = rows.flatMap(({ items }) => items.flatMap((each) => each.ids));
  return {
    kind: 'not-known',
    images,
    packages: units.length,
    unmatched: units.filter(({ ecosystem }) => known.uncovered.includes(ecosystem)).length,
    left: targets.length - images,
    elsewhere: having.map(({ lineage }) => lineage).sort(),
    similar: having.length > 0 ? [] : closest(id, ids).filter((each) => each !== id),
    resolved: await findResolved(objects, run, id),
    ...known,
  };
}
