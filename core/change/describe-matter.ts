import { describeLikelihood, highestLikelihood, type Likelihood } from '../advisory/likelihood.ts';
import { SEVERITIES, type Severity } from '../advisory/severity.ts';
import type { AlertText } from '../alert/compose-alert.ts';
import { counted, limited } from '../alert/compose-alert.ts';
import { type Borne, isGone } from '../base/borne.ts';
import { adviseOnBases } from '../base/describe-base.ts';
import type { Standing } from '../base/standing.ts';
import { kindOfCheck } from '../check/listed-checks.ts';
import { OPAQUE_CHECK } from '../cover/coverage.ts';
import type { Item, LineageRow, RuntimeMove } from '../lineage/lineage.ts';
import { capital, moveRemedy, moveText } from './describe-moves.ts';
import { barePurl, checkOfKey, findingOfKey } from './items.ts';
import type { Matter } from './matter.ts';
import { predictBreaks } from './runtime-ties.ts';

/** Fixes that a remedy names. */
const FIXES_SHOWN = 10;

/** How likely a vulnerability is to be exploited, as of the night, by its CVE id. */
export type LikelihoodOf = (id: string) => Likelihood | undefined;

/** What is known of the bases of a matter's images. */
export interface MatterBases {
  /** How the base stands with which an item of a lineage comes; `undefined` where it comes with none. */
  standingOf(lineage: string, key: string): Standing | undefined;
  runtimesOf(lineage: string): LineageRow['runtimes'];
}

const NO_BASES: MatterBases = { standingOf: () => undefined, runtimesOf: () => [] };

/** Words a matter for people. */
export function describeMatter(
  matter: Matter,
  likelihoodOf: LikelihoodOf = () => undefined,
  bases: MatterBases = NO_BASES,
): AlertText {
  const borne = borneOf(matter, bases);
  const items = [...new Map([...matter.known, ...matter.items]).values()].sort(bySeverity);
  const moves = [...matter.moves.values()];
  return {
    kind: kindOf(matter),
    cause: matter.cause,
    severity: worstOf(items) ?? 'high',
    subject: matter.subject,
    title: titleOf(matter, items, moves),
    remedy: [remedyOf(matter, items, moves), baseRemedy(matter, items, borne)]
      .filter(Boolean)
      .join(' '),
    lineages: matter.lineages,
    details: [
      ...(matter.imageDigest ? [`${matter.subject}@${matter.imageDigest}`] : []),
      ...moves.map(moveText),
      ...overTexts(matter),
      ...aboutTexts(items),
      ...items.map((item) => itemText(item, likelihoodOf)),
      ...breaksOf(borne, bases),
    ],
  };
}

/** What of a matter comes with the bases of its images. */
function borneOf({ known, items, lineages }: Matter, { standingOf }: MatterBases): Borne[] {
  const keys = [...new Set([...known.keys(), ...items.keys()])].filter(findingOfKey);
  return [...lineages].flatMap((lineage) =>
    keys.flatMap((key) => {
      const standing = standingOf(lineage, key);
      return standing ? [{ lineage, key, standing }] : [];
    }),
  );
}

/** Whether a rebuild on the base helps, where it is one. */
function baseRemedy({ lineages }: Matter, items: readonly Item[], borne: readonly Borne[]): string {
  const findings = items.filter(({ key }) => findingOfKey(key)).length;
  return adviseOnBases(borne, { findings, lineages: lineages.size });
}

/** What a rebuild that the remedy names would break. */
function breaksOf(borne: readonly Borne[], { runtimesOf }: MatterBases): string[] {
  const moved = borne
    .filter(isGone)
    .flatMap(({ lineage, standing }) =>
      standing.moves
        .filter(({ language }) => language === 'python')
        .map(({ to }) => ({ lineage, to })),
    );
  return [...Map.groupBy(moved, ({ to }) => to)].flatMap(([to, group]) => {
    const lineages = [...new Set(group.map(({ lineage }) => lineage))];
    const rows = lineages.map((lineage) => ({ lineage, runtimes: runtimesOf(lineage) }));
    return predictBreaks(rows, to);
  });
}

function titleOf(matter: Matter, items: readonly Item[], moves: readonly RuntimeMove[]): string {
  const what = [...moves.map(moveText), ...summary(items)].join(', ');
  switch (matter.kind) {
    case 'disclosed':
      return `${matter.subject} (${ratingText(items)}) disclosed in ${packagesOf(items).join(', ')}: ${counted(matter.lineages.size, 'workload')}`;
    case 'exploited':
      return `${matter.subject} (${worstOf(items)}) is ${exploitedText(items)}: ${packagesOf(items).join(', ')} in ${counted(matter.lineages.size, 'workload')}`;
    case 'unsuppressed':
      return `${matter.subject} (${ratingText(items)}) is no longer suppressed in ${packagesOf(items).join(', ')}: ${matter.over?.why}: ${counted(matter.lineages.size, 'workload')}`;
    case 'new-workload':
      return `New workload enters with ${what}: ${matter.subject}`;
    case 'regression':
      return `${matter.subject} got worse: ${what}`;
  }
}

/** What is told for a vulnerability, not for an image, is told as disclosed. */
function kindOf({ kind }: Matter): Exclude<Matter['kind'], 'exploited' | 'unsuppressed'> {
  return kind === 'exploited' || kind === 'unsuppressed' ? 'disclosed' : kind;
}

function overTexts({ over }: Matter): string[] {
  if (!over) return [];
  const { entry, owner, reason, until } = over.by;
  return [`Suppression ${entry} of ${owner} (${until}) said: ${reason}`];
}

