import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { playWorld } from '../../../local/player/play-world.ts';
import { parseWorld } from '../../../local/world/parse-world.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidewatch-people-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('tells people what it tells machines, and one line a quiet night', async () => {
  const world = parseWorld(readFileSync('test/worlds/six-events.ndjson'));
  const nights = world.filter((event) => event.do === 'night');
  // The last night again, a day later: nothing has happened since.
  const after = new Date(Date.parse(nights.at(-1)?.at ?? '') + 86_400_000).toISOString();

  const { alerts, mails, runs } = await playWorld([...world, { at: after, do: 'night' }], folder);

  for (const { message, alertId } of alerts) {
    expect(mails.filter((mail) => mail.startsWith(message) && mail.includes(alertId))).toHaveLength(
      1,
    );
  }
  const quiet = mails.filter((mail) => /^(Quiet night|Nothing new)/.test(mail));
  expect(mails).toHaveLength(alerts.length + quiet.length);
  const silentNights = runs.filter(
    ({ changes }) => !Object.keys(changes).some((kind) => kind.startsWith('alert:')),
  );
  expect(quiet).toHaveLength(silentNights.length);
  expect(quiet.length).toBeGreaterThan(0);
});
