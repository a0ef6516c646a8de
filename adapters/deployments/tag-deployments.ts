import type { Deployment, DeploymentScope, Registry } from '../../actions/ports.ts';
import { mapLimited } from '../../actions/stored-objects.ts';
import { formatReference } from '../../core/image/reference.ts';
import { isAttachment, matchesTag, type TagPattern } from '../../core/image/tag-pattern.ts';
import { scopeFailure } from './scope-failure.ts';

/** Tags that somebody runs, each of them. */
export interface TaggedDeployment extends Pick<Deployment, 'workload' | 'container' | 'platform'> {
  readonly tags: TagPattern;
}

/** Tags that one pattern may match: a pattern that means a whole history is a slip of the pen. */
const MOST_TAGS = 500;

/**
 * What the tags of a pattern point at: each a workload of its own, `<workload>:<tag>`, for as long as
 * the tag is there. A pattern that matches nothing is no empty fleet: its scope was not seen.
 */
export async function listTags(
  registry: Pick<Registry, 'resolve' | 'tags'>,
  { workload, container, platform, tags }: TaggedDeployment,
): Promise<DeploymentScope> {
  const scope = `static/${workload}/${container}/${platform}`;
  const { pattern, ...repository } = tags;
  const named = `${formatReference(repository)}:${pattern}`;
  const unseen = (failure: string) => ({ scope, failure, deployments: [] });
  try {
    const all = await registry.tags(repository);
    const matching = all.filter((tag) => matchesTag(pattern, tag) && !isAttachment(tag));
    if (matching.length === 0) {
      return unseen(`no tag matches ${named}: push one, or correct the entry of ${workload}`);
    }
    if (matching.length > MOST_TAGS) {
      return unseen(`${matching.length} tags match ${named}, more than ${MOST_TAGS}: narrow it`);
    }
    const read = await mapLimited(matching, 8, async (tag): Promise<Deployment | string> => {
      try {
        const { digest } = await registry.resolve({ ...repository, tag });
        const reference = formatReference({ ...repository, tag });
        return { workload: `${workload}:${tag}`, container, platform, reference, digest };
      } catch (error) {
        return `${workload}:${tag} (${named}): ${String(error)}`;
      }
    });
    return {
      scope,
      failure: scopeFailure(read.filter((each) => typeof each === 'string')),
      deployments: read.filter((each) => typeof each === 'object'),
    };
  } catch (error) {
    return unseen(`${workload} (${named}): ${String(error)}`);
  }
}