function summary(items: readonly Item[]): string[] {
  const findings = items.filter((item) => findingOfKey(item.key));
  const checks = items.filter((item) => !findingOfKey(item.key));
  const [first] = findings;
  const findingText =
    findings.length === 1 && first
      ? [`${first.title} (${first.severity})`]
      : findings.length > 1
        ? [`${counted(findings.length, 'finding')}, the worst ${worstOf(findings)}`]
        : [];
  return [...checks.map(({ key, brief }) => brief ?? key.slice('check|'.length)), ...findingText];
}

function remedyOf(matter: Matter, items: readonly Item[], moves: readonly RuntimeMove[]): string {
  const fixes = fixesOf(items);
  const upgrade = fixes.length > 0 ? `rebuild with ${limited(fixes, FIXES_SHOWN).join(', ')}` : '';
  const unfixed = items.filter((item) => findingOfKey(item.key) && !item.fixedIn).length;
  if (kindOf(matter) === 'disclosed') {
    return upgrade
      ? `${capital(upgrade)}, then deploy.`
      : 'No fix is known yet: judge whether the code is reached, and watch for one.';
  }
  const steps = [
    ...new Set(moves.map(moveRemedy)),
    ...(upgrade ? [upgrade] : []),
    ...checkSteps(items),
    ...(unfixed > 0 ? [`judge the ${counted(unfixed, 'finding')} without a fix`] : []),
  ];
  const back = matter.kind === 'regression' ? ', or roll back to the digest before' : '';
  return `${capital(steps.join('; '))}${back}.`;
}

/** Nothing is missing in the image: it was built for another Python. */
const PYTHON_CHECK = 'python-environment';

/** What to do about failed checks; what is wrong with an image that cannot start stands in the details. */
function checkSteps(items: readonly Item[]): string[] {
  const ids = items.flatMap(({ key }) => checkOfKey(key) ?? []);
  const kinds = ids.filter((id) => id !== OPAQUE_CHECK && id !== PYTHON_CHECK).map(kindOfCheck);
  return [
    ...(ids.includes(PYTHON_CHECK)
      ? ['make the Python environment anew, by the minor and where it will run (docs/python.md)']
      : []),
    ...(kinds.includes('fitness') ? ['put into the image what it needs to start'] : []),
    ...(kinds.includes('hardening') ? ['build the final stage from the hardened base again'] : []),
    ...(ids.includes('image-size') ? ['copy only what runs into the final stage'] : []),
    ...(ids.includes('support') ? ['take a base and runtimes that are still supported'] : []),
    ...(ids.includes(OPAQUE_CHECK)
      ? ['build what is opaque so that it says what is in it (docs/coverage.md)']
      : []),
  ];
}

/** `openssl ≥ 3.5.2-r0`, the fixes of all findings, sorted. */
function fixesOf(items: readonly Item[]): string[] {
  const fixes = items.flatMap((item) => {
    const purl = findingOfKey(item.key)?.purl;
    return purl && item.fixedIn ? [`${nameOf(purl)} ≥ ${item.fixedIn}`] : [];
  });
  return [...new Set(fixes)].sort();
}

function packagesOf(items: readonly Item[]): string[] {
  const names = items.flatMap((item) => findingOfKey(item.key)?.purl ?? []).map(nameOf);
  return [...new Set(names)].sort();
}

function nameOf(purl: string): string {
  const bare = barePurl(purl);
  return decodeURIComponent(bare.slice(bare.lastIndexOf('/') + 1));
}

function itemText(item: Item, likelihoodOf: LikelihoodOf): string {
  if (!findingOfKey(item.key)) return item.title;
  const fix = item.fixedIn ? `fixed in ${item.fixedIn}` : 'no fix known';
  const rating = item.ratedBy ? `${item.severity}, by ${item.ratedBy.who}` : item.severity;
  const exploited = item.exploited ? `, ${exploitedText([item])}` : '';
  // What is exploited already is no question of likelihood any more.
  const likelihood = item.exploited ? undefined : highestLikelihood(item.ids, likelihoodOf);
  const epss = likelihood ? `, ${describeLikelihood(likelihood)}` : '';
  return `${item.title} (${rating}), ${fix}${exploited}${epss}`;
}

/** `CVE-2026-1: what it is`, each vulnerability once. */
function aboutTexts(items: readonly Item[]): string[] {
  const texts = items.flatMap(({ key, about }) => {
    const id = findingOfKey(key)?.id;
    return id && about ? [`${id}: ${about}`] : [];
  });
  return [...new Set(texts)];
}

function ratingText(items: readonly Item[]): string {
  const isExploited = items.some(({ exploited }) => exploited);
  return `${worstOf(items)}${isExploited ? ', known to be exploited' : ''}`;
}

function exploitedText(items: readonly Item[]): string {
  const [exploited] = items.flatMap((item) => item.exploited ?? []);
  const by = exploited?.ransomware ? ', by ransomware too' : '';
  const due = exploited?.due ? `, due ${exploited.due}` : '';
  return `known to be exploited since ${exploited?.since ?? 'an unknown day'}${by}${due}`;
}

function worstOf(items: readonly Item[]): Severity | undefined {
  return SEVERITIES.find((severity) => items.some((item) => item.severity === severity));
}

function bySeverity(left: Item, right: Item): number {
  return (
    SEVERITIES.indexOf(left.severity) - SEVERITIES.indexOf(right.severity) ||
    (left.key < right.key ? -1 : 1)
  );
}
