import { type Indexer, IndexerFailedError } from '../../actions/ports.ts';
import type { Watched } from '../../actions/watch-tags.ts';
import { handleIndexImage } from '../../lambda/index-image/handle.ts';
import { handleWatchTags } from '../../lambda/watch-tags/handle.ts';
import { type ProcessOutcome, runProcess } from '../cloud/process.ts';
import type { ProductPorts } from './product-ports.ts';

/** Plays one hour: the look at the watched tags, in a process of its own. */
export function runEmbeddedHour(ports: ProductPorts): Promise<ProcessOutcome<Watched>> {
  return runProcess(handleWatchTags({ ...ports, indexer: createEmbeddedIndexer(ports) }));
}

/** The function that indexes as another process, which may crash without its caller. */
function createEmbeddedIndexer(ports: ProductPorts): Indexer {
  const indexImage = handleIndexImage({ ...ports, images: ports.registry });
  return {
    async index(images) {
      const event = JSON.stringify({ images });
      const outcome = await runProcess(() => indexImage(JSON.parse(event)));
      if (outcome.kind === 'done') return;
      const why = outcome.kind === 'failed' ? String(outcome.error) : 'it crashed';
      throw new IndexerFailedError(`no answer: ${why}`);
    },
  };
}
