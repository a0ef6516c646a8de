import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Deployment, DeploymentScope } from '../../../actions/ports.ts';
import { createFaults, type Faults } from '../../../local/cloud/faults.ts';
import { createFleet, type Fleet } from '../../../local/cloud/orchestrators/fleet.ts';
import {
  type Orchestrators,
  startOrchestrators,
} from '../../../local/cloud/orchestrators/start-orchestrators.ts';
import { runProcess } from '../../../local/cloud/process.ts';
import {
  createWorldDeployments,
  type WorldDeployments,
} from '../../../local/player/world-deployments.ts';
import { digestLike } from '../../support/fake-ecs.ts';

let fleet: Fleet;
let faults: Faults;
let server: Orchestrators;
let running: WorldDeployments;
beforeEach(() => start());
afterEach(() => stop());

async function start(): Promise<void> {
  fleet = createFleet();
  faults = createFaults();
  server = await startOrchestrators(fleet, { pageSize: () => 2 });
  running = createWorldDeployments(server.endpoint, fleet, faults);
}

async function stop(): Promise<void> {
  running.destroy();
  await server[Symbol.asyncDispose]();
}

function aDeployment(workload: string, other: Partial<Deployment> = {}): Deployment {
  return {
    workload,
    container: 'app',
    reference: 'r.test/web:1',
    digest: digestLike('a'),
    platform: 'linux/amd64',
    ...other,
  };
}

/** What is listed, by scope. */
async function listed(): Promise<Record<string, readonly Deployment[] | string>> {
  const scopes = await running.deployments.list();
  return Object.fromEntries(
    scopes.map(({ scope, failure, deployments }) => [scope, failure ?? deployments]),
  );
}

const WORKLOADS = [
  'ecs/prod/web',
  'ecs/prod/task/nightly',
  'ecs/Other_1/web',
  'eks/main/shop/deployment/web',
  'eks/main/shop/Deployment/web',
  'eks/main/shop/cronjob/clean',
  'eks/main/shop/CronJob/clean',
  'eks/main/shop/StatefulSet/db',
  'eks/main/shop/ReplicaSet/alone',
  'eks/main/shop/Job/once',
  'eks/main/shop/Pod/bare',
  'eks/main/shop/pod/bare',
  'eks/main/shop/Rollout/web',
  'eks/other/shop/daemonset/agent',
  'lambda/jobs',
];

describe('what runs in a world', () => {
  it.each(WORKLOADS)('comes out of the real sources as %s', async (workload) => {
    const deployment = aDeployment(workload);
    fleet.deploy(deployment);

    const counted = workload.startsWith('lambda/') ? {} : { count: 1 };
    expect(Object.values(await listed()).flat()).toEqual([{ ...deployment, ...counted }]);
  });

  it('comes out whatever is deployed and undeployed, over all pages', async () => {
    const container = fc.constantFrom('app', 'side');
    const step = fc.record({
      workload: fc.constantFrom(...WORKLOADS),
      container,
      digest: fc.constantFrom('a', 'b').map(digestLike),
      platform: fc.constantFrom('linux/amd64', 'linux/arm64'),
      isOver: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        await stop();
        await start();
        const expected = new Map<string, Deployment>();
        for (const { isOver, container, ...each } of steps) {
          // A function is one container.
          const name = each.workload.startsWith('lambda/') ? 'app' : container;
          const key = `${each.workload}|${name}`;
          if (isOver) {
            expected.delete(key);
            fleet.undeploy(each.workload, name);
          } else {
            const deployment = aDeployment(each.workload, { ...each, container: name });
            expected.set(key, deployment);
            fleet.deploy(deployment);
          }
        }
        const all = Object.values(await listed()).flat() as Deployment[];
        expect(all.map(textOf).sort()).toEqual([...expected.values()].map(textOf).sort());
      }),
      { numRuns: 15 },
    );
  });

  it('is there no more when it is undeployed: neither runs nor idles', async () => {
    for (const workload of WORKLOADS) fleet.deploy(aDeployment(workload));
    for (const workload of WORKLOADS) fleet.undeploy(workload);

    const scopes = await running.deployments.list();
    expect(scopes.flatMap(({ deployments, idle = [] }) => [...deployments, ...idle])).toEqual([]);
  });

  it('leaves an empty cluster behind', async () => {
    fleet.deploy(aDeployment('ecs/prod/web'));
    fleet.deploy(aDeployment('eks/main/shop/Deployment/web'));
    fleet.undeploy('ecs/prod/web');
    fleet.undeploy('eks/main/shop/Deployment/web');

    expect(await listed()).toEqual({
      'ecs/us-east-1': [],
      'ecs/us-east-1/prod': [],
      'eks/us-east-1/main': [],
      'lambda/us-east-1': [],
    });
  });
});

