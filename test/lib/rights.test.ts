import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { defineConfig } from '../../lib/tidewatch-config.ts';
import { synthesize } from '../support/function-rights.ts';

const ECR_RESOLVE = ['ecr:BatchGetImage repository/*', 'ecr:GetAuthorizationToken *'];

const LIST_ECS = ['ecs:ListClusters *', 'ecs:ListTasks *', 'ecs:DescribeTasks task/*'];
const LIST_LAMBDA = ['lambda:ListFunctions *', 'lambda:GetFunction function:*'];

/** What each function may do; logs aside, which all may write. */
const RIGHTS: Record<string, readonly string[]> = {
  IndexImage: [
    ...reads('captures/*', 'inventories/*', 'images/*', 'runs/*/work/*'),
    ...writes('captures/*', 'inventories/*', 'images/*', 'runs/*/work/*'),
    ...ECR_RESOLVE,
    'ecr:GetDownloadUrlForLayer repository/*',
    'sqs:SendMessage IndexedImages',
    ...consumes('PushedImages'),
  ],
  AssessPush: [
    ...reads('images/*', 'inventories/*', 'snapshots/*', 'heads/*', 'runs/*'),
    ...writes('heads/*'),
    'dynamodb:GetItem State',
    'dynamodb:PutItem State',
    ...ECR_RESOLVE,
    'sns:Publish Alerts',
    'sns:Publish People',
    ...consumes('IndexedImages'),
  ],
  DeliverAlerts: [
    ...reads('runs/*'),
    'dynamodb:GetItem State',
    'dynamodb:PutItem State',
    'dynamodb:Query State/index/pending',
    'sns:Publish Alerts',
    'sns:Publish People',
    'sns:GetTopicAttributes People',
    'sns:GetTopicAttributes Operations',
    'sqs:SendMessage MissedSweeps',
  ],
  ObserveTags: [
    ...reads('runs/*/work/*'),
    ...writes('runs/*/work/*'),
    'dynamodb:Query State',
    ...ECR_RESOLVE,
  ],
  ListDeployments: [
    ...reads('runs/*/work/*'),
    ...writes('runs/*/work/*'),
    ...LIST_ECS,
    ...LIST_LAMBDA,
  ],
  ReconcileImages: [
    ...reads('runs/*', 'heads/*', 'images/*'),
    ...writes('runs/*/work/*'),
    'dynamodb:GetItem State',
    'dynamodb:Query State',
    ...ECR_RESOLVE,
    'ecr:ListImages repository/*',
  ],
  RecordObservations: [
    ...reads('runs/*/work/*', 'images/*', 'inventories/*'),
    ...writes('runs/*/work/*'),
    'dynamodb:PutItem State',
    'dynamodb:Query State',
  ],
  RefreshFeeds: [
    ...reads('runs/*', 'snapshots/*'),
    ...writes('runs/*/work/*', 'snapshots/*'),
    'dynamodb:GetItem State',
  ],
  MatchFleet: [
    ...reads('runs/*', 'heads/*', 'images/*', 'inventories/*', 'snapshots/*'),
    ...writes('runs/*/work/*'),
    'dynamodb:GetItem State',
    'dynamodb:Query State',
  ],
  CompareLineages: [
    ...reads('runs/*', 'heads/*'),
    ...writes('runs/*'),
    'dynamodb:GetItem State',
    'dynamodb:Query State',
  ],
  CommitRun: ['dynamodb:GetItem State', 'dynamodb:PutItem State'],
  ReassessPushes: [
    ...reads('runs/*', 'heads/*', 'inventories/*', 'snapshots/*'),
    ...writes('heads/*'),
    'dynamodb:GetItem State',
    'dynamodb:PutItem State',
    'dynamodb:Query State',
  ],
  WriteReport: [...reads('runs/*'), ...writes('runs/*/report.html'), 'dynamodb:Query State'],
  StartNight: ['lambda:InvokeFunction Aliaslive', 'sqs:SendMessage FailedNights'],
  WatchTags: [
    ...reads('images/*', 'inventories/*', 'runs/*', 'heads/*'),
    'dynamodb:GetItem State',
    'dynamodb:PutItem State',
    'dynamodb:Query State',
    ...ECR_RESOLVE,
    'lambda:InvokeFunction IndexImage',
    'sns:Publish Alerts',
    'sns:Publish People',
    'sqs:SendMessage MissedLooks',
  ],
  RunNight: [
    ...[
      'ObserveTags',
      'ListDeployments',
      'ReconcileImages',
      'IndexImage',
      'RecordObservations',
      'RefreshFeeds',
      'MatchFleet',
      'CompareLineages',
      'CommitRun',
      'ReassessPushes',
      'DeliverAlerts',
      'WriteReport',
    ].map((worker) => `lambda:InvokeFunction ${worker}`),
    'lambda:CheckpointDurableExecution RunNight:*',
    'lambda:GetDurableExecutionState RunNight:*',
    'sqs:SendMessage FailedNights',
  ],
};

