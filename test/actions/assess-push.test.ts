import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Assessed, assessPush, NotIndexedError } from '../../actions/assess-push.ts';
import { HeadContendedError } from '../../actions/channel-state.ts';
import { deliverAlerts } from '../../actions/deliver-alerts.ts';
import { indexImage } from '../../actions/index-image.ts';
import { readHeadState } from '../../actions/read-run.ts';
import { reassessChannel } from '../../actions/reassess-pushes.ts';
import { RegistryUnavailableError } from '../../core/image/errors.ts';
import { parseReference } from '../../core/image/reference.ts';
import { channelOf } from '../../core/lineage/channel.ts';
import type { BuiltImage } from '../../local/world/build-image.ts';
import {
  anAdvisory,
  anImageOf,
  deploy,
  type FakePorts,
  fakePorts,
  type ImageSpec,
  playNight,
  toldIds,
} from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const WEB = `${HOST}/web:latest`;
const CHANNEL = channelOf(parseReference(WEB));

let dynamo: TestDynamo;
let ports: FakePorts;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  ports = await fakePorts(dynamo);
});

async function pushTo(reference: string, spec: ImageSpec): Promise<BuiltImage> {
  const image = await anImageOf(spec);
  ports.registry.push(reference, image);
  return image;
}

/** Indexes and assesses a push, as its event would have it. */
async function assess(
  reference: string,
  image: BuiltImage,
  pushedAt = ports.now,
): Promise<Assessed['kind']> {
  const { registry, repository, tag = '' } = parseReference(reference);
  const { digest } = image;
  await indexImage(ports, { reference: parseReference(reference), digest });
  return (await assessPush(ports, { registry, repository, tag, digest, pushedAt })).kind;
}

async function push(reference: string, spec: ImageSpec, pushedAt = ports.now) {
  return assess(reference, await pushTo(reference, spec), pushedAt);
}

async function itemsOf(channel = CHANNEL): Promise<string[]> {
  const head = await ports.state.head(channel);
  const state = head && (await readHeadState(ports.objects, head));
  return (state?.rows ?? []).flatMap((row) =>
    row.items.map(({ key }) => key.split('|').slice(0, 2).join(' ')),
  );
}

const CLEAN = { packages: ['openssl=3.5.1-r0'] };
const VULNERABLE = { packages: ['openssl=3.5.0-r0'] };
const NIGHT_1 = '2026-11-21T02:00:00.000Z';
const NIGHT_2 = '2026-11-22T02:00:00.000Z';

function advise(id = 'CGA-1', severity = 'high'): void {
  ports.feed.byId.set(id, anAdvisory(id, { name: 'openssl', fixed: '3.5.1-r0', severity }));
}

/** One clean image on the channel, deployed, and a first night. */
async function begin(): Promise<void> {
  advise();
  await push(WEB, CLEAN);
  await deploy(ports, 'ecs/prod/web', WEB);
  await playNight(ports, NIGHT_1);
  ports.told.length = 0;
}

describe('before the first night', () => {
  it('makes the image the head, in silence', async () => {
    expect(await push(WEB, { ...VULNERABLE, shell: true })).toBe('head');

    expect(await ports.state.head(CHANNEL)).toMatchObject({ version: 1, reference: WEB });
    expect(await itemsOf(), 'nothing to match with').toEqual(['check shell']);
    await deliverAlerts(ports);
    expect(ports.told).toEqual([]);
  });

  it('says nothing of a second image either: the first night is the baseline', async () => {
    await push(WEB, CLEAN);
    await push(WEB, { ...CLEAN, root: true, shell: true });
    await deploy(ports, 'ecs/prod/web', WEB);
    await playNight(ports, NIGHT_1);

    expect(ports.told.map(({ kind }) => kind)).toEqual(['baseline']);
  });
});

