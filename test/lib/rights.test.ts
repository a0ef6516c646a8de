import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { defineConfig } from '../../lib/tidewatch-config.ts';
import { synthesize } from '../support/function-rights.ts';

const SHOP = 'arn:aws:iam::222222222222';

const ECR_RESOLVE = ['ecr:BatchGetImage repository/*', 'ecr:GetAuthorizationToken *'];

const DESCRIBE_ECR = ['ecr:DescribeRepositories repository/*', 'ecr:DescribeImages repository/*'];
const LIST_ECS = [
  'ecs:ListClusters *',
  'ecs:ListTasks *',
  'ecs:ListServices *',
  'ecs:DescribeTasks task/*',
];
const LIST_LAMBDA = [
  'lambda:ListFunctions *',
  'lambda:GetFunction function:*',
  'lambda:ListAliases function:*',
];

/** What each function may do; logs aside, which all may write. */
const RIGHTS: Record<string, readonly string[]> = {
  IndexImage: [
    ...reads('captures/*', 'inventories/*', 'images/*', 'failures/*', 'runs/*/work/*'),
    ...writes('captures/*', 'inventories/*', 'images/*', 'failures/*', 'fleet/*', 'runs/*/work/*'),
    'dynamodb:PutItem State',
    'dynamodb:DeleteItem State',
    ...ECR_RESOLVE,
    'ecr:GetDownloadUrlForLayer repository/*',
    'sqs:SendMessage PushedImages',
    'sqs:SendMessage IndexedImages',
    ...consumes('PushedImages'),
  ],
  AssessPush: [
    ...reads('images/*', 'inventories/*', 'snapshots/*', 'heads/*', 'runs/*', 'suppressions/*'),
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
    'dynamodb:GetItem State',
    ...LIST_ECS,
    ...LIST_LAMBDA,
  ],
  ReconcileImages: [
    ...reads('runs/*', 'heads/*', 'images/*', 'fleet/*'),
    ...writes('runs/*/work/*'),
    'dynamodb:GetItem State',
    'dynamodb:Query State',
    ...ECR_RESOLVE,
    'ecr:ListImages repository/*',
    ...DESCRIBE_ECR,
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
    ...reads(
      ...['runs/*', 'heads/*', 'images/*', 'inventories/*', 'snapshots/*'],
      ...['fleet/*', 'suppressions/*'],
    ),
    ...writes('runs/*/work/*', 'fleet/*', 'suppressions/*'),
    'dynamodb:GetItem State',
    'dynamodb:Query State',
  ],
  CompareLineages: [
    ...reads('runs/*', 'heads/*', 'fleet/*', 'suppressions/*'),
    ...writes('runs/*'),
    'dynamodb:GetItem State',
    'dynamodb:Query State',
  ],
  CommitRun: ['dynamodb:GetItem State', 'dynamodb:PutItem State'],
  ReassessPushes: [
    ...reads('runs/*', 'heads/*', 'images/*', 'inventories/*', 'snapshots/*', 'suppressions/*'),
    ...writes('heads/*'),
    'dynamodb:GetItem State',
    'dynamodb:PutItem State',
    'dynamodb:Query State',
  ],
  WriteReport: [
    ...reads('runs/*', 'fleet/*', 'suppressions/*'),
    ...writes('runs/*/report.html', 'runs/*/NOTICE.txt'),
    'dynamodb:Query State',
  ],
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
  Examine: [
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
      'AssessPush',
      'StartNight',
      'WatchTags',
    ].map((examined) => `lambda:InvokeFunction ${examined}`),
    'sqs:SendMessage MissedExaminations',
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

  it('allows a mirror’s very objects to be read, and nothing of another’s bucket', () => {
    const mirrored = synthesize(
      defineConfig({
        feeds: {
          osv: { ecosystems: ['PyPI', 'Azure Linux'], mirror: 's3://mirror.example/osv' },
          chainguard: { acceptLicence: true, mirror: 's3://mirror.example/feed.ndjson.gz' },
          amazon: { releases: ['2023'], mirror: 's3://mirror.example/amazon' },
        },
      }),
    );
    const granted = mirrored.rights.get('RefreshFeeds') ?? [];
    const more = granted.filter((right) => !rights.get('RefreshFeeds')?.includes(right));
    expect(more.map((right) => right.replace(/^(\S+) .*s3:::/, '$1 '))).toEqual([
      's3:GetObject mirror.example/amazon/*',
      's3:GetObject mirror.example/feed.ndjson.gz',
      's3:GetObject mirror.example/osv/Azure Linux/all.zip',
      's3:GetObject mirror.example/osv/PyPI/all.zip',
    ]);
  });

  const image = 'r.test/web:1';
  it.each([
    ['nobody', { orchestrators: { ecs: false, lambda: false } }, []],
    ['ECS', { orchestrators: { lambda: false } }, LIST_ECS],
    ['Lambda', { orchestrators: { ecs: false } }, LIST_LAMBDA],
    [
      'EKS, cluster by cluster,',
      { orchestrators: { ecs: false, lambda: false, eks: ['main', 'edge'] } },
      ['eks:DescribeCluster cluster/main', 'eks:DescribeCluster cluster/edge'],
    ],
    [
      'a list, ECS and Lambda',
      { deployments: [{ workload: 'vm/web', container: 'web', image }] },
      [...LIST_ECS, ...LIST_LAMBDA, ...ECR_RESOLVE],
    ],
    [
      'a list with a pattern',
      {
        orchestrators: { ecs: false, lambda: false },
        deployments: [{ workload: 'vm/web', container: 'web', image: 'r.test/web:prod*' }],
      },
      [...ECR_RESOLVE, 'ecr:ListImages repository/*'],
    ],
  ])('allows to list what runs as far as %s is asked', (_who, config, expected) => {
    const granted = synthesize(defineConfig(config)).rights.get('ListDeployments') ?? [];

    expect(granted.filter((right) => /^(ecs|ecr|eks|lambda):/.test(right)).sort()).toEqual(
      expected.toSorted(),
    );
  });

  it('allows no more elsewhere: a role that is assumed, or the same calls in another region', () => {
    const { rights: there } = synthesize(
      defineConfig({
        elsewhere: [
          {
            name: 'shop',
            region: 'eu-west-1',
            role: `${SHOP}:role/reader`,
            externalId: 'tidewatch',
          },
          { name: 'shop-us', region: 'us-east-1', role: `${SHOP}:role/reader` },
          { name: 'dr', region: 'eu-north-1' },
        ],
      }),
    );
    const others = (there.get('ListDeployments') ?? [])
      .filter((right) => !(rights.get('ListDeployments') ?? []).includes(right))
      .sort();
    expect(others).toEqual([`sts:AssumeRole ${SHOP}:role/reader`]);
    expect(there.get('ListDeployments')?.filter((each) => each.startsWith('ecs:Desc'))).toEqual([
      'ecs:DescribeTasks task/*',
      'ecs:DescribeTasks task/*',
    ]);
  });

  it('allows to find the clusters elsewhere that are named, where no role does', () => {
    const { rights: there, template: made } = synthesize(
      defineConfig({
        orchestrators: { ecs: false, lambda: false },
        elsewhere: [
          { name: 'shop', region: 'eu-west-1', role: `${SHOP}:role/reader`, eks: ['main'] },
          { name: 'bank', region: 'eu-west-1', role: `${SHOP}:role/other` },
          { name: 'dr', region: 'eu-north-1', eks: ['spare'] },
        ],
      }),
    );
    expect(there.get('ListDeployments')?.filter((right) => /^(?:eks|sts):/.test(right))).toEqual([
      'eks:DescribeCluster cluster/spare',
      `sts:AssumeRole ${SHOP}:role/reader`,
    ]);
    made.resourceCountIs('AWS::EKS::AccessEntry', 0);
  });

  it('allows to read the registries of ECR that are named, and those beside what runs elsewhere', () => {
    const { template: there } = synthesize(
      defineConfig({
        elsewhere: [
          { name: 'shop', region: 'eu-west-1', role: `${SHOP}:role/reader` },
          { name: 'dr', region: 'eu-north-1' },
        ],
        ecrRegistries: ['333333333333.dkr.ecr.us-west-2.amazonaws.com'],
      }),
    );
    const repositories = [
      { 'Fn::Join': ['', Match.arrayWith([':repository/*'])] },
      { 'Fn::Join': ['', Match.arrayWith([':ecr:eu-north-1:'])] },
      { 'Fn::Join': ['', Match.arrayWith([':ecr:eu-west-1:222222222222:repository/*'])] },
      { 'Fn::Join': ['', Match.arrayWith([':ecr:us-west-2:333333333333:repository/*'])] },
    ];
    for (const Action of [
      ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      ['ecr:BatchGetImage', 'ecr:ListImages'],
    ]) {
      there.hasResourceProperties('AWS::IAM::Policy', {
        PolicyDocument: {
          Statement: Match.arrayWith([Match.objectLike({ Action, Resource: repositories })]),
        },
      });
    }
  });

  it('allows to list repositories only where any is to be listed', () => {
    const config = defineConfig({ ecr: { repositories: [] } });
    const granted = synthesize(config).rights.get('ReconcileImages') ?? [];

    expect(granted.filter((right) => right.startsWith('ecr:Describe'))).toEqual([]);
  });

  it('allows whoever asks registries to read their secrets, and nobody else', () => {
    const whole = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:hub-AbCdEf';
    const config = defineConfig({
      registries: { 'ghcr.io': { secret: 'team/ghcr' }, 'docker.io': { secret: whole } },
      deployments: [{ workload: 'vm/web', container: 'web', image: 'ghcr.io/web:1' }],
    });
    const readers = [...synthesize(config).rights].flatMap(([name, granted]) => {
      const secrets = granted.filter((right) => right.startsWith('secretsmanager:'));
      return secrets.length > 0 ? [[name, secrets.sort()]] : [];
    });

    const secrets = [
      expect.stringMatching(/^secretsmanager:GetSecretValue .*:secret:team\/ghcr-\?{6}$/),
      `secretsmanager:GetSecretValue ${whole}`,
    ];
    expect(Object.fromEntries(readers)).toEqual({
      IndexImage: secrets,
      AssessPush: secrets,
      ObserveTags: secrets,
      ListDeployments: secrets,
      ReconcileImages: secrets,
      WatchTags: secrets,
    });
  });

  it('narrows by a condition what cannot be narrowed by a resource', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: Match.arrayWith(['ecs:ListServices']),
            Condition: { ArnLike: { 'ecs:cluster': Match.anyValue() } },
          }),
        ]),
      },
    });
  });

  it('lets who reads foreign bytes write leases, and nothing else of the state', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['dynamodb:DeleteItem', 'dynamodb:PutItem'],
            Condition: {
              'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['LEASE#*'] },
            },
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
