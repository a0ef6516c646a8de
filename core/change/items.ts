import type { Severity } from '../advisory/severity.ts';
import { kindOfCheck } from '../check/listed-checks.ts';
import { isOver } from '../check/support/judge-part.ts';
import { type SupportedPart, supportedParts } from '../check/support/supported-parts.ts';
import { judgeSupport } from '../check/support-check.ts';
import { OPAQUE_CHECK } from '../cover/coverage.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Item, RuntimeMinor } from '../lineage/lineage.ts';
import type { Finding } from '../match/finding.ts';
import { mergeFindings } from './merge-findings.ts';
import { listRuntimes } from './runtime-ties.ts';

/** What a comparison needs to know of a platform digest besides its findings. */
export interface ImageFacts {
  /** Failed checks but those that only advise; some of them are that part of the image could not be read or is opaque, so that nobody takes it for clean. */
  readonly checks: readonly { readonly id: string; readonly message: string }[];
  readonly runtimes: readonly RuntimeMinor[];
  /** Of which it depends on the day whether they are still supported; not there in facts of before they were asked for. */
  readonly supported?: readonly SupportedPart[];
  /** What is pulled, compressed: begun decimal megabytes, so that many images share their facts. Not there in facts of before. */
  readonly megabytes?: number;
  /** As in `Inventory`: it was made of captures that hold less than today's extractors want. */
  readonly capture?: number;
}

/** How much it matters when a check fails. */
const CHECK_SEVERITY: Readonly<Record<string, Severity>> = {
  'root-user': 'high',
  'private-key': 'high',
  // What is in there may be anything.
  unread: 'unrated',
  [OPAQUE_CHECK]: 'unrated',
};

const MEGABYTE = 1e6;

/** Of what is shown, and not told. */
const ADVICE_SEVERITY: Severity = 'low';

/** What cannot start is down. */
const FITNESS_SEVERITY: Severity = 'high';

/** The facts of an inventory that are compared along a lineage. */
export function factsOf(
  inventory: Pick<
    Inventory,
    | 'checks'
    | 'problems'
    | 'size'
    | 'distro'
    | 'packages'
    | 'runtimes'
    | 'pythonEnvironments'
    | 'coverage'
    | 'capture'
  >,
): ImageFacts {
  return {
    checks: [
      ...inventory.checks
        .filter(({ id, status }) => status === 'fail' && kindOfCheck(id) !== 'advice')
        .map(({ id, message }) => ({ id, message })),
      ...unreadCheck(inventory.problems),
      ...opaqueCheck(inventory.coverage),
    ],
    runtimes: listRuntimes(inventory),
    supported: supportedParts(inventory),
    megabytes: Math.ceil(inventory.size / MEGABYTE),
    ...(inventory.capture !== undefined && { capture: inventory.capture }),
  };
}

/** By what an image is judged besides what it is. */
export interface JudgedBy {
  /** The day (RFC 3339 in UTC). */
  readonly at: string;
  /** As of `AlertPolicy`. */
  readonly imageMegabytes?: number | undefined;
}

/** Everything wrong with an image, by key: a vulnerability in several versions of a package is one item. */
export function itemsOf(
  facts: ImageFacts,
  findings: readonly Finding[],
  by: JudgedBy,
): Map<string, Item> {
  const checks = [
    ...facts.checks.map(checkItem),
    ...supportItems(facts, by),
    ...sizeItems(facts, by),
  ];
  const found = [...groupByKey(findings).values()].map((same) => findingItem(mergeFindings(same)));
  return new Map([...checks, ...found].map((item) => [item.key, item]));
}

function groupByKey(findings: readonly Finding[]): Map<string, [Finding, ...Finding[]]> {
  const byKey = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const key = itemKeyOf(finding);
    const same = byKey.get(key);
    if (same) same.push(finding);
    else byKey.set(key, [finding]);
  }
  return byKey;
}

/** The key of a finding's item. The version is no part of it: a rebuild that still has the vulnerability is no news. */
export function itemKeyOf({ id, package: purl }: Pick<Finding, 'id' | 'package'>): string {
  return `finding|${id}|${barePurl(purl)}`;
}

/** Problems named in an item's title, at most. */
const UNREAD_NAMED = 2;
/** Opaque files that are. */
const OPAQUE_NAMED = 2;

