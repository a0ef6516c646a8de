import type {
  Base,
  FixedImage,
  Place,
  PlaceLineage,
  Since,
} from '../../actions/explain/explained.ts';
import { counted } from '../../core/alert/compose-alert.ts';
import { describeLineage } from '../../core/lineage/channel.ts';
import { sourceText } from '../../core/sbom/describe-differences.ts';
import type { SbomDissent } from '../../core/sbom/name-differences.ts';
import type { AppliedSuppression } from '../../core/suppress/suppression.ts';
import { formatTime } from './format-time.ts';

/** Digits of ids and digests that are shown, and enough to name one. */
const DIGITS = 12;

/** Files and lineages that are named. */
const SHOWN = 3;

/** A label and a text. */
export type Row = readonly [label: string, text: string];

/** What an image is called: by what it was deployed or pushed as, else by its digest. */
export function placeTitle({
  lineages,
  digest,
  platform,
  called,
}: Pick<Place, 'digest' | 'platform' | 'called'> & {
  readonly lineages: readonly { readonly reference: string }[];
}): string {
  const references = [...new Set(lineages.map(({ reference }) => reference))];
  return `${references[0] ?? called ?? shortDigest(digest)} (${platform})`;
}

/** Where in an image a package is, who brought it, who runs it, and what is without it. */
export function describePlace(place: Place, name: string, isScanned = false): Row[] {
  const digests = new Set([...place.lineages.map((each) => each.imageDigest), place.digest]);
  return [
    ['Digest', [...digests].map(shortDigest).join(', of the platform ')],
    ['File', some(place.paths)],
    ['Layer', layerText(place, isScanned)],
    ...place.sboms.map((each): Row => ['SBOM', dissentText(each)]),
    // Of what was scanned alone nobody was asked.
    ...(isScanned ? [] : runsIn(place)),
    ...place.lineages.flatMap(staleRow),
    ...suppressedRows(place.lineages),
    ...sinceRows(place.lineages),
    ...place.fixed.map((each): Row => ['Without', fixedText(each, name)]),
  ];
}

/** `2026-03-06 05:25 UTC`. */
export function timeText(at: string): string {
  return `${new Date(at).toISOString().slice(0, 'YYYY-MM-DD'.length)} ${formatTime(at)} UTC`;
}

/** The beginning of a digest or an id of a snapshot. */
export function shortDigest(digest: string): string {
  const prefix = digest.startsWith('sha256:') ? 'sha256:'.length : 0;
  return digest.slice(0, prefix + DIGITS);
}

