import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acceptFeed, NothingToAcceptError } from '../../actions/accept-feed.ts';
import { readCurrentRun } from '../../actions/read-run.ts';
import { showFeed, showFeeds } from '../../actions/show-feed.ts';
import type { Run } from '../../core/run/run.ts';
import {
  anAdvisory,
  anImageOf,
  createFakeFeed,
  deploy,
  type FakeFeed,
  type FakePorts,
  fakePorts,
  playNight,
} from '../support/fake-ports.ts';
import { startTestDynamo, type TestDynamo } from '../support/test-dynamo.ts';

const IMAGE = 'registry.test/web:1';
const NAMES = Array.from({ length: 40 }, (_, index) => `lib${String(index).padStart(2, '0')}`);

let dynamo: TestDynamo;
let ports: FakePorts;
let feed: FakeFeed;
let day: number;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  day = 1;
  feed = createFakeFeed('wolfi');
  for (const name of NAMES) hit(name);
  // Lots that nobody runs: losing a few records is no loss of its own.
  for (let index = 0; index < 500; index++) {
    feed.byId.set(`OTHER-${index}`, anAdvisory(`OTHER-${index}`, { name: `other${index}` }));
  }
  ports = { ...(await fakePorts(dynamo)), feeds: [feed] };
  ports.registry.push(IMAGE, await anImageOf({ packages: NAMES.map((name) => `${name}=1.0-r0`) }));
  await deploy(ports, 'ecs/prod/web', IMAGE);
});

function hit(name: string, overrides: object = {}, of: FakeFeed = feed): void {
  of.byId.set(`CGA-${name}`, {
    ...anAdvisory(`CGA-${name}`, { name }),
    upstream: [`CVE-2026-9${NAMES.indexOf(name)}`],
    ...overrides,
  });
}

function lose(names: readonly string[], of: FakeFeed = feed): void {
  for (const name of names) of.byId.delete(`CGA-${name}`);
}

async function night(): Promise<Run> {
  ports.told.length = 0;
  const runId = `2026-11-${String(day++).padStart(2, '0')}T02:00:00.000Z`;
  await playNight(ports, runId);
  const run = await readCurrentRun(ports);
  if (run?.runId !== runId) throw new Error(`not committed: ${runId}`);
  return run;
}

async function stateOf(name = 'wolfi') {
  return (await night()).feeds.find((each) => each.name === name);
}

const accept = (overrides: { feed?: string; snapshot?: string } = {}) =>
  acceptFeed(ports, { feed: 'wolfi', snapshot: null, by: 'ada', reason: 'checked', ...overrides });

