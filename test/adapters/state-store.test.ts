import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StateStore } from '../../actions/ports.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { ItemTooLargeError } from '../../adapters/aws/state-items.ts';
import type { FeedAcceptance } from '../../core/run/run.ts';
import { createFaults } from '../../local/cloud/faults.ts';
import { instrumentClient } from '../../local/cloud/instrument-client.ts';
import { aDigest, aHead, anAlert, anObservation, aRunPointer } from '../support/state-builders.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

let dynamo: TestDynamo;
let tableName: string;
let store: StateStore;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  tableName = await dynamo.newTable();
  store = createDynamoStateStore({ client: dynamo.client, tableName });
});

/** The store through a client of its own, with faults, and what it called. */
function faultyStore() {
  const client = dynamo.newClient();
  const faults = createFaults();
  instrumentClient(client, faults);
  return { faults, store: createDynamoStateStore({ client, tableName }) };
}

describe('a head', () => {
  it('is not there before it is committed', async () => {
    expect(await store.head('registry.test/web|')).toBeUndefined();
    expect(await store.heads()).toEqual([]);
  });

  it('is given back as it was committed, its alerts too', async () => {
    const head = aHead({ pending: [anAlert(), anAlert({ alertId: 'alert-2', lineages: [] })] });

    expect(await store.commitHead(head)).toBe(true);

    expect(await store.head(head.channel)).toEqual(head);
    expect(await store.heads()).toEqual([head]);
  });

  it('is replaced by the next revision only', async () => {
    await store.commitHead(aHead());

    expect(await store.commitHead(aHead({ reference: 'registry.test/web:2' }))).toBe(false);
    expect(await store.commitHead(aHead({ revision: 3 }))).toBe(false);
    expect(await store.commitHead(aHead({ revision: 2, version: 2 }))).toBe(true);

    expect(await store.head('registry.test/web|')).toEqual(aHead({ revision: 2, version: 2 }));
  });

  it('cannot begin at a later revision', async () => {
    expect(await store.commitHead(aHead({ revision: 2 }))).toBe(false);
    expect(await store.head('registry.test/web|')).toBeUndefined();
  });

  it('is committed by one of many that write the same revision', async () => {
    const wishes = ['1', '2', '3', '4'].map((each) =>
      aHead({ reference: `registry.test/web:${each}` }),
    );

    const commits = await Promise.all(wishes.map((head) => store.commitHead(head)));

    expect(commits.filter((committed) => committed)).toHaveLength(1);
    expect(await store.head('registry.test/web|')).toEqual(wishes[commits.indexOf(true)]);
  });

  it.each([1, 2])(
    'is known as committed when the answer to revision %i is lost',
    async (revision) => {
      const faulty = faultyStore();
      if (revision === 2) await store.commitHead(aHead());
      faulty.faults.add({ call: 'dynamodb:PutItem', times: 1, error: 'lost-response' });
      const head = aHead({ revision, pending: [anAlert()] });

      expect(await faulty.store.commitHead(head)).toBe(true);

      expect(faulty.faults.left()).toEqual([]);
      expect(await store.head(head.channel)).toEqual(head);
    },
  );

  it('is listed once for each channel, in their order, over many pages', async () => {
    // A page ends at 1 MB; chance does not compress.
    const message = randomBytes(60_000).toString('hex');
    const heads = Array.from({ length: 25 }, (_, index) =>
      aHead({
        channel: `registry.test/app-${String(index).padStart(2, '0')}|`,
        pending: [anAlert({ message })],
      }),
    );
    for (const head of heads) await store.commitHead(head);

    expect(await store.heads()).toEqual(heads);
    expect(await store.pendingHeads()).toEqual(heads);

    const { faults, store: faulty } = faultyStore();
    faults.add({ call: 'dynamodb:Query', skip: 1, times: 1, error: 'denied' });
    await expect(faulty.heads(), 'there is a second page').rejects.toThrow();
  });

  it('is refused by name when its alerts can fit into no item', async () => {
    const head = aHead({ pending: [anAlert({ message: randomBytes(400_000).toString('hex') })] });

    await expect(store.commitHead(head)).rejects.toThrow(ItemTooLargeError);
  });
});

describe('the index of pending heads', () => {
  it('holds a head exactly while it has alerts', async () => {
    const quiet = aHead({ channel: 'registry.test/quiet|' });
    const told = aHead({ channel: 'registry.test/told|', pending: [anAlert()] });
    await store.commitHead(quiet);
    await store.commitHead(told);

    expect(await store.pendingHeads()).toEqual([told]);

    await store.commitHead({ ...told, revision: 2, pending: [] });

    expect(await store.pendingHeads()).toEqual([]);
    expect(await store.heads()).toHaveLength(2);
  });
});

