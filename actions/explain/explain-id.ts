import { barePurl } from '../../core/change/items.ts';
import { closest } from '../../core/explain/closest.ts';
import type { Explanation } from '../../core/match/explain-match.ts';
import type { OwnerUnit } from '../../core/match/unit.ts';
import { type Examined, examine } from './examine.ts';
import type { Choice, ExplainedCase, Outcome } from './explained.ts';
import { findResolved } from './find-resolved.ts';
import { type HeldUnit, unitsNamed } from './held-units.ts';
import { type Asked, hasOpen, openPurls, readCase } from './read-case.ts';
import type { Search } from './search.ts';

/** Choices that are offered. */
const CHOICES = 20;

/** Says of a vulnerability why it is a finding in the images that are asked about, or why it is none. */
export async function explainId(search: Search, asked: Asked): Promise<Outcome> {
  const { advisories, held } = search;
  const { id, named } = asked;
  const units = named === null ? held.units : unitsNamed(held.units, named);
  // What is known to be open is found without judging the whole fleet.
  const open = await examine(advisories, openUnits(search, units, asked), id);
  const affected = open.filter(({ explanation }) => explanation.verdict === 'affected');
  const purls = new Set(affected.map(({ unit }) => unit.purl));
  // Where its owner clears it, the same package beside it is told too.
  const same = open.filter(({ unit }) => purls.has(unit.purl));
  if (same.length > 0) return choose(search, same, id);
  const all = await examine(advisories, units, id);
  const said = all.filter(({ explanation }) => explanation.verdict !== 'not-known');
  // What nothing speaks of is only explained where somebody named the package.
  const chosen = said.length > 0 || named === null ? withoutBystanders(said) : all;
  if (chosen.length > 0) return choose(search, chosen, id);
  return nothingFound(search, asked);
}

/** Packages in which rows say that it is open; all packages of images that have no rows. */
function openUnits(
  { targets }: Search,
  units: readonly HeldUnit[],
  asked: Asked,
): readonly HeldUnit[] {
  const purls = new Set(
    targets.flatMap(({ rows }) => rows.flatMap((row) => openPurls(row, asked))),
  );
  const rowless = new Set(
    targets.flatMap(({ digest, rows }) => (rows.length === 0 ? [digest] : [])),
  );
  return units.filter(
    ({ unit, holders }) =>
      purls.has(barePurl(unit.purl)) ||
      (rowless.size > 0 && holders().some(({ digest }) => rowless.has(digest))),
  );
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
async function choose(search: Search, examined: readonly Examined[], id: string): Promise<Outcome> {
  const byPurl = Map.groupBy(examined, ({ unit }) => unit.purl);
  const [only, ...others] = byPurl.keys();
  if (only === undefined || others.length > 0) {
    const choices = [...byPurl].map(([purl, group]) => choiceOf(purl, group)).sort(byWeight);
    const more = Math.max(0, choices.length - CHOICES);
    return { kind: 'several', choices: choices.slice(0, CHOICES), more };
  }
  const cases: ExplainedCase[] = [];
  for (const each of examined.toSorted(byVerdict)) cases.push(await readCase(search, each, id));
  const units = examined.map(({ unit }) => unit);
  const isKnown = cases.some(({ explanation }) => explanation.verdict !== 'not-known');
  const known = isKnown ? null : await search.advisories.known(id, units);
  return { kind: 'explained', purl: only, cases, known };
}

function choiceOf(purl: string, group: readonly Examined[]): Choice {
  const digests = new Set(group.flatMap(({ holders }) => holders().map(({ digest }) => digest)));
  const verdicts = group.map(({ explanation }) => explanation.verdict);
  return {
    purl,
    name: group[0]?.unit.name ?? purl,
    version: group[0]?.unit.version ?? null,
    verdict: VERDICTS.find((each) => verdicts.includes(each)) ?? 'not-known',
    images: digests.size,
  };
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

async function nothingFound(search: Search, asked: Asked): Promise<Outcome> {
  const { objects, advisories, past, targets, held } = search;
  const { id, named } = asked;
  const { images } = held;
  if (named !== null) {
    const names = held.units.map(({ unit }) => unit.name);
    return { kind: 'no-package', asked: named, similar: closest(named, names), images };
  }
  const units = held.units.map(({ unit }) => unit);
  const known = await advisories.known(id, units);
  const rows = [...past.rows.values()];
  const lineages = new Set(targets.flatMap((each) => each.rows.map(({ lineage }) => lineage)));
  const having = rows.filter((row) => !lineages.has(row.lineage) && hasOpen([row], asked));
  const ids = rows.flatMap(({ items }) => items.flatMap((each) => each.ids));
  return {
    kind: 'not-known',
    images,
    packages: units.length,
    unmatched: units.filter(({ ecosystem }) => known.uncovered.includes(ecosystem)).length,
    left: targets.length - images,
    elsewhere: having.map(({ lineage }) => lineage).sort(),
    similar: having.length > 0 ? [] : closest(id, ids).filter((each) => each !== id),
    resolved: past.run ? await findResolved(objects, past.run, id) : null,
    ...known,
  };
}