describe('an image that brings a finding', () => {
  it('is told, with the head’s own write, and once', async () => {
    await begin();

    expect(await push(WEB, VULNERABLE)).toBe('head');

    const head = await ports.state.head(CHANNEL);
    expect(head?.pending).toMatchObject([{ kind: 'regression', cause: 'image' }]);
    await deliverAlerts(ports);
    await deliverAlerts(ports);
    expect(ports.told).toHaveLength(1);
  });

  it('changes nothing when its event comes twice', async () => {
    await begin();
    const image = await pushTo(WEB, VULNERABLE);
    await assess(WEB, image);
    const before = await ports.state.head(CHANNEL);

    expect(await assess(WEB, image)).toBe('unchanged');
    expect(await ports.state.head(CHANNEL)).toEqual(before);
  });

  it('is told by the night under the same id when its event is lost', async () => {
    await begin();
    const image = await pushTo(WEB, VULNERABLE);
    await deploy(ports, 'ecs/prod/web', WEB);
    const byNight = await fakePorts(dynamo);
    Object.assign(byNight, {
      registry: ports.registry,
      images: ports.registry,
      scopes: ports.scopes,
    });
    byNight.feed.byId.set('CGA-1', ports.feed.byId.get('CGA-1'));
    // The same first night, elsewhere.
    byNight.registry.push(WEB, await anImageOf(CLEAN));
    await deploy(byNight, 'ecs/prod/web', WEB);
    await playNight(byNight, NIGHT_1);
    byNight.told.length = 0;
    byNight.registry.push(WEB, image);
    await deploy(byNight, 'ecs/prod/web', WEB);
    await playNight(byNight, NIGHT_2);

    await assess(WEB, image);
    await deliverAlerts(ports);

    expect(ports.told).toHaveLength(1);
    expect(toldIds(byNight)).toEqual(toldIds(ports));
  });

  it('is not told again by the night, nor when its event comes late', async () => {
    await begin();
    const image = await pushTo(WEB, VULNERABLE);
    await deploy(ports, 'ecs/prod/web', WEB);
    await playNight(ports, NIGHT_2);
    expect(ports.told).toHaveLength(1);

    expect(await assess(WEB, image, '2026-11-21T10:00:00.000Z')).toBe('unchanged');
    await deliverAlerts(ports);

    expect(ports.told).toHaveLength(1);
  });
});

describe('a push that is history', () => {
  it('is superseded by the registry’s word', async () => {
    await begin();
    const older = await pushTo(WEB, VULNERABLE);
    const newer = await pushTo(WEB, { packages: ['openssl=3.5.2-r0'] });

    expect(await assess(WEB, older)).toBe('superseded');
    expect(await assess(WEB, newer)).toBe('head');
    expect(await itemsOf()).toEqual([]);
  });

  it('is superseded when its tag is gone', async () => {
    const image = await pushTo(WEB, CLEAN);
    await assess(WEB, image);
    const other = await pushTo(WEB, VULNERABLE);
    ports.registry.deleteTag(WEB);
    expect(await assess(WEB, other)).toBe('superseded');
  });

  it('fails, to come again, when the registry cannot be asked', async () => {
    const image = await pushTo(WEB, CLEAN);
    await indexImage(ports, { reference: parseReference(WEB), digest: image.digest });
    ports.registry.unreachable.add(HOST);
    await expect(assess(WEB, image)).rejects.toThrow(RegistryUnavailableError);
  });

  it.each([
    [
      'an older version that arrives late',
      'v1.10.0',
      'v1.9.0',
      '2026-11-21T11:00:00.000Z',
      'superseded',
    ],
    [
      'a newer version whose event is older',
      'v1.9.0',
      'v1.10.0',
      '2026-11-21T09:00:00.000Z',
      'head',
    ],
    [
      'a commit pushed before',
      'sha-9f3c1ab',
      'sha-1b2c3d4',
      '2026-11-21T09:00:00.000Z',
      'superseded',
    ],
    ['a commit pushed after', 'sha-9f3c1ab', 'sha-1b2c3d4', '2026-11-21T11:00:00.000Z', 'head'],
  ] as const)('%s: %s, then %s', async (_name, first, second, pushedAt, kind) => {
    const at = '2026-11-21T10:00:00.000Z';
    await push(`${HOST}/web:${first}`, CLEAN, at);
    expect(await push(`${HOST}/web:${second}`, VULNERABLE, pushedAt)).toBe(kind);
  });

  it('is no history only because a night came before its event', async () => {
    advise();
    await push(`${HOST}/web:sha-9f3c1ab`, CLEAN, '2026-11-20T10:00:00.000Z');
    await playNight(ports, NIGHT_1);
    const late = '2026-11-21T01:00:00.000Z';
    expect(await push(`${HOST}/web:sha-1b2c3d4`, VULNERABLE, late)).toBe('head');
  });
});

it('waits for an image that nobody has indexed', async () => {
  const { digest } = await pushTo(WEB, CLEAN);
  const { registry, repository, tag = '' } = parseReference(WEB);
  const promise = assessPush(ports, { registry, repository, tag, digest, pushedAt: ports.now });
  await expect(promise).rejects.toThrow(NotIndexedError);
});

it('names platforms as the index does, whatever their configs say', async () => {
  await push(WEB, { ...CLEAN, platforms: ['linux/amd64', 'linux/arm/v7'] });
  const head = await ports.state.head(CHANNEL);
  const state = head && (await readHeadState(ports.objects, head));
  expect(state?.rows.map(({ lineage }) => lineage)).toEqual([
    `${CHANNEL}|linux/amd64`,
    `${CHANNEL}|linux/arm/v7`,
  ]);
});

