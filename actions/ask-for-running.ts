import type { Digest } from '../core/image/digest.ts';
import { ImageNotFoundError } from '../core/image/errors.ts';
import { parseReference } from '../core/image/reference.ts';
import type { IndexedImage } from '../core/inventory/inventory.ts';
import type { NightPlan } from './night-objects.ts';
import type { Registry } from './ports.ts';
import { type NightScope, ranOrRuns, type SeenDeployment } from './remember-deployments.ts';
import { mapLimited } from './stored-objects.ts';

/** What there is to ask. */
interface Running extends Pick<NightPlan, 'channels'> {
  readonly scopes: readonly NightScope[];
  /** Images that are known, by digest. */
  readonly indexed: ReadonlyMap<Digest, IndexedImage>;
}

/**
 * Asks for the images that run and are known, whether they are still there: what is gone runs on,
 * and cannot be pulled when a task has to start anew. What a tag points at needs no question, and
 * what nobody has indexed is read anyway.
 */
export async function askForRunning(
  ports: { readonly registry: Pick<Registry, 'resolve'> },
  { channels, scopes, indexed }: Running,
): Promise<Pick<NightPlan, 'gone' | 'unasked'>> {
  const present = new Set(
    channels.flatMap(({ digest }) =>
      digest === null
        ? []
        : [digest, ...(indexed.get(digest)?.platforms ?? []).map((each) => each.digest)],
    ),
  );
  const running = scopes
    .flatMap(ranOrRuns)
    .filter(({ digest }) => indexed.has(digest) && !present.has(digest));
  const images = [...Map.groupBy(running, nameOf)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, deployments]) => deployments);
  const answers = await mapLimited(images, 8, (each) => askForOne(ports.registry, each));
  return {
    gone: answers.flatMap((answer) => (answer && 'lineages' in answer ? [answer] : [])),
    unasked: answers.flatMap((answer) => (answer && 'failure' in answer ? [answer] : [])),
  };
}

/** One question an image, however many run it and whatever tags they name. */
function nameOf({ reference, digest }: SeenDeployment): string {
  const { registry, repository } = parseReference(reference);
  return `${registry}/${repository}@${digest}`;
}

async function askForOne(
  registry: Pick<Registry, 'resolve'>,
  deployments: readonly SeenDeployment[],
): Promise<NightPlan['gone'][number] | NightPlan['unasked'][number] | undefined> {
  const [first] = deployments;
  if (!first) return undefined;
  const { reference, digest } = first;
  const { registry: host, repository } = parseReference(reference);
  try {
    await registry.resolve({ registry: host, repository, digest });
    return undefined;
  } catch (error) {
    if (!(error instanceof ImageNotFoundError)) {
      return { reference, digest, failure: String(error) };
    }
    return { reference, digest, lineages: deployments.map(({ lineage }) => lineage).sort() };
  }
}
