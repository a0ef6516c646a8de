import { type CheckLine, failed, passed } from '../../core/diagnosis/check-line.ts';
import { remedyOfText } from '../../core/diagnosis/remedy-of.ts';
import { parseReference } from '../../core/image/reference.ts';
import type { Clock, ImageSource, Registry, RegistryLister } from '../ports.ts';
import { failureLine, type SelfCheck } from '../self-check.ts';
import { DEPLOY_AGAIN } from './deploy-again.ts';

/** Asks what each tag points at: the registry's token service and its answers. */
export function checkTags(
  registry: Pick<Registry, 'resolve'>,
  images: readonly string[],
): SelfCheck {
  return {
    subject: 'watched tags',
    remedy: 'See whether the tag is written as its registry has it.',
    attempt: () =>
      linesOf(images, 'tag', async (image) => {
        const { digest } = await registry.resolve(parseReference(image));
        return `points at ${digest}`;
      }),
  };
}

const A_DAY = 86_400_000;

/** Asks for the last moves of the tags whose registry keeps a history: has its answer kept its shape? */
export function checkHistories(
  registry: Pick<Registry, 'tagHistory'>,
  images: readonly string[],
  clock: Clock,
): SelfCheck {
  return {
    subject: 'tag history',
    remedy:
      'The registry’s history has changed or is gone: moves are polled until this is mended. Look for a newer version of Tidewatch.',
    attempt: () =>
      linesOf(images, 'history of', async (image) => {
        const since = new Date(clock.now().getTime() - A_DAY).toISOString();
        const moves = await registry.tagHistory(parseReference(image), since);
        return moves ? `${moves.length} moves since ${since}` : 'none kept there: it is polled';
      }),
  };
}

/** Reads the manifest of one running image of each registry: what indexing begins with. */
export function checkPulls(images: Pick<ImageSource, 'resolve' | 'manifest'>): SelfCheck {
  return {
    subject: 'images that run',
    remedy: 'Pull it by hand with the same rights.',
    async attempt({ images: running }) {
      if (running.length === 0) return [passed('images that run', 'none known, none tried')];
      return await linesOf(running, 'pull of', async (image) => {
        const reference = parseReference(image);
        const digest = reference.digest ?? (await images.resolve(reference)).digest;
        const { bytes } = await images.manifest(reference, digest);
        return `manifest of ${bytes.length} bytes`;
      });
    },
  };
}

/** Lists whole registries. */
export function checkRegistries(lister: RegistryLister): SelfCheck {
  return {
    subject: 'registries',
    remedy: DEPLOY_AGAIN,
    async attempt() {
      const listings = await lister.list();
      return listings.map(({ scope, failure, repositories }) =>
        failure === null
          ? passed(scope, `${repositories.length} repositories`)
          : failed(
              scope,
              failure,
              remedyOfText(failure, 'See docs/configuration.md#what-is-in-ecr.'),
            ),
      );
    },
  };
}

/** One line each; a line that fails is its own. */
function linesOf(
  images: readonly string[],
  what: string,
  ask: (image: string) => Promise<string>,
): Promise<readonly CheckLine[]> {
  return Promise.all(
    images.map(async (image) => {
      const subject = `${what} ${image}`;
      try {
        return passed(subject, await ask(image));
      } catch (error) {
        return failureLine(subject, error, 'See whether it is written as its registry has it.');
      }
    }),
  );
}
