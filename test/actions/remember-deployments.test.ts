import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Deployment, DeploymentScope } from '../../actions/ports.ts';
import { type NightScope, rememberDeployments } from '../../actions/remember-deployments.ts';
import { digestLike } from '../support/fake-ecs.ts';

const DAYS = 14;
const [A, B] = [digestLike('a'), digestLike('b')];
const LINEAGE = 'ecs/prod/web|app|linux/amd64';

/** What a night can find. */
type Found =
  | 'runs A'
  | 'runs B'
  | 'runs both'
  | 'B half seen'
  | 'idle'
  | 'unseen'
  | 'region unseen'
  | 'gone';

function atDay(day: number): string {
  return new Date(Date.UTC(2026, 0, 1 + day, 2)).toISOString();
}

function running(digest: string, overrides: Partial<Deployment> = {}): Deployment {
  return {
    workload: 'ecs/prod/web',
    container: 'app',
    reference: 'r.test/web:1',
    digest,
    platform: 'linux/amd64',
    ...overrides,
  };
}

const REGION: DeploymentScope = { scope: 'ecs/eu', failure: null, deployments: [] };

function prod(...deployments: Deployment[]): DeploymentScope {
  return { scope: 'ecs/eu/prod', failure: null, deployments, idle: ['ecs/prod/web'] };
}

const SCOPES: Record<Found, DeploymentScope[]> = {
  'runs A': [REGION, prod(running(A))],
  'runs B': [REGION, prod(running(B))],
  'runs both': [REGION, prod(running(B), running(A))],
  // One of its tasks could be read, of the others nothing is known.
  'B half seen': [REGION, { ...prod(running(B)), failure: 'DescribeTasks', idle: [] }],
  idle: [REGION, prod()],
  unseen: [REGION, { ...prod(), failure: 'AccessDenied', idle: [] }],
  'region unseen': [{ ...REGION, failure: 'AccessDenied' }],
  gone: [REGION, { ...prod(), idle: [] }],
};

/** Plays nights, each on its day. */
function play(nights: readonly (readonly [day: number, found: Found])[]): NightScope[] {
  return nights.reduce<NightScope[]>(
    (past, [day, found]) =>
      rememberDeployments({ scopes: SCOPES[found], past, at: atDay(day), days: DAYS }),
    [],
  );
}

function remembered(scopes: readonly NightScope[]): string[] {
  return scopes.flatMap((each) => each.deployments.map(({ digest }) => digest));
}

function unseen(scopes: readonly NightScope[]): string[] {
  return scopes.flatMap((each) => each.unseen.map(({ digest }) => digest));
}

describe('what ran lately', () => {
  it('counts to the last of its days, with the night that saw it', () => {
    const [, scope] = play([
      [0, 'runs A'],
      [3, 'runs A'],
      [3 + DAYS, 'idle'],
    ]);
    expect(scope?.deployments).toEqual([
      {
        ...running(A),
        scope: 'ecs/eu/prod',
        lineage: LINEAGE,
        seen: { first: atDay(0), last: atDay(3), count: 1 },
      },
    ]);
    expect(
      remembered(
        play([
          [0, 'runs A'],
          [DAYS + 1, 'idle'],
        ]),
      ),
    ).toEqual([]);
  });

  it('is all that ran then, of a deployment that was under way', () => {
    const [, scope] = play([
      [0, 'runs both'],
      [1, 'idle'],
    ]);
    expect(scope?.deployments.map(({ lineage }) => lineage)).toEqual([LINEAGE, `${LINEAGE}|${A}`]);
  });

  it('is not what was replaced, be it that night or later', () => {
    expect(
      remembered(
        play([
          [0, 'runs A'],
          [1, 'runs B'],
          [2, 'idle'],
        ]),
      ),
    ).toEqual([B]);
    expect(
      remembered(
        play([
          [0, 'runs A'],
          [1, 'idle'],
          [2, 'runs B'],
        ]),
      ),
    ).toEqual([B]);
  });

  it('is not a container that its workload has no more', () => {
    const both = prod(running(A), running(B, { container: 'proxy' }));
    const past = rememberDeployments({ scopes: [both], past: [], at: atDay(0), days: DAYS });
    const [scope] = rememberDeployments({
      scopes: [prod(running(A))],
      past,
      at: atDay(1),
      days: DAYS,
    });
    expect(scope?.deployments.map(({ container }) => container)).toEqual(['app']);
  });

  it('is found by the name above it', () => {
    const task = { workload: 'ecs/prod/task/nightly' };
    const past = rememberDeployments({
      scopes: [prod(running(A, task), running(B, { workload: 'ecs/prod/taskmaster' }))],
      past: [],
      at: atDay(0),
      days: DAYS,
    });
    const idle = [{ ...prod(), idle: ['ecs/prod/task/*'] }];
    const [scope] = rememberDeployments({ scopes: idle, past, at: atDay(1), days: DAYS });
    expect(scope?.deployments.map(({ workload }) => workload)).toEqual(['ecs/prod/task/nightly']);
  });

  it('is over with the source that is not asked any more', () => {
    const past = play([[0, 'runs A']]);
    expect(rememberDeployments({ scopes: [], past, at: atDay(1), days: DAYS })).toEqual([]);
  });

  it('counts how many ran, and knows since when', () => {
    const scopes = [prod(running(A, { count: 3 }))];
    const past = play([[0, 'runs A']]);
    const [scope] = rememberDeployments({ scopes, past, at: atDay(1), days: DAYS });
    expect(scope?.deployments[0]?.seen).toEqual({ first: atDay(0), last: atDay(1), count: 3 });
  });
});