describe('the run pointer', () => {
  it('is not there before the first night', async () => {
    expect(await store.runPointer()).toBeUndefined();
  });

  it('moves from revision to revision', async () => {
    const first = aRunPointer();
    const second = aRunPointer({ revision: 2, runId: 'second', pending: ['alerts/1'] });

    expect(await store.commitRunPointer(first)).toBe(true);
    expect(await store.commitRunPointer({ ...first, runId: 'rival' })).toBe(false);
    expect(await store.runPointer()).toEqual(first);
    expect(await store.commitRunPointer(second)).toBe(true);
    expect(await store.runPointer()).toEqual(second);
  });

  it('is known as moved when the answer is lost', async () => {
    const faulty = faultyStore();
    faulty.faults.add({ call: 'dynamodb:PutItem', times: 1, error: 'lost-response' });

    expect(await faulty.store.commitRunPointer(aRunPointer())).toBe(true);
    expect(faulty.faults.left()).toEqual([]);
  });
});

describe('a word about a held feed', () => {
  const word: FeedAcceptance = {
    feed: 'osv-pypi',
    revision: 1,
    since: '2026-11-21T02:00:00.000Z',
    offered: { snapshot: 's2', key: 'snapshots/osv-pypi/s2.index', records: 7, newest: null },
    by: 'ada',
    at: '2026-11-21T09:00:00.000Z',
    reason: null,
  };

  it('is one person’s: the next is written over a revision that was read', async () => {
    expect(await store.feedAcceptance('osv-pypi')).toBeUndefined();
    expect(await store.commitFeedAcceptance(word)).toBe(true);
    expect(await store.commitFeedAcceptance({ ...word, by: 'bob' })).toBe(false);
    expect(await store.feedAcceptance('osv-pypi')).toEqual(word);
    expect(await store.commitFeedAcceptance({ ...word, revision: 2, by: 'bob' })).toBe(true);
    expect(await store.feedAcceptance('osv-pypi')).toMatchObject({ by: 'bob' });
    expect(await store.feedAcceptance('osv-npm')).toBeUndefined();
  });

  it('is known as written when the answer is lost', async () => {
    const faulty = faultyStore();
    faulty.faults.add({ call: 'dynamodb:PutItem', times: 1, error: 'lost-response' });
    expect(await faulty.store.commitFeedAcceptance(word)).toBe(true);
  });
});

describe('deliveries', () => {
  it('remember which alerts were delivered', async () => {
    expect(await store.isDelivered('alert-1', 'people')).toBe(false);

    await store.markDelivered('alert-1', 'people', '2026-11-21T02:00:00.000Z');
    await store.markDelivered('alert-1', 'people', '2026-11-21T03:00:00.000Z');

    expect(await store.isDelivered('alert-1', 'people')).toBe(true);
    expect(await store.isDelivered('alert-1', 'machines')).toBe(false);
    expect(await store.isDelivered('alert-2', 'people')).toBe(false);
  });
});

describe('observations', () => {
  it('stay as they were first written', async () => {
    const reread = { python: '3.14', libc: null };
    const first = anObservation({ packagesChanged: null, python: null, reread });
    await store.putObservation(first);
    await store.putObservation({ ...first, seenAt: '2027-01-01T00:00:00.000Z' });

    expect(await store.observations(first.image)).toEqual([first]);
    expect(await store.observations('cgr.dev/chainguard/node:latest')).toEqual([]);
  });

  it('come by time, then platform', async () => {
    const early = '2026-11-20T00:00:00.000Z';
    const sorted = [
      anObservation({ at: early, platform: 'linux/arm' }),
      anObservation({ at: early, platform: 'linux/arm/v7' }),
      anObservation({ at: early, platform: 'linux/arm64' }),
      anObservation({ platform: 'linux/amd64', digest: aDigest('1') }),
      anObservation({ platform: 'linux/amd64', digest: aDigest('2') }),
      anObservation({ platform: 'linux/arm64' }),
    ];
    for (const each of [...sorted].reverse()) await store.putObservation(each);

    expect(await store.observations(anObservation().image)).toEqual(sorted);
  });

  it('keep long lists of packages in a small item', async () => {
    const added = Array.from({ length: 20_000 }, (_, index) => `package-${index}=1.2.3-r${index}`);
    const observation = anObservation({ packagesChanged: { added, removed: [], changed: [] } });

    await store.putObservation(observation);

    expect(await store.observations(observation.image)).toEqual([observation]);
  });
});

describe('throttles', () => {
  it('are left to the retries of the SDK', async () => {
    const faulty = faultyStore();
    faulty.faults.add({ call: 'dynamodb:*', times: 2, error: 'throttle' });

    expect(await faulty.store.commitHead(aHead())).toBe(true);
    expect(faulty.faults.left()).toEqual([]);
  });

  it('that do not end are told by their name', async () => {
    const faulty = faultyStore();
    faulty.faults.add({ call: 'dynamodb:Query', times: 1, error: 'throttle', attempts: 'all' });

    await expect(faulty.store.heads()).rejects.toThrow(
      expect.objectContaining({ name: 'ThrottlingException' }),
    );
  });
});
