import { parseArgs } from 'node:util';
import { readStatus } from '../../actions/read-status.ts';
import type { Io } from '../io.ts';
import { STORE_MEANINGS, STORE_OPTIONS, withStores } from '../open-stores.ts';
import { createPage } from '../print/page.ts';
import { printStatus } from '../print/print-status.ts';
import type { Command } from './command.ts';

/** Milliseconds after which a night is overdue: a day, and the time that one may take. */
const OVERDUE = 26 * 3_600_000;

/** Says how an installation stands. */
export const status: Command = {
  name: 'status',
  summary: 'says how an installation stands: last and next night, feeds, what is pending',
  synopsis: '[--stack NAME | --state DIR]',
  options: STORE_MEANINGS,
  status:
    '0; 1 when the last night was not complete or is overdue, a feed is held, or something is pending; 2 when the words are not valid, or the installation is not there.',
  run: tellStatus,
};

async function tellStatus(args: readonly string[], io: Io): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: STORE_OPTIONS });
  return withStores(values, async (stores) => {
    const found = await readStatus(stores);
    const { night } = found;
    // A world's nights lie wherever its time does.
    const isOverdue = stores.nights !== null && Date.now() - Date.parse(night?.at ?? '') > OVERDUE;
    printStatus(createPage(io), found, { schedule: stores.nights, isOverdue, now: new Date() });
    const isHeld = night?.feeds.some(({ state }) => state === 'held') ?? false;
    const isWell = night?.status === 'complete' && !isOverdue && !isHeld;
    return isWell && found.pending.length === 0 ? 0 : 1;
  });
}
