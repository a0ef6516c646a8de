import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Stores, withStores } from '../../../cli/open-stores.ts';
import { embeddedClientOptions } from '../../../local/cloud/embedded-clients.ts';
import { playWorld } from '../../../local/player/play-world.ts';
import { WorldEvent, type WrittenEvent } from '../../../local/world/world-event.ts';
import { runCommandLine } from '../../support/command-line.ts';
import { anAdvisory } from '../../support/fake-ports.ts';
import { running } from '../../support/guarded-world.ts';
import { startInstallation } from '../../support/installation-server.ts';
import { newFolder } from '../../support/play-folder.ts';
import { startTestS3 } from '../../support/s3-server.ts';
import { startTestDynamo } from '../../support/test-dynamo.ts';

vi.mock('node:os', async (original) => {
  const os = await original<typeof import('node:os')>();
  return { ...os, userInfo: vi.fn(os.userInfo) };
});

const NAMES = Array.from({ length: 50 }, (_, index) => `lib${String(index).padStart(2, '0')}`);
const TENS = [0, 1, 2, 3, 4];
const folder = newFolder();
const state = join(folder, 'out', '.state');

beforeAll(async () => {
  // Each hits ten packages.
  const advise = (index: number, names: readonly string[]): WrittenEvent => {
    const id = `CVE-2026-900030${index}`;
    const affected = names.flatMap((name) => anAdvisory(id, { name }).affected);
    const record = { id, modified: '2026-01-01T00:00:00Z', affected };
    return { at: '2026-03-01T12:00:00Z', do: 'advise', feed: 'wolfi', record };
  };
  const night = (day: number): WrittenEvent => ({ at: `2026-03-0${day}T02:00:00Z`, do: 'night' });
  const events: WrittenEvent[] = [
    ...running(NAMES),
    ...TENS.map((ten) => advise(5 + ten, ['nobody-has-it'])),
    ...TENS.map((ten) => advise(ten, NAMES.slice(ten * 10, ten * 10 + 10))),
    night(2),
    { at: '2026-03-02T12:00:00Z', do: 'feed', feed: 'wolfi', fault: 'shrunk' },
    night(3),
  ];
  await playWorld(
    events.map((event) => WorldEvent.parse(event)),
    join(folder, 'out'),
  );
});