function some(texts: readonly string[]): string {
  const rest = texts.length - SHOWN;
  return [...texts.slice(0, SHOWN), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}

function layerText(place: Place, isScanned: boolean): string {
  const { layer, layers, broughtBy, base } = place;
  if (!layer) return `which of the ${layers} is not known`;
  const which = `${layer.index + 1} of ${layers} (${shortDigest(layer.digest)})`;
  if (!base) return `${which}; of base or application is not known: ${noBase(place, isScanned)}`;
  const { brought, unknown } = WHO;
  const who = broughtBy === 'unknown' ? unknown : brought[broughtBy];
  return `${which}, ${who} ${baseText(base)}`;
}

const WHO = {
  brought: { base: 'brought by the base', application: 'brought by what was built on the base' },
  unknown: 'of an image whose base is',
};

/** How it is known what the base is, where its own layers do not say so. */
const BY: Readonly<Record<Base['method'], string>> = {
  layers: '',
  annotation: ', as the image says',
  provenance: ', as its provenance says',
  history: ', by its history',
  packages: ', by its packages',
};

/** `cgr.dev/chainguard/python:latest (sha256:0123456789ab, as it was on …; 2 builds behind)`. */
function baseText({ image, digest, at, method, confidence, buildsBehind }: Base): string {
  const build = digest === null ? 'which build is not known' : shortDigest(digest);
  const since = at === null ? '' : `, as it was on ${timeText(at)}`;
  const behind = buildsBehind ? `; ${counted(buildsBehind, 'build')} behind` : '';
  const doubt = confidence === 'low' ? ', low confidence' : '';
  return `${image} (${build}${since}${behind})${BY[method]}${doubt}`;
}

function dissentText({ source, format, version }: SbomDissent): string {
  const says = version === null ? 'does not list it' : `lists it as ${version}`;
  return `${format}, ${sourceText(source)}: ${says}`;
}

function noBase({ claimedBase, unreadBuilds }: Place, isScanned: boolean): string {
  const none = isScanned ? 'a scan knows no other image' : noneBelow(unreadBuilds);
  return claimedBase === null ? none : `${none}; its label says ${claimedBase}`;
}

function noneBelow(unreadBuilds: number): string {
  if (unreadBuilds === 0) return 'no known image has its lowest layers';
  return `${counted(unreadBuilds, 'build')} of watched tags that this version has not read may be below it`;
}

function runsIn({ lineages }: Place): Row[] {
  const workloads = lineages.filter(({ kind }) => kind === 'workload');
  const names = workloads.map(({ lineage }) => describeLineage(lineage));
  return [['Runs in', names.length > 0 ? some(names) : 'nothing that was seen']];
}

function staleRow({ stale, lineage }: PlaceLineage): Row[] {
  return stale === null ? [] : [['Stale', `${describeLineage(lineage)}: ${stale}`]];
}

/** One decision may hold for several lineages: said once. */
function suppressedRows(lineages: readonly PlaceLineage[]): Row[] {
  const decisions = Map.groupBy(
    lineages.filter(({ suppressed }) => suppressed !== null),
    ({ suppressed }) => suppressed?.entry,
  );
  return [...decisions.values()].flatMap((group): Row[] => {
    const by = group[0]?.suppressed;
    const all = group.length === lineages.length;
    const where = all ? '' : ` in ${some(group.map(({ lineage }) => describeLineage(lineage)))}`;
    return by ? [['Suppressed', suppressedText(by, where)]] : [];
  });
}

/** By whose word something is suppressed. */
export function suppressedText(by: AppliedSuppression, where = ''): string {
  const { entry, owner, author, reason, until, version, via } = by;
  const what = via === 'vex' ? `by a document of VEX from ${owner}` : `by ${owner}`;
  const who = author === owner ? '' : `, written by ${author}`;
  return `${what} ${until}${where}${who}: ${reason} (entry ${entry}, version ${shortDigest(version)})`;
}

/** Alike for most lineages of an image: said once. */
function sinceRows(lineages: readonly PlaceLineage[]): Row[] {
  const texts = lineages.flatMap((each) => sinceAndOrigin(each));
  const distinct = [...new Set(texts)];
  if (distinct.length < 2) return distinct.map((text) => ['Open', text]);
  return lineages.flatMap((each) =>
    sinceAndOrigin(each).map((text): Row => ['Open', `${text}: ${describeLineage(each.lineage)}`]),
  );
}

function sinceAndOrigin({ since, origin, suppressed }: PlaceLineage): string[] {
  if (!since) return [];
  // What is suppressed says so itself.
  return [suppressed ? sinceText(since) : `${sinceText(since)}; ${originText(origin)}`];
}

function sinceText({ at, by }: Since): string {
  const time = timeText(at);
  switch (by) {
    case 'night':
      return `since the night of ${time}`;
    case 'push':
      return `since the push of ${time}`;
    case 'first-night':
      return `since the first night, ${time}, or before`;
    case 'at-least':
      return `since ${time} or before, no earlier night is kept`;
  }
}

/** How an open item was told. */
export function originText(origin: PlaceLineage['origin']): string {
  if (origin === null) return 'not told yet';
  if (origin === 'baseline') return 'there from the start, so only the baseline counted it';
  if (origin === 'feed')
    return 'known since its feed was first read, whose first message counted it';
  if (origin === 'engine') return 'known since Tidewatch was upgraded, which is not told';
  if (origin === 'untold') return 'too little to be told, it is in the report alone';
  return `told under thread ${origin.thread.slice(0, 8)}`;
}

function fixedText({ image, digest, version, how, since }: FixedImage, name: string): string {
  const what = version === null ? `has no ${name} any more` : `has ${name} ${version}`;
  const from =
    since === null
      ? ''
      : since.isExact
        ? `, since ${timeText(since.at)}`
        : `, since ${timeText(since.at)} or before`;
  const role = {
    base: `: rebuild on it`,
    tag: '',
    channel: ': deploy it',
  }[how];
  return `${image} (${shortDigest(digest)}) ${what}${from}${role}`;
}
