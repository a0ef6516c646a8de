import { isRead } from '../../core/drift/observation.ts';
import { closest } from '../../core/explain/closest.ts';
import { type Digest, isDigest } from '../../core/image/digest.ts';
import { findReference, formatReference } from '../../core/image/reference.ts';
import { describeLineage } from '../../core/lineage/channel.ts';
import type { LineageRow } from '../../core/lineage/lineage.ts';
import { findIndexedImage } from '../index-image.ts';
import type { ObjectStore, StateStore } from '../ports.ts';
import type { Past } from '../read-past.ts';
import type { ExplainRequest } from './explained.ts';
import type { NothingFound } from './nothing-found.ts';

export interface ExplainPorts {
  readonly state: StateStore;
  readonly objects: ObjectStore;
}

/** A platform digest that is asked about, with the lineages of whose present it is. */
export interface Target {
  readonly digest: Digest;
  readonly platform: string;
  readonly rows: readonly LineageRow[];
  /** How it was named, where no lineage says so: a watched tag, the target of a scan. */
  readonly called?: string;
}

/** The images that a request is about: all that runs or that channels point at, or what it names of it; a watched tag or an indexed digest too. */
export async function findTargets(
  ports: ExplainPorts,
  past: Past,
  { image, workload }: ExplainRequest,
): Promise<readonly Target[] | NothingFound> {
  const rows = [...past.rows.values()];
  const running = workload === null ? rows : rows.filter((row) => isWorkload(row, workload));
  if (workload !== null && running.length === 0) return noWorkload(rows, workload);
  if (image === null) return byDigest(running);
  const named = running.filter((row) => isImage(row, image));
  if (named.length > 0) return byDigest(named);
  const known = workload === null ? await findElsewhere(ports, past, image) : [];
  return known.length > 0 ? known : noImage(past, running, image);
}

function byDigest(rows: readonly LineageRow[]): Target[] {
  return [...Map.groupBy(rows, ({ digest }) => digest)]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([digest, group]) => ({ digest, platform: group[0]?.platform ?? '', rows: group }));
}

/** By its id, by the end of it, by its lineage as alerts write it. */
function isWorkload({ kind, lineage }: LineageRow, text: string): boolean {
  if (kind !== 'workload') return false;
  const name = workloadOf(lineage);
  return [lineage, describeLineage(lineage), name].includes(text) || name.endsWith(`/${text}`);
}

function workloadOf(lineage: string): string {
  return lineage.slice(0, lineage.indexOf('|'));
}

/** Digits of a digest that surely name one. */
const DIGITS = /^(?:sha256:)?(?<digits>[0-9a-f]{7,64})…?$/;

function isImage({ reference, imageDigest, digest }: LineageRow, text: string): boolean {
  const said = /@(?<digest>sha256:[0-9a-f]{64})$/.exec(text)?.groups?.digest ?? text;
  const digits = DIGITS.exec(said)?.groups?.digits;
  if (digits) return [imageDigest, digest].some((each) => each.startsWith(`sha256:${digits}`));
  const repository = repositoryOf(reference);
  return [reference, repository].some((each) => each === text || each.endsWith(`/${text}`));
}

function repositoryOf(reference: string): string {
  const found = findReference(reference);
  return found
    ? formatReference({ registry: found.registry, repository: found.repository })
    : reference;
}

/** What nothing runs: where a watched tag points now, or any image that was indexed, by its whole digest. */
async function findElsewhere(
  { state, objects }: ExplainPorts,
  { run }: Past,
  image: string,
): Promise<readonly Target[]> {
  if (Object.hasOwn(run?.looked ?? {}, image)) {
    const series = (await state.observations(image)).filter(isRead);
    const last = series.at(-1)?.digest;
    const now = series.filter(({ digest }) => digest === last);
    const platforms = new Map(now.map((each) => [each.platformDigest, each.platform]));
    return [...platforms].map(([digest, platform]) => ({
      digest,
      platform,
      rows: [],
      called: image,
    }));
  }
  const digest = image.slice(image.lastIndexOf('@') + 1);
  const indexed = isDigest(digest) ? await findIndexedImage(objects, digest) : undefined;
  return indexed?.platforms.map((each) => ({ ...each, rows: [], called: image })) ?? [];
}

function noWorkload(rows: readonly LineageRow[], asked: string): NothingFound {
  const running = rows.filter(({ kind }) => kind === 'workload');
  const names = running.map(({ lineage }) => workloadOf(lineage));
  return { kind: 'no-workload', asked, similar: closest(asked, names), images: rows.length };
}

function noImage({ run }: Past, rows: readonly LineageRow[], asked: string): NothingFound {
  const names = [...rows.map(({ reference }) => reference), ...Object.keys(run?.looked ?? {})];
  return { kind: 'no-image', asked, similar: closest(asked, names), images: rows.length };
}