describe('a feed whose records of what runs are gone', () => {
  it('is held, says how many of which ecosystem, and what to do', async () => {
    await night();
    lose(NAMES.slice(0, 5));
    const held = await stateOf();
    expect(held).toMatchObject({ state: 'held', records: 540, hold: { reason: 'loss' } });
    expect(held?.hold?.closings).toMatchObject({ open: 40, silent: 5, ecosystems: { Wolfi: 5 } });
    expect(ports.told).toMatchObject([
      {
        kind: 'feed',
        title:
          'Feed wolfi is held: it would close 5 of 40 open findings without a word of them (Wolfi 5)',
        remedy: expect.stringMatching(/tidewatch feed show wolfi.*tidewatch feed accept wolfi/),
      },
    ]);
  });

  it('is not held for fewer than five, however small the fleet', async () => {
    await night();
    lose(NAMES.slice(0, 4));
    const run = await night();
    expect(run.feeds).toMatchObject([{ state: 'fresh' }]);
    expect(run.changes.closed).toBeGreaterThan(0);
  });

  it('is the same when the image runs in many places', async () => {
    for (const each of ['a', 'b', 'c']) await deploy(ports, `ecs/prod/${each}`, IMAGE);
    await night();
    lose(NAMES.slice(0, 4));
    expect(await stateOf()).toMatchObject({ state: 'fresh' });
  });

  it.each([
    ['fixed', (name: string) => ({ ...anAdvisory(`CGA-${name}`, { name, fixed: '0.9-r0' }) })],
    ['not affected', (name: string) => ({ ...anAdvisory(`CGA-${name}`, { name, fixed: '0' }) })],
    ['withdrawn', () => ({ withdrawn: '2026-11-01T00:00:00Z' })],
    ['about another package', () => ({ ...anAdvisory('x', { name: 'elsewhere' }), id: undefined })],
  ])('is believed when they are %s', async (_name, change) => {
    await night();
    for (const name of NAMES) hit(name, { ...change(name), id: `CGA-${name}` });
    const run = await night();
    expect(run.feeds).toMatchObject([{ state: 'fresh' }]);
    expect(run.changes.closed).toBeGreaterThanOrEqual(NAMES.length);
  });

  it('is not believed when they are there and speak of no version', async () => {
    await night();
    for (const name of NAMES) {
      hit(name, {
        affected: [{ package: { ecosystem: 'Wolfi', name }, ranges: [], versions: [] }],
      });
    }
    expect(await stateOf()).toMatchObject({ state: 'held', hold: { closings: { silent: 40 } } });
  });

  it('closes nothing while another feed stands for them', async () => {
    const other = createFakeFeed('ghsa');
    for (const name of NAMES) hit(name, { id: `GHSA-${name}` }, other);
    ports = { ...ports, feeds: [feed, other] };
    await night();
    lose(NAMES.slice(0, 20));
    expect((await night()).feeds.map(({ state }) => state)).toEqual(['fresh', 'fresh']);
  });

  it('is held with another that loses them the same night', async () => {
    const other = createFakeFeed('ghsa');
    for (const name of NAMES) hit(name, {}, other);
    for (let index = 0; index < 500; index++) other.byId.set(`X-${index}`, { id: `X-${index}` });
    ports = { ...ports, feeds: [feed, other] };
    await night();
    lose(NAMES.slice(0, 20));
    lose(NAMES.slice(0, 20), other);
    const run = await night();
    expect(run.feeds.map(({ state }) => state)).toEqual(['held', 'held']);
    expect(run.changes.closed).toBeUndefined();
  });

  it('is measured by what was taken last, for as long as it is held', async () => {
    const first = await stateOf();
    lose(NAMES.slice(0, 5));
    await night();
    lose(NAMES.slice(0, 8));
    const held = await stateOf();
    expect(held).toMatchObject({ snapshot: first?.snapshot, hold: { closings: { silent: 8 } } });
    expect(ports.told, 'told once').toEqual([]);
    for (const name of NAMES) hit(name);
    expect(await stateOf()).toMatchObject({ state: 'fresh', snapshot: first?.snapshot });
    expect(ports.told).toMatchObject([{ kind: 'resolved', subject: 'wolfi' }]);
  });

  it('is told though it could not be read the night before, and neither ends the other', async () => {
    await night();
    feed.failure = new Error('no');
    ports.told.length = 0;
    const unread = ports.feeds.map((each) => ({
      ...each,
      read: async () => Promise.reject(feed.failure),
    }));
    const enabled = ports.feeds;
    ports = { ...ports, feeds: unread };
    expect(await stateOf(), 'three failures of the worker').toMatchObject({
      state: 'held',
      failure: expect.stringContaining('could not be read'),
    });
    ports = { ...ports, feeds: enabled };
    feed.failure = undefined;
    lose(NAMES.slice(0, 5));
    await night();
    expect(ports.told.map(({ kind }) => kind)).toEqual(['feed']);
  });

  it('is nothing to compare on the first night, nor a feed’s own', async () => {
    expect(await stateOf()).toMatchObject({ state: 'fresh' });
    const other = createFakeFeed('ghsa');
    hit('lib00', { id: 'GHSA-1' }, other);
    ports = { ...ports, feeds: [feed, other] };
    expect((await night()).feeds.map(({ state }) => state)).toEqual(['fresh', 'fresh']);
  });
});

describe('a feed that is taken out of the configuration', () => {
  it('is not held: what only it said is over, because of the feed', async () => {
    const late = createFakeFeed('late');
    late.byId.set('X-0', anAdvisory('X-0', { name: 'nobody' }));
    ports = { ...ports, feeds: [feed, late] };
    await night();
    hit('lib00', { id: 'LATE-1', upstream: ['CVE-2026-777'] }, late);
    await night();
    expect(ports.told.map(({ kind }) => kind)).toEqual(['disclosed']);
    ports = { ...ports, feeds: [feed] };
    const run = await night();
    expect(run.feeds.map(({ name }) => name)).toEqual(['wolfi']);
    expect(ports.told).toMatchObject([{ kind: 'resolved', cause: 'feed' }]);
  });

  it('is a baseline of its own once more when it comes back', async () => {
    const late = createFakeFeed('late');
    hit('lib00', { id: 'LATE-1', upstream: ['CVE-2026-777'] }, late);
    await night();
    const baselines: string[] = [];
    for (const feeds of [[feed, late], [feed], [feed, late], [feed], [feed, late]]) {
      ports = { ...ports, feeds };
      await night();
      expect(ports.told.map(({ kind, subject }) => [kind, subject])).toEqual(
        feeds.length > 1 ? [['baseline', 'late']] : [],
      );
      baselines.push(...ports.told.map(({ alertId }) => alertId));
    }
    expect(new Set(baselines).size).toBe(3);
  });
});

