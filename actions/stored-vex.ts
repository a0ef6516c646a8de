import type { Digest } from '../core/image/digest.ts';
import type { LineageTarget } from '../core/lineage/lineage.ts';
import type { AttachedVex, CarriedVex } from '../core/suppress/attached-vex.ts';
import { repositoryOf, type VexStatement } from '../core/suppress/vex-statement.ts';
import type { ObjectStore } from './ports.ts';
import { findObject, hexOf, mapLimited, readObject, writeObject } from './stored-objects.ts';

/** Objects read at once. */
const READS_AT_ONCE = 16;

const FORMAT = 'attached-vex/1';

/** What is attached to images, by image: of most images nothing. */
const PREFIX = 'images/vex/';

/** What was attached to an image when it was indexed. */
export function indexedVexKey(digest: Digest): string {
  return `${PREFIX}${hexOf(digest)}/indexed.json`;
}

/** What was attached to `to` by a manifest that was pushed later. */
export function laterVexKey(to: Digest, manifest: Digest): string {
  return `${PREFIX}${hexOf(to)}/${hexOf(manifest)}.json`;
}

/** Keeps what was read first. */
export async function keepVex(objects: ObjectStore, key: string, vex: AttachedVex): Promise<void> {
  await writeObject(objects, FORMAT, key, vex);
}

/** What the images of targets carried when they were indexed: it belongs to them as their packages do. */
export async function readIndexedVex(
  objects: ObjectStore,
  targets: readonly Pick<LineageTarget, 'imageDigest'>[],
): Promise<readonly VexStatement[]> {
  const digests = [...new Set(targets.map(({ imageDigest }) => imageDigest))];
  const found = await mapLimited(digests, READS_AT_ONCE, (digest) =>
    findObject<AttachedVex>(objects, FORMAT, indexedVexKey(digest)),
  );
  return found.flatMap((vex) => vex?.statements ?? []);
}

/** What the images of a fleet carry by now, an image of several repositories once for each. */
export async function readCarriedVex(
  objects: ObjectStore,
  targets: readonly LineageTarget[],
): Promise<CarriedVex[]> {
  const byDigest = await readAll(objects, targets);
  if (byDigest.size === 0) return [];
  const images = Map.groupBy(targets, (each) => `${repositoryOf(each)} ${each.imageDigest}`);
  return [...images.values()].flatMap((group): CarriedVex[] => {
    const [first] = group;
    const digests = new Set(group.flatMap((each) => [each.imageDigest, each.digest]));
    const vex = merge([...digests].flatMap((digest) => byDigest.get(digest) ?? []));
    if (!first || vex.statements.length + vex.problems.length === 0) return [];
    return [{ repository: repositoryOf(first), digest: first.imageDigest, vex }];
  });
}

/** One list for all of them: of images that carry nothing nothing is asked. */
async function readAll(
  objects: ObjectStore,
  targets: readonly LineageTarget[],
): Promise<ReadonlyMap<Digest, readonly AttachedVex[]>> {
  const wanted = new Set(targets.flatMap(({ imageDigest, digest }) => [imageDigest, digest]));
  const keys: { readonly to: Digest; readonly key: string }[] = [];
  for await (const key of objects.list(PREFIX)) {
    const to = `sha256:${key.slice(PREFIX.length).split('/')[0]}`;
    if (wanted.has(to)) keys.push({ to, key });
  }
  const read = await mapLimited(keys, READS_AT_ONCE, async ({ to, key }) => ({
    to,
    vex: await readObject<AttachedVex>(objects, FORMAT, key),
  }));
  const byDigest = Map.groupBy(read, ({ to }) => to);
  return new Map([...byDigest].map(([to, all]) => [to, all.map(({ vex }) => vex)]));
}

/** The same document may have been there at first and be told of later: it counts once. */
function merge(all: readonly AttachedVex[]): AttachedVex {
  const seen = new Set<string>();
  const statements: VexStatement[] = [];
  for (const each of all) {
    const fresh = each.statements.filter((statement) => !seen.has(nameOf(statement)));
    for (const statement of fresh) seen.add(nameOf(statement));
    statements.push(...fresh);
  }
  return { statements, problems: all.flatMap(({ problems }) => problems) };
}

function nameOf({ attached }: VexStatement): string {
  return `${attached?.document} ${attached?.to} ${attached?.from}`;
}