describe('contention', () => {
  it('compares again when a head was written between reading and writing', async () => {
    await begin();
    const first = await pushTo(WEB, VULNERABLE);
    ports.registry.beforeResolve = async () => {
      ports.registry.beforeResolve = async () => {};
      // A sweep that writes what is left to deliver.
      const head = await ports.state.head(CHANNEL);
      if (head) await ports.state.commitHead({ ...head, revision: head.revision + 1 });
    };

    expect(await assess(WEB, first)).toBe('head');

    expect(await ports.state.head(CHANNEL)).toMatchObject({ version: 2, revision: 3 });
    await deliverAlerts(ports);
    expect(ports.told).toHaveLength(1);
  });

  it('does not put an image over a younger one that was faster', async () => {
    await begin();
    const older = await pushTo(WEB, VULNERABLE);
    const newer = await anImageOf({ packages: ['openssl=3.5.2-r0'] });
    const { commitHead } = ports.state;
    let isFirst = true;
    // The tag moves and the younger push is through, after the older one has asked the registry.
    const slow = {
      ...ports,
      state: {
        ...ports.state,
        commitHead: async (head: Parameters<typeof commitHead>[0]) => {
          if (isFirst) {
            isFirst = false;
            ports.registry.push(WEB, newer);
            expect(await assess(WEB, newer)).toBe('head');
          }
          return commitHead(head);
        },
      },
    };
    await indexImage(ports, { reference: parseReference(WEB), digest: older.digest });
    const { registry, repository, tag = '' } = parseReference(WEB);
    const pushed = { registry, repository, tag, digest: older.digest, pushedAt: ports.now };

    expect((await assessPush(slow, pushed)).kind).toBe('superseded');

    expect(await ports.state.head(CHANNEL)).toMatchObject({ imageDigest: newer.digest });
    await deliverAlerts(ports);
    expect(ports.told, 'what never counted is not told').toEqual([]);
  });

  it('gives up by name while the head keeps changing', async () => {
    const image = await pushTo(WEB, CLEAN);
    await indexImage(ports, { reference: parseReference(WEB), digest: image.digest });
    const busy = { ...ports, state: { ...ports.state, commitHead: async () => false } };
    const { registry, repository, tag = '' } = parseReference(WEB);
    const pushed = { registry, repository, tag, digest: image.digest, pushedAt: ports.now };
    await expect(assessPush(busy, pushed)).rejects.toThrow(HeadContendedError);
  });
});

describe('a night that is committed in between', () => {
  it('has the push judged again, by its advisories', async () => {
    await begin();
    const image = await pushTo(WEB, VULNERABLE);
    const { commitHead } = ports.state;
    let isFirst = true;
    const slow = {
      ...ports,
      state: {
        ...ports.state,
        commitHead: async (head: Parameters<typeof commitHead>[0]) => {
          if (isFirst) {
            isFirst = false;
            advise('CGA-2');
            await playNight(ports, NIGHT_2);
          }
          return commitHead(head);
        },
      },
    };
    await indexImage(ports, { reference: parseReference(WEB), digest: image.digest });
    const { registry, repository, tag = '' } = parseReference(WEB);
    await assessPush(slow, { registry, repository, tag, digest: image.digest, pushedAt: NIGHT_1 });

    expect(await itemsOf()).toEqual(['finding CGA-1', 'finding CGA-2']);
    const head = await ports.state.head(CHANNEL);
    const state = head && (await readHeadState(ports.objects, head));
    expect(state?.run).toBe(NIGHT_2);
    expect(await reassessChannel(ports, CHANNEL), 'once').toBe(false);
    await deliverAlerts(ports);
    expect(ports.told.filter(({ kind }) => kind === 'regression')).toHaveLength(1);
  });

  it('does not let a thread that it ended swallow the same matter', async () => {
    await begin();
    // By day: worse, then better. The first thread is open, without an item.
    await push(WEB, VULNERABLE);
    const better = await pushTo(WEB, { packages: ['openssl=3.5.2-r0'] });
    await assess(WEB, better);
    const { state } = ports;
    const head = await state.head(CHANNEL);
    await deploy(ports, 'ecs/prod/web', WEB);
    await playNight(ports, NIGHT_2);
    expect(ports.told.map(({ kind }) => kind)).toEqual(['regression', 'resolved']);
    // As if the push had been later than the night's question: its head is ahead.
    const now = await state.head(CHANNEL);
    if (head && now)
      await state.commitHead({
        ...now,
        version: now.version + 1,
        revision: now.revision + 1,
        state: head.state,
      });

    await push(WEB, VULNERABLE);
    await deliverAlerts(ports);

    expect(ports.told.map(({ kind }) => kind)).toEqual(['regression', 'resolved', 'regression']);
    expect(toldIds(ports)).toHaveLength(3);
  });
});
