import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RegistryListing } from '../../actions/ports.ts';
import { anImageOf, deploy, type FakePorts, fakePorts, playNight } from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const SCOPE = 'ecr/eu-west-1';

let dynamo: TestDynamo;
let ports: FakePorts;
let listing: RegistryListing;
let day: number;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  day = 1;
  ports = await fakePorts(dynamo);
  ports.registry.push(`${HOST}/web:latest`, await anImageOf({ packages: ['zlib=1-r0'] }));
  await deploy(ports, 'ecs/prod/web', `${HOST}/web:latest`);
  const image = await anImageOf({ packages: ['curl=1-r0'] });
  ports.registry.push(`${HOST}/lone:latest`, { ...image, blobs: new Map() });
  const { digest } = image;
  const images = [{ digest, tags: ['latest'], pushedAt: '2026-10-31T00:00:00.000Z' }];
  const repositories = [{ registry: HOST, repository: 'lone', images }];
  listing = { scope: SCOPE, failure: null, repositories };
  ports.listings.push(listing);
  expect(await toldTonight()).toEqual(['baseline baseline', `problem ${HOST}/lone:latest`]);
});

async function toldTonight(): Promise<string[]> {
  ports.told.length = 0;
  await playNight(ports, new Date(Date.UTC(2026, 10, day++, 2)).toISOString());
  return ports.told.map(({ kind, subject }) => `${kind} ${subject}`);
}

describe('an image that cannot be read and that nothing runs', () => {
  it('is told once', async () => {
    expect(await toldTonight()).toEqual([]);
  });

  it('is not over because its registry does not answer', async () => {
    ports.registry.unreachable.add(HOST);
    expect(await toldTonight()).toEqual([`problem ${HOST}`]);
    ports.registry.unreachable.clear();
    expect(await toldTonight()).toEqual([`resolved ${HOST}`]);
  });

  it('is not over because its registry cannot be listed', async () => {
    ports.listings[0] = { scope: SCOPE, failure: 'denied', repositories: [] };
    expect(await toldTonight()).toEqual([`problem ${SCOPE}`]);
    ports.listings[0] = listing;
    expect(await toldTonight()).toEqual([`resolved ${SCOPE}`]);
  });

  it('is over when its tag is gone', async () => {
    ports.registry.deleteTag(`${HOST}/lone:latest`);
    ports.listings[0] = { ...listing, repositories: [] };
    expect(await toldTonight()).toEqual([`resolved ${HOST}/lone:latest`]);
  });
});

it('an image without the platform that runs is not over because nobody sees what runs', async () => {
  const platforms = ['linux/amd64', 'linux/arm64'];
  const both = await anImageOf({ packages: ['zlib=1-r0'], platforms });
  ports.registry.push(`${HOST}/both:latest`, both);
  await deploy(ports, 'lambda/eu/both', `${HOST}/both:latest`, { platform: 'linux/s390x' });
  expect(await toldTonight()).toEqual([`problem ${both.digest}`]);
  const scope = ports.scopes.get('lambda/eu');
  if (!scope) throw new Error('nothing runs there');

  scope.failure = 'throttled';
  expect(await toldTonight()).toEqual(['problem lambda/eu']);
  scope.failure = null;
  expect(await toldTonight()).toEqual(['resolved lambda/eu']);
});
