import { type CheckLine, failed, passed } from '../core/diagnosis/check-line.ts';
import { formatReference, parseReference } from '../core/image/reference.ts';
import type {
  DeploymentSource,
  ImageSource,
  ObjectStore,
  Registry,
  RunPointer,
  StateStore,
} from './ports.ts';
import { failureLine, type SelfCheck } from './self-check.ts';

// What each port can be asked without changing anything that counts: each call is one that the
// function's own work makes too, so that a right which is missing shows.

const DEPLOY_AGAIN = 'Deploy again; if it stays, read the function’s log.';

/** Below these keys nothing of a night lies. */
const TRIAL = 'self-check';

/** Reads, and writes where the function may, an object that says nothing. */
export function checkObjects(
  objects: ObjectStore,
  { read, write }: { readonly read: string | null; readonly write: string | null },
): SelfCheck {
  return {
    subject: 'object store',
    remedy: DEPLOY_AGAIN,
    async attempt() {
      if (read !== null) await objects.get(`${read}/${TRIAL}`);
      if (write !== null) await objects.put(`${write}/${TRIAL}`, new TextEncoder().encode('{}'));
      const done = [read !== null ? 'read' : [], write !== null ? 'written' : []].flat();
      return [passed('object store', done.join(' and '))];
    },
  };
}

/** A revision that no night reaches: the write is refused by its condition, after the right was checked. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** Reads the table and, where the function may write, tries a write whose condition never holds. */
export function checkState(
  state: Partial<Pick<StateStore, 'runPointer' | 'commitRunPointer' | 'observations'>>,
): SelfCheck {
  return {
    subject: 'state table',
    remedy: DEPLOY_AGAIN,
    async attempt() {
      const pointer: RunPointer | undefined = await state.runPointer?.();
      await state.observations?.(TRIAL);
      const refused = { revision: NEVER, runId: TRIAL, run: TRIAL, pending: [] };
      if (await state.commitRunPointer?.(refused)) {
        throw new Error('a write went through whose condition cannot hold');
      }
      const night = state.runPointer
        ? `, ${pointer ? `last night ${pointer.runId}` : 'no night yet'}`
        : '';
      return [passed('state table', `answers${night}`)];
    },
  };
}

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

/** Asks for the last moves of the tags whose registry keeps a history: has its answer kept its shape? */
export function checkHistories(
  registry: Pick<Registry, 'tagHistory'>,
  images: readonly string[],
  since: string,
): SelfCheck {
  return {
    subject: 'tag history',
    remedy:
      'The registry’s history has changed or is gone: moves are polled until this is mended. Look for a newer version of Tidewatch.',
    attempt: () =>
      linesOf(images, 'history of', async (image) => {
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

/** Lists what runs, scope by scope. */
export function checkDeployments(deployments: DeploymentSource): SelfCheck {
  return {
    subject: 'what runs',
    remedy: 'See the source’s section in docs/configuration.md#what-runs.',
    async attempt() {
      const scopes = await deployments.list();
      if (scopes.length === 0) {
        return [
          failed(
            'what runs',
            'nobody is asked',
            'Turn on an orchestrator, or list what runs, in tidewatch.config.ts.',
          ),
        ];
      }
      return scopes.map(({ scope, failure, deployments: all }) =>
        failure === null
          ? passed(scope, `${all.length} containers`)
          : failed(scope, failure, 'See docs/configuration.md#what-runs.'),
      );
    },
  };
}

/** One image of each registry that something runs from, for `checkPulls`. */
export async function sampleImages(deployments: DeploymentSource): Promise<readonly string[]> {
  const byRegistry = new Map<string, string>();
  for (const scope of await deployments.list()) {
    for (const { reference: image, digest } of scope.deployments) {
      const reference = parseReference(image);
      if (byRegistry.has(reference.registry)) continue;
      byRegistry.set(reference.registry, formatReference({ ...reference, digest }));
    }
  }
  return [...byRegistry.values()];
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
