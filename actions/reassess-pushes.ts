import type { LineageRow, LineageTarget } from '../core/lineage/lineage.ts';
import {
  type ChannelPorts,
  commitChannel,
  compareWithChannel,
  HeadContendedError,
  readChannel,
} from './channel-state.ts';
import { readInventory } from './index-image.ts';
import type { Worker } from './night-steps.ts';
import { isAhead, readCurrentRun } from './read-run.ts';

/** Assesses again what was pushed while the night ran: it was compared with yesterday's advisories. */
export function reassessPushes(ports: ChannelPorts): Worker<'reassess-pushes'> {
  return async () => {
    const run = await readCurrentRun(ports);
    const heads = await ports.state.heads();
    let reassessed = 0;
    for (const { channel } of heads.filter((head) => isAhead(head, run))) {
      if (await reassessChannel(ports, channel)) reassessed++;
    }
    return { reassessed };
  };
}

const ATTEMPTS = 5;

/** Judges a channel's head by the current run's advisories, if it was not yet; says whether it had to. */
export async function reassessChannel(ports: ChannelPorts, channel: string): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const past = await readChannel(ports, channel);
    const { head, run, rows, matchedBy } = past;
    if (!head || !run || !past.isAhead || matchedBy === run.runId) return false;
    const inventories = await Promise.all(
      rows.map(({ digest }) => readInventory(ports.objects, digest)),
    );
    const telling = await compareWithChannel(
      ports,
      past,
      rows.map(targetOf),
      inventories,
      head.pushedAt,
    );
    // The same push, judged anew: its version stays.
    if (await commitChannel(ports, past, telling, head)) return true;
  }
  throw new HeadContendedError(channel);
}

function targetOf(row: LineageRow): LineageTarget {
  const { lineage, kind, scope, channel, reference, imageDigest, digest, platform } = row;
  return { lineage, kind, scope, channel, reference, imageDigest, digest, platform };
}