const { template, rights } = synthesize();

describe('least privilege', () => {
  it('knows every function', () => {
    expect([...rights.keys()].sort()).toEqual(Object.keys(RIGHTS).sort());
  });

  it.each(Object.entries(RIGHTS))('allows %s exactly its own calls', (name, expected) => {
    const granted = rights.get(name) ?? [];

    expect(granted.filter((right) => !right.startsWith('logs:')).sort()).toEqual(
      expected.toSorted(),
    );
    expect(granted.filter((right) => right.startsWith('logs:'))).toEqual([
      `logs:CreateLogStream ${name}Logs`,
      `logs:PutLogEvents ${name}Logs`,
    ]);
  });

  const image = 'r.test/web:1';
  it.each([
    ['nobody', { orchestrators: { ecs: false, lambda: false } }, []],
    ['ECS', { orchestrators: { lambda: false } }, LIST_ECS],
    ['Lambda', { orchestrators: { ecs: false } }, LIST_LAMBDA],
    [
      'a list, ECS and Lambda',
      { deployments: [{ workload: 'vm/web', container: 'web', image }] },
      [...LIST_ECS, ...LIST_LAMBDA, ...ECR_RESOLVE],
    ],
  ])('allows to list what runs as far as %s is asked', (_who, config, expected) => {
    const granted = synthesize(defineConfig(config)).rights.get('ListDeployments') ?? [];

    expect(granted.filter((right) => /^(ecs|ecr|lambda):/.test(right)).sort()).toEqual(
      expected.toSorted(),
    );
  });

  it('narrows by a condition what cannot be narrowed by a resource', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'ecs:ListTasks',
            Condition: { ArnLike: { 'ecs:cluster': Match.anyValue() } },
          }),
        ]),
      },
    });
  });

  it('has no managed policy, and no action with a wildcard', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::IAM::Role'))) {
      expect(Properties.ManagedPolicyArns).toBeUndefined();
    }
    const actions = Object.values(template.findResources('AWS::IAM::Policy')).flatMap((policy) =>
      policy.Properties.PolicyDocument.Statement.flatMap(
        (each: { readonly Action: string }) => each.Action,
      ),
    );
    expect(actions.filter((action: string) => action.includes('*'))).toEqual([]);
  });
});

function reads(...keys: string[]): string[] {
  return [...keys.map((key) => `s3:GetObject ${key}`), 's3:ListBucket Objects'];
}

function writes(...keys: string[]): string[] {
  return keys.map((key) => `s3:PutObject ${key}`);
}

/** What an event source mapping does in its function's name. */
function consumes(queue: string): string[] {
  return [
    'ReceiveMessage',
    'ChangeMessageVisibility',
    'GetQueueUrl',
    'DeleteMessage',
    'GetQueueAttributes',
  ].map((call) => `sqs:${call} ${queue}`);
}
