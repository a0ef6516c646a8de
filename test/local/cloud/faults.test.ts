import { describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../../actions/ports.ts';
import { createFaults, type Fault } from '../../../local/cloud/faults.ts';
import { wrapFetch } from '../../../local/cloud/faulty-fetch.ts';
import { createFaultyObjectStore } from '../../../local/cloud/faulty-object-store.ts';
import { runProcess } from '../../../local/cloud/process.ts';
import { collect } from '../../support/collect.ts';

/** Plays calls by name; `.` for one that was answered, else the error's name. */
async function play(faults: ReturnType<typeof createFaults>, calls: readonly string[]) {
  const outcomes: string[] = [];
  for (const call of calls) {
    const everyAttempt = faults.beginCall(call);
    outcomes.push(
      await faults.attempt(call, everyAttempt, async () => '.').catch((error) => error.name),
    );
  }
  return outcomes;
}

describe('a fault', () => {
  it('strikes as often as it says, after those that it lets pass', async () => {
    const faults = createFaults();
    faults.add({ call: 'sns:Publish', skip: 1, times: 2, error: 'server' });

    expect(await play(faults, Array(5).fill('sns:Publish'))).toEqual([
      '.',
      'InternalServerError',
      'InternalServerError',
      '.',
      '.',
    ]);
    expect(faults.left()).toEqual([]);
  });

  it('strikes its own call only, or all of a service', async () => {
    const faults = createFaults();
    faults.add({ call: 'sqs:*', times: 1, error: 'timeout' });
    faults.add({ call: 'sns:Publish', times: 1, error: 'server' });

    expect(await play(faults, ['sns:Subscribe', 'sqs:SendMessage', 'sns:Publish'])).toEqual([
      '.',
      'TimeoutError',
      'InternalServerError',
    ]);
  });

  it('waits until those that were added before have struck', async () => {
    const faults = createFaults();
    faults.add({ call: 'sns:Publish', times: 1, error: 'denied' });
    faults.add({ call: 'sns:*', times: 1, error: 'not-found' });

    expect(await play(faults, Array(3).fill('sns:Publish'))).toEqual([
      'AuthorizationErrorException',
      'NotFoundException',
      '.',
    ]);
  });

  it.each<[Fault['error'], boolean]>([
    ['throttle', false],
    ['timeout', false],
    ['lost-response', true],
    ['server', false],
    ['denied', false],
    ['not-found', false],
  ])('%s: the call is done: %s', async (error, isDone) => {
    const faults = createFaults();
    faults.add({ call: 'dynamodb:PutItem', times: 1, error });
    let effects = 0;

    const answer = faults.attempt('dynamodb:PutItem', undefined, async () => effects++);

    await expect(answer).rejects.toThrow();
    expect(effects).toBe(isDone ? 1 : 0);
  });

  it('of a registry is refused: the registry plays it', () => {
    const fault: Fault = { call: 'registry:GET blob', times: 1, error: 'server' };
    expect(() => createFaults().add(fault)).toThrow('"registry:GET blob"');
  });
});

describe('a crash', () => {
  it('waits for a call that is made inside a process and reaches its service', async () => {
    const faults = createFaults();
    faults.addCrash({ after: 'sns:Publish', skip: 1 });
    faults.add({ call: 'sns:Publish', skip: 2, times: 1, error: 'timeout' });
    const publish = () => play(faults, ['sns:Publish']);

    await publish();
    expect(await runProcess(publish)).toEqual({ kind: 'done', value: ['.'] });
    expect(await runProcess(publish)).toEqual({ kind: 'done', value: ['TimeoutError'] });
    expect(faults.left()).toEqual([{ after: 'sns:Publish', skip: 1 }]);
    expect(await runProcess(publish)).toEqual({ kind: 'crashed' });
    expect(await runProcess(publish)).toEqual({ kind: 'done', value: ['.'] });
  });
});

it('names the calls that it saw, each once', async () => {
  const faults = createFaults();
  await play(faults, ['sns:Publish', 'dynamodb:PutItem', 'sns:Publish']);

  expect([...faults.seen().keys()]).toEqual(['sns:Publish', 'dynamodb:PutItem']);
});

describe('an object store under faults', () => {
  it('survives what the retries of the SDK survive, and nothing else', async () => {
    const faults = createFaults();
    const store = createFaultyObjectStore(oneObject(), faults);
    faults.add({ call: 's3:GetObject', times: 2, error: 'throttle' });

    expect(await store.get('key')).toEqual(new Uint8Array([1]));

    faults.add({ call: 's3:GetObject', times: 3, error: 'throttle' });
    await expect(store.get('key')).rejects.toThrow(expect.objectContaining({ name: 'SlowDown' }));

    faults.add({ call: 's3:GetObject', times: 1, error: 'denied' });
    await expect(store.getRange('key', 0, 1)).rejects.toThrow(
      expect.objectContaining({ name: 'AccessDenied' }),
    );

    faults.add({ call: 's3:ListObjectsV2', times: 1, error: 'timeout', attempts: 'all' });
    await expect(collect(store.list(''))).rejects.toThrow(
      expect.objectContaining({ name: 'TimeoutError' }),
    );
    expect(await collect(store.list(''))).toEqual(['key']);
    expect(faults.left()).toEqual([]);
  });

  it('has written what it crashed after', async () => {
    const faults = createFaults();
    const written: string[] = [];
    const store = createFaultyObjectStore(
      { ...oneObject(), put: async (key) => void written.push(key) },
      faults,
    );
    faults.addCrash({ after: 's3:PutObject' });

    const outcome = await runProcess(async () => {
      await store.put('first', new Uint8Array());
      await store.put('second', new Uint8Array());
    });

    expect(outcome).toEqual({ kind: 'crashed' });
    expect(written).toEqual(['first']);
  });

  it('passes on the errors of the store itself at once', async () => {
    let calls = 0;
    const broken = { ...oneObject(), get: () => Promise.reject(new Error(`disk ${++calls}`)) };

    const got = createFaultyObjectStore(broken, createFaults()).get('key');

    await expect(got).rejects.toThrow('disk 1');
  });
});

describe('a fetch under crashes', () => {
  it('crashes after the requests that it classifies, and only those', async () => {
    const faults = createFaults();
    const requests: string[] = [];
    const fetch = wrapFetch(
      async (input) => {
        requests.push(String(input));
        return new Response('ok');
      },
      faults,
      (method, url) => (url.pathname.includes('/blobs/') ? `registry:${method} blob` : undefined),
    );
    faults.addCrash({ after: 'registry:*' });

    const outcome = await runProcess(async () => {
      await fetch('http://127.0.0.1/v2/a/manifests/latest');
      await fetch('http://127.0.0.1/v2/a/blobs/1');
      await fetch('http://127.0.0.1/v2/a/blobs/2');
    });

    expect(outcome).toEqual({ kind: 'crashed' });
    expect(requests).toHaveLength(2);
    expect([...faults.seen().keys()]).toEqual(['registry:GET blob']);
  });
});

function oneObject(): ObjectStore {
  return {
    get: async () => new Uint8Array([1]),
    getRange: async () => new Uint8Array([1]),
    put: async () => {},
    async *list() {
      yield 'key';
    },
  };
}
