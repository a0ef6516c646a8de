import { isWorse } from '../advisory/severity.ts';
import { barePurl } from '../change/items.ts';
import { isTrustedRepository } from './attached-vex.ts';
import { matchesPattern } from './pattern.ts';
import {
  type AppliedSuppression,
  endText,
  type SuppressedPlace,
  type Suppressible,
  type Suppression,
  type SuppressionEnd,
  type SuppressionScope,
  type SuppressionSet,
} from './suppression.ts';
import { isStatementAbout, repositoryOf, type VexStatement } from './vex-statement.ts';

/** Says of findings whether somebody has decided not to hear of them. */
export interface Suppressor {
  /** Nothing is silenced, whatever it is asked. */
  readonly isIdle: boolean;
  /** The first entry that applies. */
  judge(subject: Suppressible, place: SuppressedPlace): AppliedSuppression | undefined;
  /** Why an entry that applied before does not any more: `a fix exists: 3.5.2-r0`. */
  whyOver(entry: string, subject: Suppressible): string;
}

/** Nothing was ever decided. */
export const NO_SUPPRESSIONS: Suppressor = createSuppressor(undefined, '');

/**
 * Judges by a set as of `at` (RFC 3339). `attached` is what the images that are judged carry themselves
 * besides what the set knows of: it counts from the first look at the image on, whatever its date.
 */
export function createSuppressor(
  set: SuppressionSet | undefined,
  at: string,
  attached: readonly VexStatement[] = [],
): Suppressor {
  const entries = (set?.entries ?? []).filter(({ from }) => from <= at);
  const byVulnerability = Map.groupBy(entries, ({ vulnerability }) => vulnerability);
  const places = new Map(entries.map((entry, index) => [entry, index]));
  const version = set?.version ?? '';
  const statements = (set?.statements ?? []).filter((each) => each.at <= at);
  const trusted = set?.trustAttachedFrom ?? [];
  const carried = trusted.length > 0 ? [...(set?.attached ?? []), ...attached] : [];
  const lastOfOurs = createLastWord(statements);
  const lastOfTheirs = createLastWord(carried);
  /** What an image carries counts where our own documents are silent. */
  const stated = (subject: Suppressible, place: SuppressedPlace) => {
    const last =
      lastOfOurs(subject, place) ??
      lastOfTheirs(subject, place, (each) => isTrusted(each, trusted, place));
    const isSilent = last?.status === 'not_affected' || last?.status === 'fixed';
    return last && isSilent ? appliedStatement(last, version) : undefined;
  };
  return {
    isIdle: entries.length === 0 && statements.length === 0 && carried.length === 0,
    judge(subject, place) {
      const found = subject.ids
        .flatMap((id) => byVulnerability.get(id) ?? [])
        .filter((entry) => isAbout(entry, subject, place) && overBy(entry, subject, at) === null)
        .sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
      return found[0] ? applied(found[0], version) : stated(subject, place);
    },
    whyOver(id, subject) {
      const entry = set?.entries.find((each) => each.id === id);
      if (!entry && id.startsWith(VEX)) return 'no document of VEX says so any more';
      if (!entry) return 'it was taken out of the file';
      return overBy(entry, subject, at) ?? 'it is about something else now';
    },
  };
}

function applied(entry: Suppression, version: string): AppliedSuppression {
  const { id, owner, author, reason, end } = entry;
  return { entry: id, version, owner, author, reason, until: endText(end) };
}

/** Before the ids of documents, so that none is an entry's. */
const VEX = 'vex ';

function appliedStatement(
  { document, author, reason, vulnerabilities, attached }: VexStatement,
  setVersion: string,
): AppliedSuppression {
  const entry = `${VEX}${document} ${vulnerabilities[0]}`;
  const until = 'until it says otherwise';
  const version = attached?.document ?? setVersion;
  return { entry, version, owner: author, author, reason, until, via: 'vex' };
}