function unreadCheck(problems: Inventory['problems']): ImageFacts['checks'] {
  if (problems.length === 0) return [];
  const named = problems.slice(0, UNREAD_NAMED).map(({ path, reason }) => `${path}: ${reason}`);
  const more = problems.length - named.length;
  const rest = more > 0 ? `; and ${more} more` : '';
  return [{ id: 'unread', message: `Could not be read in part: ${named.join('; ')}${rest}.` }];
}

/** Executables that no advisory can speak of, named like what could not be read. */
function opaqueCheck(coverage: Inventory['coverage']): ImageFacts['checks'] {
  if (!coverage || coverage.opaque === 0) return [];
  const { opaque, opaqueFiles } = coverage;
  const named = opaqueFiles.slice(0, OPAQUE_NAMED).map(({ path, why }) => `${path}: ${why}`);
  const more = opaque - named.length;
  const rest = more > 0 ? `; and ${more} more` : '';
  const message = `Holds code that no advisory can speak of: ${named.join('; ')}${rest}.`;
  return [{ id: OPAQUE_CHECK, message }];
}

/** What is over weighs as a lost check does; what only comes to its end is told once for all images. */
function supportItems({ supported = [] }: ImageFacts, { at }: JudgedBy): Item[] {
  const { status, message } = judgeSupport(supported, at);
  if (status !== 'fail') return [];
  const over = supported.filter((part) => isOver(part, at)).map(({ name }) => name);
  const item = checkItem({ id: 'support', message });
  if (over.length === 0) return [{ ...item, severity: ADVICE_SEVERITY }];
  return [{ ...item, brief: `${over.join(' and ')} (out of support)`, severity: 'medium' }];
}

/** Somebody has set a budget to hear of what is above it. */
function sizeItems({ megabytes = 0 }: ImageFacts, { imageMegabytes }: JudgedBy): Item[] {
  if (imageMegabytes === undefined || megabytes <= imageMegabytes) return [];
  const message = `Is larger than its budget: ${megabytes} MB of ${imageMegabytes} MB.`;
  return [checkItem({ id: 'image-size', message })];
}

/** Whether a failed check depends on more than the image: on the day, or on a setting. */
export function isReadCheck({ key }: Pick<Item, 'key'>): boolean {
  return key === SUPPORT_KEY || key === 'check|image-size';
}

/** The key of what is not supported, or not for long. */
export const SUPPORT_KEY = 'check|support';

/** Whether a failed check only advises: it is shown, and not told. */
export function isAdvice({ key, severity }: Pick<Item, 'key' | 'severity'>): boolean {
  return checkOfKey(key) !== undefined && severity === ADVICE_SEVERITY;
}

function checkItem({ id, message }: ImageFacts['checks'][number]): Item {
  return {
    key: `check|${id}`,
    title: message,
    severity: CHECK_SEVERITY[id] ?? (kindOfCheck(id) === 'fitness' ? FITNESS_SEVERITY : 'medium'),
    fixedIn: null,
    ids: [],
    records: [],
    feeds: [],
  };
}

/** What a finding is on a lineage. */
export function findingItem(finding: Finding): Item {
  const purl = barePurl(finding.package);
  const name = decodeURIComponent(purl.slice(purl.lastIndexOf('/') + 1));
  return {
    key: itemKeyOf(finding),
    title: `${finding.id} in ${name} ${finding.version}`,
    severity: finding.severity,
    fixedIn: finding.fixedIn,
    ids: [finding.id, ...finding.aliases],
    records: finding.records,
    feeds: finding.feeds,
    ...(finding.status && { status: finding.status }),
    ...(finding.about && { about: finding.about }),
    ...(finding.ratedBy && { ratedBy: finding.ratedBy }),
    ...(finding.exploited && { exploited: finding.exploited }),
  };
}

/** The id of a failed check of a key; `undefined` for a finding. */
export function checkOfKey(key: string): string | undefined {
  return key.startsWith('check|') ? key.slice('check|'.length) : undefined;
}

/** A purl without version, qualifiers and subpath. */
export function barePurl(purl: string): string {
  return purl.replace(/[?#].*$/, '').replace(/@[^@/]*$/, '');
}

/** The finding id and the package of a finding's key; `undefined` for a check. */
export function findingOfKey(
  key: string,
): { readonly id: string; readonly purl: string } | undefined {
  // Ids come out of feeds and may hold anything; a purl holds no bar.
  const groups = /^finding\|(?<id>.+)\|(?<purl>[^|]+)$/s.exec(key)?.groups;
  return groups?.id && groups.purl ? { id: groups.id, purl: groups.purl } : undefined;
}
