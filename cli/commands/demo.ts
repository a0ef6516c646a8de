import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { counted } from '../../core/alert/compose-alert.ts';
import { hostsOf } from '../../local/player/world-hosts.ts';
import type { Io } from '../io.ts';
import { playInto } from '../play-into.ts';
import { createStory } from '../print/create-story.ts';
import { createPage, type Page } from '../print/page.ts';
import { printHistory } from '../print/print-history.ts';
import { printFailedNights } from '../print/print-night.ts';
import { printPlaces } from '../print/print-progress.ts';
import { createNameShortener, type NameShortener } from '../print/shorten-names.ts';
import { wrapText } from '../print/wrap-text.ts';
import { readWorld } from '../read-world.ts';
import type { Command } from './command.ts';

/** The bundled week, wherever the command is called. */
const WORLD = fileURLToPath(new URL('../../worlds/week.ndjson', import.meta.url));

/** Plays the bundled week and tells it. */
export const demo: Command = {
  name: 'demo',
  summary: 'plays a week in the life of a small fleet, and tells it',
  synopsis: '[--out DIR]',
  options: [
    ['--out DIR', 'where the output goes, out/week by default; an earlier one is replaced'],
  ],
  status: '0 when the week was played to its end, 1 when a night failed, 2 when DIR is not valid.',
  run: playWeek,
};

async function playWeek(args: readonly string[], io: Io): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { out: { type: 'string', default: join('out', 'week') } },
  });
  const events = await readWorld(WORLD);
  const names = createNameShortener(hostsOf(events));
  const page = createPage(io);
  printTitle(page, names);

  const played = await playInto(values.out, events, createStory(page, names));
  printFailedNights(io, played.failedNights);

  const { nights, alerts, observations, reports } = played;
  page.gap();
  printHistory(page, observations, names.shorten);
  page.gap();
  page.print(
    page.paint('bold', `${counted(nights, 'night')} and ${counted(alerts.length, 'alert')} later`),
  );
  page.gap();
  printPlaces(page, values.out, reports.length > 0);
  printNext(page, join(values.out, '.state'));
  return played.failedNights.length === 0 ? 0 : 1;
}

function printTitle({ print, paint, width }: Page, { legend }: NameShortener): void {
  print(paint('bold', 'Tidewatch: a week in the life of a small fleet'));
  const said = legend === null ? '' : ` ${legend}.`;
  const intro = `The handlers that run in Lambda, on this machine: registry, DynamoDB, queues and SNS are embedded, and so is the clock. Each alert below was received by a subscriber of the topic. Times are UTC.${said}`;
  for (const line of wrapText(intro, width)) print(paint('dim', line));
}

function printNext({ print, paint, gap }: Page, state: string): void {
  gap();
  print(paint('bold', 'Next'));
  gap();
  print('  npx tidewatch scan TARGET');
  print(
    paint('dim', '    what is in an image: a registry reference, oci:DIR or docker-archive:FILE'),
  );
  print(`  npx tidewatch explain CVE-2026-9000035 --state ${state}`);
  print(paint('dim', '    why it is a finding, where it is, and what ends it'));
  print('  npm run simulate -- WORLD.ndjson --out DIR');
  print(paint('dim', '    a world of your own; docs/worlds.md is the format'));
}