describe('tidewatch feed', () => {
  it('shows which feeds are held, since when and why', async () => {
    const { status, out, err } = await runCommandLine(['feed', 'show', '--state', state], {
      columns: 200,
    });
    expect({ status, err }).toEqual({ status: 0, err: [] });
    expect(out[0]).toBe('The night of 2026-03-03T02:00:00.000Z: 1 feed');
    expect(out[2]).toMatch(
      /wolfi +held +2026-03-03T02:00:00.000Z +11 +it has lost 5 of its 11 records/,
    );
  });

  it('shows what a held one would lose and close, cut with a count', async () => {
    const { status, out } = await runCommandLine(['feed', 'show', 'wolfi', '--state', state], {
      columns: 200,
    });
    const text = out.join(' ').replace(/\s+/g, ' ');
    expect(status).toBe(0);
    expect(text).toMatch(
      /State +held since the night of 2026-03-03T02:00:00.000Z: it has lost 5 of/,
    );
    expect(text).toMatch(/Records +5 lost \(CVE-2026-9000300, .*\), 0 added/);
    expect(text).toMatch(/Findings +50 of what runs would close without a word/);
    expect(text).toMatch(/CVE-2026-9000300 +high +pkg:apk\/wolfi\/lib00@1.0-r0/);
    expect(out).toContain('  and 10 more');
    expect(text).toContain('tidewatch feed accept wolfi');
  });

  it('says of a feed that nobody has the same to both words', async () => {
    for (const word of ['show', 'accept']) {
      const { status, err } = await runCommandLine(['feed', word, 'nope', '--state', state]);
      expect({ status, err }).toEqual({
        status: 2,
        err: ['tidewatch: no feed "nope" in the last night'],
      });
    }
  });

  it('asks who accepts only then, and where the machine has no name for him', async () => {
    vi.mocked(userInfo).mockImplementation(() => {
      throw new Error('uv_os_get_passwd returned ENOENT');
    });
    try {
      const shown = await runCommandLine(['feed', 'show', '--state', state]);
      expect(shown.status).toBe(0);
      const refused = await runCommandLine(['feed', 'accept', 'wolfi', '--state', state]);
      expect(refused.status).toBe(2);
      expect(refused.err.join()).toContain('--by NAME');
    } finally {
      vi.mocked(userInfo).mockReset();
    }
  });

  it('keeps a person’s word, and shows it', async () => {
    const words = ['--by', 'ada', '--reason', 'they said so', '--state', state];
    const refused = await runCommandLine([
      'feed',
      'accept',
      'wolfi',
      '--snapshot',
      'ffff',
      ...words,
    ]);
    expect(refused).toMatchObject({ status: 1, out: [] });
    expect(refused.err[0]).toContain('offers the snapshot');

    const accepted = await runCommandLine(['feed', 'accept', 'wolfi', ...words]);
    expect(accepted).toMatchObject({ status: 0, err: [] });
    expect(accepted.out[0]).toMatch(/^Accepted by ada: the next night takes snapshot [0-9a-f]{12}/);

    const { out } = await runCommandLine(['feed', 'show', 'wolfi', '--state', state]);
    expect(out.join(' ').replace(/\s+/g, ' ')).toMatch(
      /Accepted +snapshot .* by ada at .*: they said so/,
    );
  });

  it.each<[string, string[], string]>([
    ['no action', [], 'expected show or accept'],
    ['no feed to accept', ['accept', '--state', state], 'expected the FEED'],
    ['two places', ['show', '--state', state, '--stack', 'a'], 'not both'],
    ['a reason to look', ['show', '--reason', 'a', '--state', state], 'belong to accept'],
    ['a feed that nobody has', ['show', 'npm', '--state', state], 'no feed "npm"'],
    ['a folder that is no world’s', ['show', '--state', folder], 'not the .state of a world'],
  ])('refuses %s', async (_name, words, message) => {
    const { status, err } = await runCommandLine(['feed', ...words]);
    expect(status).toBe(2);
    expect(err[0]).toContain(message);
  });
});

describe('tidewatch status', () => {
  it('says how a world stands, and that not all is well', async () => {
    const { status, out, err } = await runCommandLine(['status', '--state', state]);

    expect({ status, err }).toEqual({ status: 1, err: [] });
    const text = out.join('\n');
    expect(text).toMatch(
      /^Last night +2026-03-03T02:00:00\.000Z, partial: 1 of 1 digest scanned$/m,
    );
    expect(text).toMatch(/^Feed +wolfi: held since 2026-03-03T02:00:00\.000Z: /m);
    expect(text).toMatch(/^Pending +nothing$/m);
    expect(text).not.toMatch(/Next night|overdue/);
  });
});

describe('the stores of a deployed stack', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('are those that its outputs name', async () => {
    const [dynamo, s3] = [await startTestDynamo(), await startTestS3()];
    const outputs = {
      StateTable: await dynamo.newTable(),
      ObjectsBucket: s3.bucket,
      Nights: '02:00 Europe/Berlin',
    };
    await using installation = await startInstallation({
      stacks: { Tidewatch: outputs, Mine: outputs, Other: { Queue: 'q' } },
      invoke: () => ({ payload: null }),
    });
    vi.stubEnv('AWS_ENDPOINT_URL', installation.endpoint);
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    const aws = {
      dynamo: embeddedClientOptions(dynamo.endpoint),
      s3: embeddedClientOptions(s3.endpoint),
    };

    for (const words of [{}, { stack: 'Mine' }]) {
      const look = async ({ state, objects, nights }: Stores) => {
        expect(await state.runPointer()).toBeUndefined();
        expect(await objects.get('runs/none')).toBeUndefined();
        expect(nights).toEqual({ at: '02:00', timeZone: 'Europe/Berlin' });
      };
      await withStores(words, look, aws);
    }
    expect(s3.asked).toHaveLength(2);
    const look = async () => undefined;
    await expect(withStores({ stack: 'None' }, look)).rejects.toThrow('no stack "None"');
    await expect(withStores({ stack: 'Other' }, look)).rejects.toThrow('has no output StateTable');
    await s3.stop();
    await dynamo.stop();
  });
});