describe('a person’s word', () => {
  beforeEach(async () => {
    await night();
    lose(NAMES.slice(0, 5));
    await night();
  });

  it('lets the next night take what was looked at, once, and says who', async () => {
    const { offered } = await accept();
    const run = await night();
    expect(run.feeds).toMatchObject([
      { state: 'fresh', snapshot: offered.snapshot, accepted: { by: 'ada', reason: 'checked' } },
    ]);
    expect(run.changes.closed).toBeGreaterThan(0);
    lose(NAMES.slice(5, 10));
    expect(await stateOf(), 'spent').toMatchObject({
      state: 'held',
      hold: { closings: { silent: 5 } },
    });
  });

  it('holds for a later state that has lost no more beside it', async () => {
    const { offered } = await accept();
    lose(NAMES.slice(5, 9));
    feed.byId.set('NEW-1', anAdvisory('NEW-1', { name: 'new' }));
    const state = await stateOf();
    expect(state).toMatchObject({ state: 'fresh', accepted: { by: 'ada' } });
    expect(state?.snapshot).not.toBe(offered.snapshot);
  });

  it('does not hold for one that has lost more than a feed may', async () => {
    await accept();
    lose(NAMES.slice(5, 10));
    expect(await stateOf()).toMatchObject({ state: 'held' });
    await accept();
    expect(await stateOf()).toMatchObject({ state: 'fresh' });
  });

  it('waits while the feed cannot be read', async () => {
    await accept();
    const enabled = ports.feeds;
    ports = { ...ports, feeds: [{ ...feed, read: async () => Promise.reject(new Error('down')) }] };
    expect(await stateOf()).toMatchObject({ state: 'held' });
    ports = { ...ports, feeds: enabled };
    expect(await stateOf()).toMatchObject({ state: 'fresh', accepted: { by: 'ada' } });
  });

  it('of an earlier hold says nothing about the next', async () => {
    await accept();
    for (const name of NAMES) hit(name);
    const itself = await stateOf();
    expect(itself).toMatchObject({ state: 'fresh' });
    expect(itself?.accepted, 'nobody’s word was needed').toBeUndefined();
    lose(NAMES.slice(0, 5));
    expect(await stateOf()).toMatchObject({ state: 'held' });
    expect(await stateOf(), 'the night after').toMatchObject({ state: 'held' });
  });

  it('is shown until the night has used it', async () => {
    await accept();
    expect(await showFeed(ports, 'wolfi')).toMatchObject({
      acceptance: { by: 'ada' },
      difference: {
        lost: 5,
        added: 0,
        examples: NAMES.slice(0, 5).map((name) => `CGA-${name}`),
        closings: NAMES.slice(0, 5).map((_, index) => ({
          id: `CVE-2026-9${index}`,
          ecosystem: 'Wolfi',
        })),
      },
    });
    await night();
    expect(await showFeed(ports, 'wolfi')).toMatchObject({ acceptance: null, difference: null });
    expect(await showFeeds(ports)).toMatchObject({ feeds: [{ name: 'wolfi', state: 'fresh' }] });
  });

  it.each([
    [{ feed: 'other' }, 'no feed "other"'],
    [{ snapshot: 'ffff' }, 'offers the snapshot'],
  ])('is refused for %j', async (overrides, message) => {
    await expect(accept(overrides)).rejects.toThrow(NothingToAcceptError);
    await expect(accept(overrides)).rejects.toThrow(message);
  });

  it('is one person’s: of two at once the second has to look again', async () => {
    const words = await Promise.allSettled([
      accept(),
      acceptFeed(ports, { feed: 'wolfi', snapshot: null, by: 'bob', reason: null }),
    ]);
    const refused = words.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeLessThanOrEqual(1);
    const stored = await ports.state.feedAcceptance('wolfi');
    expect(['ada', 'bob']).toContain(stored?.by);
    expect(stored?.revision).toBe(2 - refused.length);
  });
});
