import { isCovered } from '../../core/match/find-unmatched.ts';
import type { Finding } from '../../core/match/finding.ts';
import { whyNotLookedUp } from '../../core/match/not-looked-up.ts';
import type { OwnerUnit } from '../../core/match/unit.ts';
import { problemsOfUnit } from '../../core/match/unit-problems.ts';
import { matchUnits } from '../match-units.ts';
import type { FoundInPackage, Outcome, PackageAnswer } from './explained.ts';
import type { Target } from './find-targets.ts';
import type { HeldUnit } from './held-units.ts';
import { openItem, suppressedItem } from './open-since.ts';
import type { Search } from './search.ts';

/** Versions of a package, and findings of each, that are told one by one. */
const VERSIONS = 20;
const FINDINGS = 20;

/** Says what is found for a package in the images that are asked about, version by version. @throws ObjectMissingError, MalformedObjectError */
export async function explainPackage(
  search: Search,
  named: readonly HeldUnit[],
  asked: string,
): Promise<Outcome> {
  const { objects, judged, advisories } = search;
  const found = await matchUnits(
    objects,
    named.map(({ unit }) => unit),
  ).match(judged.feeds, judged.at);
  const byPurl = Map.groupBy(
    named.map((each, index) => ({ each, findings: found[index] ?? [] })),
    ({ each }) => each.unit.purl,
  );
  const versions = [...byPurl]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([purl, group]): PackageAnswer['versions'][number] => {
      const [first] = group;
      const targets = distinct(group.flatMap(({ each }) => each.holders()));
      const findings = foundIn(
        search,
        group.flatMap((one) => one.findings),
        targets,
      );
      const { name = purl, version = '', ecosystem = '', source = null } = first?.each.unit ?? {};
      return {
        purl,
        name,
        version,
        ecosystem,
        source: source?.name ?? null,
        images: targets.length,
        isCovered: isCovered(ecosystem, advisories.covered),
        notLookedUp: first ? whyNotLookedUp(first.each.unit) : null,
        notCompared: first ? whyNotCompared(first.each.unit) : null,
        findings: findings.slice(0, FINDINGS),
        more: Math.max(0, findings.length - FINDINGS),
      };
    });
  return {
    kind: 'package',
    asked,
    versions: versions.slice(0, VERSIONS),
    more: Math.max(0, versions.length - VERSIONS),
  };
}

/** What is not looked up at all says so itself. */
function whyNotCompared(unit: OwnerUnit): string | null {
  if (whyNotLookedUp(unit) !== null) return null;
  return problemsOfUnit(unit)[0]?.text ?? null;
}

function distinct(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.map((target) => [target.digest, target])).values()];
}

/** One of several owners may clear what another does not: found is what is found anywhere. */
function foundIn(
  { silencedBy }: Search,
  findings: readonly Finding[],
  targets: readonly Target[],
): FoundInPackage[] {
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  return [...byId.values()].map((finding) => {
    const { id, aliases, severity, fixedIn, status = null, about = null } = finding;
    const names = { ids: [id, ...aliases], purl: finding.package };
    const all = targets.flatMap((target) => target.rows);
    const running = all.filter(({ kind }) => kind === 'workload');
    // As wherever it is told: of what something runs only that counts.
    const rows = running.length > 0 ? running : all;
    const isOpen = rows.some((row) => openItem(row, names) && !suppressedItem(row, names));
    const isSilent = rows.some((row) => suppressedItem(row, names) !== undefined);
    const suppressed = (isSilent && !isOpen) || silencedBy?.(finding) !== undefined;
    return { id, severity, fixedIn, status, title: about, suppressed };
  });
}