describe('a process of its own', () => {
  /** As the function that lists what runs puts its sources together. */
  const SCRIPT = `
    const clients = await import('./adapters/aws/create-aws-clients.ts');
    const { createEcsDeployments } = await import('./adapters/aws/ecs-deployments.ts');
    const { createEksDeployments } = await import('./adapters/aws/eks-deployments.ts');
    const { createLambdaDeployments } = await import('./adapters/aws/lambda-deployments.ts');
    const scopes = await Promise.all([
      createEcsDeployments(clients.createEcsClient()).list(),
      createEksDeployments({ client: clients.createEksClient(), clusters: ['main'] }).list(),
      createLambdaDeployments(clients.createLambdaClient()).list(),
    ]);
    console.log(JSON.stringify(scopes.flat()));
    process.exit(0);`;

  it('is told the same, by its variables alone', async () => {
    for (const workload of ['ecs/prod/web', 'lambda/jobs', 'eks/main/shop/Deployment/web']) {
      fleet.deploy(aDeployment(workload, { container: 'function' }));
    }
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', SCRIPT],
      {
        env: {
          AWS_ENDPOINT_URL_ECS: server.endpoint,
          AWS_ENDPOINT_URL_EKS: server.endpoint,
          AWS_ENDPOINT_URL_LAMBDA: server.endpoint,
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: 'embedded',
          AWS_SECRET_ACCESS_KEY: 'embedded',
        },
      },
    );

    const bySource = (a: DeploymentScope, b: DeploymentScope) => (a.scope < b.scope ? -1 : 1);
    const scopes = await running.deployments.list();
    const withoutIdle = (all: readonly DeploymentScope[]) =>
      all.map(({ idle: _, ...scope }) => scope).sort(bySource);
    expect(withoutIdle(JSON.parse(stdout))).toEqual(withoutIdle(scopes));
  });
});

describe('a call that fails for good', () => {
  beforeEach(() => {
    for (const workload of ['ecs/prod/web', 'ecs/other/web', 'lambda/jobs']) {
      fleet.deploy(aDeployment(workload));
    }
    for (const kind of ['Deployment', 'CronJob']) {
      fleet.deploy(aDeployment(`eks/main/shop/${kind}/web`));
      fleet.deploy(aDeployment(`eks/other/shop/${kind}/web`));
    }
  });

  it.each([
    ['ecs:ListClusters', 'ecs/us-east-1'],
    ['ecs:ListServices', 'ecs/us-east-1/prod'],
    ['ecs:ListTasks', 'ecs/us-east-1/prod'],
    ['ecs:DescribeTasks', 'ecs/us-east-1/prod'],
    ['lambda:ListFunctions', 'lambda/us-east-1'],
    ['lambda:GetFunction', 'lambda/us-east-1'],
    ['lambda:ListAliases', 'lambda/us-east-1'],
    ['eks:DescribeCluster', 'eks/us-east-1/main'],
    ['eks:GET pods', 'eks/us-east-1/main'],
    ['eks:GET nodes', 'eks/us-east-1/main'],
    ['eks:GET replicasets', 'eks/us-east-1/main'],
    ['eks:GET jobs', 'eks/us-east-1/main'],
  ])('%s blinds %s and no other scope', async (call, scope) => {
    for (const error of ['throttle', 'denied', 'server', 'timeout'] as const) {
      faults.add({ call, times: 1, error, attempts: 'all' });
      const failed = (await running.deployments.list()).filter(({ failure }) => failure !== null);

      expect(failed.map((each) => each.scope)).toEqual([scope]);
      expect(failed[0]?.failure).toContain(error);
    }
  });

  it.each(['ecs:ListTasks', 'lambda:GetFunction', 'eks:GET pods', 'eks:GET nodes'])(
    '%s is made good by another attempt when it fails once',
    async (call) => {
      faults.add({ call, times: 1, error: 'throttle' });

      const failures = (await running.deployments.list()).map(({ failure }) => failure);
      expect(failures.filter((failure) => failure !== null)).toEqual([]);
      expect(faults.left()).toEqual([]);
    },
  );

  it.each(['ecs:DescribeTasks', 'lambda:GetFunction', 'eks:DescribeCluster', 'eks:GET jobs'])(
    '%s ends its process when that crashes',
    async (after) => {
      faults.addCrash({ after });

      expect(await runProcess(() => running.deployments.list())).toEqual({ kind: 'crashed' });
    },
  );
});

function textOf({ count: _, ...deployment }: Deployment): string {
  return JSON.stringify(Object.entries(deployment).sort());
}
