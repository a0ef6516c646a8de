import { counted } from '../alert/compose-alert.ts';
import { capital } from '../change/describe-moves.ts';
import { findingOfKey } from '../change/items.ts';
import type { RuntimeMove } from '../lineage/lineage.ts';
import { type Borne, isGone } from './borne.ts';
import type { ImageBase } from './origin.ts';
import type { Standing } from './standing.ts';

/** Bases that a remedy names. */
const BASES = 3;

/** `sha256:` and twelve digits. */
const DIGEST_SHOWN = 19;

/** How it is known what a base is, where its own layers do not say so. */
const BY: Readonly<Record<ImageBase['method'], string>> = {
  layers: 'by its layers',
  annotation: 'as the image says',
  provenance: 'as its provenance says',
  history: 'by its history',
  packages: 'by its packages',
};

/** `9 days and 8 builds behind`; empty where nobody knows. */
export function behindText({
  buildsBehind,
  daysBehind,
}: Pick<Standing, 'buildsBehind' | 'daysBehind'>): string {
  if (buildsBehind === null) return '';
  if (buildsBehind === 0) return 'its newest build';
  const days = daysBehind ? `${counted(daysBehind, 'day')} and ` : '';
  return `${days}${counted(buildsBehind, 'build')} behind`;
}

/** `by its packages, low confidence`; empty where it is sure. */
export function doubtText({ method, confidence }: ImageBase): string {
  return confidence === 'high' ? '' : `${BY[method]}, ${confidence} confidence`;
}

/** As `doubtText` of what stands on several: `partly by its packages, medium confidence`. */
export function doubtsText(standings: readonly Standing[]): string {
  const texts = new Set(standings.map(({ base }) => doubtText(base)));
  const [doubt = '', ...more] = [...texts].filter(Boolean).sort();
  const all = [doubt, ...more].join(' or ');
  return doubt !== '' && texts.has('') ? `partly ${all}` : all;
}

/** A base in a table: `cgr.dev/chainguard/python:latest, of 2026-11-13, 9 days and 8 builds behind`. */
export function baseText(standing: Standing | undefined): string {
  if (!standing) return 'none known';
  const { base, at } = standing;
  const build = at === null ? digestOf(base) : `of ${at.slice(0, 'YYYY-MM-DD'.length)}`;
  return [base.name, build, behindText(standing), doubtText(base)].filter(Boolean).join(', ');
}

/** Of a build that no watched tag is known to have pointed at. */
function digestOf({ digest }: ImageBase): string {
  return digest === null ? 'which build is not known' : digest.slice(0, DIGEST_SHOWN);
}

/** `Python 3.13 to 3.14`, `glibc 2.42 to 2.43`. */
export function baseMoveText({ language, from, to }: RuntimeMove): string {
  const [name, series] = to.split(' ');
  const isSameLibc = language === 'libc' && series !== undefined && from.startsWith(`${name} `);
  if (isSameLibc) return `${from} to ${series}`;
  return language === 'libc' ? `${from} to ${to}` : `${capital(language)} ${from} to ${to}`;
}

/** Of how many findings, and how many places, some come with bases. */
export interface Whole {
  readonly findings: number;
  readonly lineages: number;
  /** Whether it stands beside one finding alone, so that "it" can be nothing else. @default false */
  readonly isBeside?: boolean;
}

/**
 * Says of findings that they come with a base, and whether a rebuild on its newest build helps: a sentence for each
 * base, nothing where none does.
 */
export function adviseOnBases(borne: readonly Borne[], whole: Whole): string {
  const groups = [...Map.groupBy(borne, ({ standing }) => standing.base.name)].sort(
    ([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1),
  );
  const sentences = groups.slice(0, BASES).map(([, group]) => adviseOn(group, whole));
  const more = groups.length - sentences.length;
  return [...sentences, ...(more > 0 ? [`So with ${counted(more, 'base')} more.`] : [])].join(' ');
}

function adviseOn(group: readonly Borne[], whole: Whole): string {
  const [oldest] = [...group].sort(byAge);
  if (!oldest) return '';
  const keys = new Set(group.map(({ key }) => key));
  const lineages = new Set(group.map(({ lineage }) => lineage));
  const where =
    lineages.size < whole.lineages ? `in ${lineages.size} of ${whole.lineages} places ` : '';
  const isAll = keys.size >= whole.findings;
  // By its name: what stands before the sentence may speak of other things since.
  const one = whole.isBeside ? 'it' : idOf(oldest);
  const all = whole.findings === 1 ? `${one} comes` : `all ${whole.findings} findings come`;
  const some = `${keys.size} of ${whole.findings} findings ${keys.size === 1 ? 'comes' : 'come'}`;
  const { base } = oldest.standing;
  const isSeveral = new Set(group.map(({ standing }) => standing.at)).size > 1;
  const behind = behindText(oldest.standing);
  const doubt = doubtsText(group.map(({ standing }) => standing));
  const told = [behind && `${isSeveral ? 'up to ' : ''}${behind}`, doubt].filter(Boolean);
  const stands = told.length > 0 ? ` (${told.join('; ')})` : '';
  const text = `${where}${isAll ? all : some} with the base ${base.name}${stands}${helpText(group)}`;
  return `${capital(text)}.`;
}

function idOf({ key }: Borne): string {
  return findingOfKey(key)?.id ?? key;
}

function byAge({ standing: left }: Borne, { standing: right }: Borne): number {
  return (right.buildsBehind ?? 0) - (left.buildsBehind ?? 0);
}

/** Whether a rebuild helps; nothing where it is not known what the newest build has. */
function helpText(group: readonly Borne[]): string {
  const known = group.filter((each) => isGone(each) !== null);
  if (known.length === 0) return '';
  const keys = new Set(known.map(({ key }) => key));
  const left = new Set(known.filter((each) => !isGone(each)).map(({ key }) => key));
  const gone = keys.size - left.size;
  const them = keys.size === 1 ? 'it' : 'them';
  if (gone === 0) {
    const isNewest = known.every(({ standing }) => standing.buildsBehind === 0);
    const why = isNewest ? '' : `: its newest build has ${them} too`;
    return `${why}, so a rebuild on it does not help yet`;
  }
  const what = left.size === 0 ? them : `${gone} of them`;
  const isItself = known.every(({ standing }) => standing.base.isItself);
  return `: its newest build is without ${what}, ${isItself ? 'deploy' : 'rebuild on'} that${movesText(known)}`;
}

/** No remedy crosses a runtime's series in silence. */
function movesText(group: readonly Borne[]): string {
  const texts = new Set(group.flatMap(({ standing }) => standing.moves.map(baseMoveText)));
  return texts.size === 0 ? '' : `, which moves ${[...texts].sort().join(' and ')}`;
}