/** What may run after a night, with the last day on which it could: the rule, said once more. */
function mayRun(
  before: ReadonlyMap<string, number>,
  [day, what]: readonly [number, Found],
): ReadonlyMap<string, number> {
  switch (what) {
    case 'gone':
      return new Map();
    case 'idle':
      return new Map([...before].filter(([, possible]) => day - possible <= DAYS));
    case 'unseen':
    case 'region unseen':
      return new Map([...before].map(([digest]) => [digest, day]));
    case 'B half seen':
      // It took the place of what ran alone; what ran beside it may do so still.
      return new Map((before.has(A) && before.has(B) ? [A, B] : [B]).map((each) => [each, day]));
    case 'runs A':
      return new Map([[A, day]]);
    case 'runs B':
      return new Map([[B, day]]);
    case 'runs both':
      return new Map([A, B].map((digest) => [digest, day]));
  }
}

describe('in any order of nights', () => {
  const found = fc.constantFrom<Found[]>(
    'runs A',
    'runs B',
    'runs both',
    'B half seen',
    'idle',
    'unseen',
    'region unseen',
    'gone',
  );
  /** Nights with the days that passed before each. */
  const nights = fc.array(fc.tuple(fc.integer({ min: 1, max: 10 }), found), { maxLength: 12 });
  const dated = nights.map((each) => {
    let day = 0;
    return each.map(([gap, what]): [number, Found] => {
      day += gap;
      return [day, what];
    });
  });

  it('nothing is over while it runs, is remembered, or nobody can see it', () => {
    fc.assert(
      fc.property(dated, (all) => {
        const expected = all.reduce(mayRun, new Map());
        const scopes = play(all);
        expect([...remembered(scopes), ...unseen(scopes)].sort()).toEqual(
          [...expected.keys()].sort(),
        );
        const isBlind = /unseen|half seen/.test(all.at(-1)?.[1] ?? '');
        if (!isBlind) expect(unseen(scopes)).toEqual([]);
      }),
    );
  });

  it('all is over once it was seen to run nothing for longer than its days', () => {
    fc.assert(
      fc.property(dated, (all) => {
        const last = all.at(-1)?.[0] ?? 0;
        expect(remembered(play([...all, [last + DAYS + 1, 'idle']]))).toEqual([]);
      }),
    );
  });

  it('a lineage never means two things in one night', () => {
    fc.assert(
      fc.property(dated, (all) => {
        const lineages = play(all)
          .flatMap((each) => [...each.deployments, ...each.unseen])
          .map(({ lineage }) => lineage);
        expect(new Set(lineages).size).toBe(lineages.length);
      }),
    );
  });
});