/** Of all that is said of a finding, the last word; of one moment, the later document's. */
function createLastWord(statements: readonly VexStatement[]) {
  const byName = statementsByName(statements);
  const places = new Map(statements.map((each, index) => [each, index]));
  return (
    subject: Suppressible,
    place: SuppressedPlace,
    counts: (statement: VexStatement) => boolean = () => true,
  ): VexStatement | undefined => {
    const said = [...new Set(subject.ids.flatMap((id) => byName.get(id) ?? []))];
    return said
      .filter((each) => isStatementAbout(each, subject, place) && counts(each))
      .sort((a, b) =>
        a.at === b.at ? (places.get(a) ?? 0) - (places.get(b) ?? 0) : a.at < b.at ? -1 : 1,
      )
      .at(-1);
  };
}

function isTrusted(
  { attached }: VexStatement,
  trusted: readonly string[],
  place: SuppressedPlace,
): boolean {
  return isTrustedRepository(trusted, attached?.from ?? repositoryOf(place));
}

function statementsByName(
  statements: readonly VexStatement[],
): ReadonlyMap<string, readonly VexStatement[]> {
  const byName = new Map<string, VexStatement[]>();
  for (const statement of statements) {
    for (const name of statement.vulnerabilities) {
      const known = byName.get(name);
      if (known) known.push(statement);
      else byName.set(name, [statement]);
    }
  }
  return byName;
}

function isAbout(
  scope: SuppressionScope,
  { package: purl }: Suppressible,
  place: SuppressedPlace,
): boolean {
  return (
    isAmong(scope.packages, (pattern) => isPackage(pattern, purl)) &&
    isAmong(scope.images, (pattern) => isImage(pattern, place)) &&
    isAmong(scope.workloads, (pattern) => isWorkload(pattern, place))
  );
}

function isAmong(patterns: readonly string[], matches: (pattern: string) => boolean): boolean {
  return patterns.length === 0 || patterns.some(matches);
}

function isPackage(pattern: string, purl: string): boolean {
  if (pattern.startsWith('pkg:')) {
    const isOfAnyVersion = !/@[^/]*$/.test(pattern.replace(/[?#].*$/, ''));
    const isWhole = /[?#]/.test(pattern);
    const text = isWhole ? purl : purl.replace(/[?#].*$/, '');
    return matchesPattern(pattern, isOfAnyVersion && !isWhole ? barePurl(purl) : text);
  }
  return namesOf(purl).some((name) => matchesPattern(pattern, name));
}

/** `pkg:npm/%40scope/name` is called `name` and `@scope/name`; Maven's are called `group:artifact` too. */
function namesOf(purl: string): string[] {
  const [, ...path] = barePurl(purl).split('/').map(decoded);
  const name = path.at(-1) ?? '';
  const isMaven = purl.startsWith('pkg:maven/');
  return [name, path.join('/'), ...(isMaven ? [path.join(':')] : [])];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function isImage(pattern: string, { channel }: SuppressedPlace): boolean {
  const text = pattern.includes('|') ? channel : repositoryOf({ channel });
  return matchesPattern(pattern, text);
}

/** A lineage is `workload|container|platform`. */
function isWorkload(pattern: string, { kind, lineage }: SuppressedPlace): boolean {
  if (kind !== 'workload') return false;
  return matchesPattern(pattern, lineage.slice(0, lineage.indexOf('|')));
}

function overBy({ end }: Suppression, subject: Suppressible, at: string): string | null {
  const { date, fix, change } = end;
  if (date && at >= date.over) return `it ended on ${date.last}`;
  if (fix && subject.fixedIn !== null) return `a fix exists: ${subject.fixedIn}`;
  return change ? changeOf(change, subject) : null;
}

function changeOf(
  judged: NonNullable<SuppressionEnd['change']>,
  { severity, exploited }: Suppressible,
): string | null {
  if (exploited !== undefined && !judged.exploited) return 'it is known to be exploited';
  if (isWorse(severity, judged.severity)) {
    return `it is rated ${severity}, and was ${judged.severity} when it was judged`;
  }
  return null;
}
