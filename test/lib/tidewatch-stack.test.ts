import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { beforeAll, describe, expect, it } from 'vitest';
import { tableDefinition } from '../../adapters/aws/state-table.ts';
import { FEED_LIMITS } from '../../adapters/feeds/http-feed.ts';
import { ARCHIVE_LIMIT } from '../../core/java/archive-probe.ts';
import { executionName } from '../../core/run/execution-name.ts';
import { RefreshFeedsEnvironment } from '../../lambda/refresh-feeds/environment.ts';
import { StartNightEnvironment } from '../../lambda/start-night/environment.ts';
import { Tidewatch } from '../../lib/tidewatch.ts';
import { defineConfig } from '../../lib/tidewatch-config.ts';
import { TidewatchStack } from '../../lib/tidewatch-stack.ts';
import { RECEIVES } from '../../local/cloud/start-messaging.ts';
import { synthesize } from '../support/function-rights.ts';

let app: App;
let template: Template;

beforeAll(() => {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  // No bundling: these tests are about resources, not about esbuild.
  app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
  const config = defineConfig({
    nightAt: '03:05',
    nightTimeZone: 'Europe/Berlin',
    nightWindowMinutes: 30,
    slack: { workspaceId: 'T0123ABCD', channelId: 'C0456EFGH' },
    alarms: { subscribers: ['machines', 'people', 'operations'], incompleteNights: 2 },
    retention: { logDays: 30, runDays: 100 },
    watchedTags: ['cgr.dev/chainguard/node:latest', 'cgr.dev/chainguard/node:latest-dev'],
    backfillDays: 7,
    reread: { images: 30, gigabytes: 4 },
    ecr: { repositories: ['team/*', 'web'] },
    alerts: { disclosed: 'high', regression: 'critical', imageMegabytes: 500, quietNight: false },
    orchestrators: { ecs: true, lambda: true, eks: ['main', 'edge'] },
    deployments: [{ workload: 'vm/web', container: 'web', image: 'r.test/web:1' }],
    elsewhere: [
      { name: 'shop', region: 'eu-west-1', role: 'arn:aws:iam::222222222222:role/reader' },
      { name: 'dr', region: 'eu-north-1' },
    ],
    ecrRegistries: ['333333333333.dkr.ecr.us-west-2.amazonaws.com'],
    feeds: { osv: { ecosystems: ['PyPI'], mirror: 'https://mirror.test/osv' } },
  });
  template = Template.fromStack(new TidewatchStack(app, 'Tidewatch', { config }));
});

it.each([new AwsSolutionsChecks(), new ServerlessChecks()])(
  'passes every rule of $name',
  (pack) => {
    expect(pack.validateScope(app).violations).toEqual([]);
  },
);

describe('the store', () => {
  it('has the keys that the embedded table has', () => {
    const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = tableDefinition('any');
    const tables = Object.values(template.findResources('AWS::DynamoDB::GlobalTable'));

    expect(tables).toHaveLength(1);
    const { Properties } = tables[0] as { Properties: Record<string, unknown> };
    expect(Properties.KeySchema).toEqual(KeySchema);
    expect(Properties.GlobalSecondaryIndexes).toEqual(GlobalSecondaryIndexes);
    expect(byName(Properties.AttributeDefinitions)).toEqual(byName(AttributeDefinitions));
    expect(Properties.BillingMode).toBe('PAY_PER_REQUEST');
  });

  it.each(['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket'])('keeps its %s for good', (type) => {
    template.hasResource(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('refuses requests without TLS', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });
});

describe('a push', () => {
  it('comes from ECR’s event into a queue, and waits in another when it cannot', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.ecr'],
        'detail-type': ['ECR Image Action', 'ECR Replication Action'],
        detail: { 'action-type': ['PUSH', 'REPLICATE'], result: ['SUCCESS'] },
      },
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: Match.anyValue() } })],
    });
  });

  it('is read without counting as somebody’s pull', () => {
    const role = functionOf('IndexImage').Properties.Role;
    template.hasResourceProperties('AWS::ECR::PullTimeUpdateExclusion', { PrincipalArn: role });
  });

  it('is received as often as embedded, for longer than an hour’s throttle, then kept for a person', () => {
    const queues = Object.values(template.findResources('AWS::SQS::Queue'))
      .map(({ Properties }) => Properties)
      .filter(({ RedrivePolicy }) => RedrivePolicy);
    const receives = queues.map(({ RedrivePolicy }) => RedrivePolicy.maxReceiveCount);
    expect(receives).toEqual([RECEIVES.pushes, RECEIVES.assess]);

    const hours = queues.map(
      ({ VisibilityTimeout }, n) => (VisibilityTimeout * (receives[n] ?? 0)) / 3600,
    );
    // A push that waits for longer raises an alarm of its own.
    for (const each of hours) {
      expect(each).toBeGreaterThan(4);
      expect(each).toBeLessThan(6);
    }
  });

  it('fails record by record', () => {
    const mappings = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'));

    expect(mappings).toHaveLength(2);
    for (const { Properties } of mappings) {
      expect(Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    }
  });

  it('stays hidden in its queue six times as long as its function may run', () => {
    const timeouts = new Map(
      Object.entries(functions()).map(([id, { Properties }]) => [id, Properties.Timeout]),
    );
    const queues = template.findResources('AWS::SQS::Queue');
    for (const { Properties } of Object.values(
      template.findResources('AWS::Lambda::EventSourceMapping'),
    )) {
      const queue = queues[Properties.EventSourceArn['Fn::GetAtt'][0]];
      expect(queue?.Properties.VisibilityTimeout).toBe(
        6 * timeouts.get(Properties.FunctionName.Ref),
      );
    }
  });
});

describe('the schedules', () => {
  it('start the night at the configured time, named by that time', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(5 3 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 30 },
      Target: Match.objectLike({
        Arn: { 'Fn::GetAtt': [idOf('StartNight'), 'Arn'] },
        Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}',
        DeadLetterConfig: { Arn: Match.anyValue() },
      }),
    });
  });

  it('start it on the minute where no window is wanted', () => {
    const { template: punctual } = synthesize(defineConfig({ nightWindowMinutes: 0 }));
    punctual.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 2 * * ? *)',
      ScheduleExpressionTimezone: 'Etc/UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
    });
  });

  it('through a function that names the execution, in the characters that are allowed', () => {
    const alias = Object.keys(template.findResources('AWS::Lambda::Alias'))[0];
    const { Variables } = functionOf('StartNight').Properties.Environment;

    expect(Variables.RUN_NIGHT_ARN).toEqual({ Ref: alias });
    const { INSTALLATION } = StartNightEnvironment.pick({ INSTALLATION: true }).parse(Variables);
    expect(INSTALLATION).toContain('Tidewatch');
    expect(executionName(INSTALLATION, '2026-03-09T02:00:00.000Z', 999)).toContain('20260309');
  });

  it('look at the watched tags every hour, somewhere in its first quarter', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      Target: Match.objectLike({
        Arn: { 'Fn::GetAtt': [idOf('WatchTags'), 'Arn'] },
        DeadLetterConfig: { Arn: Match.anyValue() },
      }),
    });
  });

  it('look at nothing where nothing is watched, and miss nothing', () => {
    const { template: unwatched } = synthesize(defineConfig({ watchedTags: [] }));
    unwatched.resourcePropertiesCountIs(
      'AWS::Scheduler::Schedule',
      { ScheduleExpression: 'rate(1 hour)' },
      0,
    );
    unwatched.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { MetricName: 'TagsWatched' }, 0);
  });

  it('sweep what is pending every five minutes', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(5 minutes)',
      Target: Match.objectLike({ DeadLetterConfig: { Arn: Match.anyValue() } }),
    });
  });
});

it('keeps what failed of whatever is started asynchronously', () => {
  const mapped = Object.values(template.findResources('AWS::Lambda::EventSourceMapping')).map(
    ({ Properties }) => Properties.FunctionName.Ref,
  );
  const workers = Object.values(functionOf('RunNight').Properties.Environment.Variables).map(
    (value) => (value as { 'Fn::GetAtt'?: [string] })['Fn::GetAtt']?.[0],
  );
  const others = Object.entries(functions()).filter(
    ([id]) => !mapped.includes(id) && !workers.includes(id),
  );

  expect(others.length).toBeGreaterThan(0);
  for (const [id, { Properties }] of others) expect(Properties.DeadLetterConfig, id).toBeDefined();
});

describe('a Slack channel', () => {
  it('hears the people’s topic, and can read and do nothing', () => {
    const policies = template.findResources('AWS::IAM::ManagedPolicy');
    const [guardrail] = Object.keys(policies);

    template.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
      SlackWorkspaceId: 'T0123ABCD',
      SlackChannelId: 'C0456EFGH',
      SnsTopicArns: [{ Ref: topicId('People') }],
      GuardrailPolicies: [{ Ref: guardrail }],
    });
    expect(policies[guardrail ?? '']?.Properties.PolicyDocument.Statement).toEqual([
      { Action: '*', Effect: 'Deny', Resource: '*' },
    ]);
    const role = template.findResources('AWS::IAM::Role')[idOf('SlackRole', 'AWS::IAM::Role')];
    expect(role?.Properties).not.toHaveProperty('Policies');
    expect(role?.Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  it('is there only where one is named', () => {
    const { template: plain } = synthesize();
    plain.resourceCountIs('AWS::Chatbot::SlackChannelConfiguration', 0);
    plain.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  });
});

describe('the data', () => {
  it('is kept for as long as the configuration says, and no object that a night may still read goes by age', () => {
    const rules = Object.values(template.findResources('AWS::S3::Bucket'))[0]?.Properties
      .LifecycleConfiguration.Rules as { ExpirationInDays?: number; Prefix?: string }[];
    expect(rules.filter((rule) => rule.ExpirationInDays)).toEqual([
      { ExpirationInDays: 100, Prefix: 'runs/', Status: 'Enabled' },
    ]);
    const logs = Object.values(template.findResources('AWS::Logs::LogGroup'));
    expect(logs).toHaveLength(Object.keys(functions()).length);
    for (const { Properties } of logs) expect(Properties.RetentionInDays).toBe(30);
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    });
  });

  it('goes with the stack only where that is asked for', () => {
    const data = { deletionProtection: false, onDelete: 'delete' } as const;
    const { template: fleeting } = synthesize(defineConfig({ data }));
    for (const type of ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket']) {
      fleeting.hasResource(type, { DeletionPolicy: 'Delete' });
    }
  });
});

it('is a construct for a stack of somebody else’s', () => {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const theirs = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(theirs, 'Platform');
  const tidewatch = new Tidewatch(stack, 'Watch', { config: defineConfig({}) });
  for (const pack of [new AwsSolutionsChecks(), new ServerlessChecks()]) {
    expect(pack.validateScope(theirs).violations).toEqual([]);
  }
  tidewatch.people.addSubscription(new EmailSubscription('team@example.com'));

  const inside = Template.fromStack(stack);
  inside.hasResourceProperties('AWS::SNS::Subscription', { Endpoint: 'team@example.com' });
});

describe('a secret of another account or region', () => {
  const arn = 'arn:aws:secretsmanager:us-east-1:222222222222:secret:pull-AbCdEf';
  const config = defineConfig({ registries: { 'ghcr.io': { secret: arn } } });
  const place = (account: string, region: string) => () => {
    const theirs = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
    return new TidewatchStack(theirs, 'Tidewatch', { config, env: { account, region } });
  };
  const problem = 'registries["ghcr.io"].secret: expected a secret of the stack’s own';

  it('is refused by a stack that knows where it goes', () => {
    expect(place('222222222222', 'eu-west-1')).toThrow(
      `${problem} region (eu-west-1), got one of us-east-1`,
    );
    expect(place('111111111111', 'us-east-1')).toThrow(
      `${problem} account (111111111111), got one of 222222222222`,
    );
    expect(place('222222222222', 'us-east-1')).not.toThrow();
  });
});

describe('the night', () => {
  it('is durable, ends before the next one, and keeps its old versions', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      DurableConfig: { ExecutionTimeout: 23 * 60 * 60, RetentionPeriodInDays: 30 },
      DeadLetterConfig: { TargetArn: Match.anyValue() },
    });
    template.hasResource('AWS::Lambda::Version', { DeletionPolicy: 'Retain' });
  });

  it('is told the function of every worker', () => {
    const { Variables } = functionOf('RunNight').Properties.Environment;
    const targets = Object.entries(Variables)
      .filter(([name]) => name.endsWith('_ARN'))
      .map(([, value]) => (value as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0]);

    expect(targets).toHaveLength(12);
    expect(new Set(targets).size).toBe(12);
    expect(targets.filter((id) => id in functions())).toEqual(targets);
  });
});

it('hands the configuration to those who read it', () => {
  const tags = 'cgr.dev/chainguard/node:latest,cgr.dev/chainguard/node:latest-dev';
  for (const name of ['ObserveTags', 'WriteReport', 'WatchTags']) {
    expect(functionOf(name).Properties.Environment.Variables).toMatchObject({ WATCHED_TAGS: tags });
  }
  for (const name of ['ObserveTags', 'WatchTags']) {
    expect(functionOf(name).Properties.Environment.Variables).toMatchObject({ BACKFILL_DAYS: '7' });
  }
  expect(functionOf('ReconcileImages').Properties.Environment.Variables).toMatchObject({
    ECR_REPOSITORIES: 'team/*,web',
    REREAD_IMAGES: '30',
    REREAD_GIGABYTES: '4',
  });
  expect(functionOf('ListDeployments').Properties.Environment.Variables).toMatchObject({
    DEPLOYMENT_SOURCES: 'ecs,lambda',
    EKS_CLUSTERS: 'main,edge',
    STATIC_DEPLOYMENTS:
      '[{"workload":"vm/web","container":"web","image":"r.test/web:1","platform":"linux/amd64"}]',
  });
  for (const name of ['AssessPush', 'CompareLineages', 'ReassessPushes']) {
    expect(functionOf(name).Properties.Environment.Variables).toMatchObject({
      ALERT_DISCLOSED: 'high',
      ALERT_REGRESSION: 'critical',
      IMAGE_MEGABYTES: '500',
    });
  }
  expect(functionOf('CompareLineages').Properties.Environment.Variables).toMatchObject({
    QUIET_NIGHTS: 'false',
    NIGHT_AT: '03:05',
    NIGHT_TIME_ZONE: 'Europe/Berlin',
  });
});

it('is let into each cluster of EKS, in a group of its own and nothing more', () => {
  const entries = Object.values(template.findResources('AWS::EKS::AccessEntry'));
  const role = functionOf('ListDeployments').Properties.Role;

  expect(entries.map(({ Properties }) => Properties)).toEqual(
    ['main', 'edge'].map((ClusterName) => ({
      ClusterName,
      PrincipalArn: role,
      KubernetesGroups: ['tidewatch'],
    })),
  );
});

it('hands the feeds to their reader, with room for the largest archive beside it', () => {
  const { Environment, EphemeralStorage } = functionOf('RefreshFeeds').Properties;
  const { FEEDS } = RefreshFeedsEnvironment.pick({ FEEDS: true }).parse(Environment.Variables);

  expect(FEEDS).toEqual([
    { name: 'osv-pypi', url: 'https://mirror.test/osv/PyPI/all.zip', control: null },
  ]);
  expect(EphemeralStorage.Size * 1024 ** 2).toBeGreaterThan(FEED_LIMITS.bytes);
});

it('gives the reader of images room for the archives of the layers that it reads at once', () => {
  const { EphemeralStorage } = functionOf('IndexImage').Properties;
  expect(EphemeralStorage.Size * 1024 ** 2).toBeGreaterThan(3 * ARCHIVE_LIMIT);
});

describe('the alarms', () => {
  const alarms = () =>
    Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => Properties,
    );

  it('each have a section of the runbook, and each section of its alarms has one', () => {
    const runbook = readFileSync('docs/runbook.md', 'utf8');
    const anchors = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    );
    const linked = alarms().map(
      ({ AlarmDescription }) => /See docs\/runbook\.md#([a-z-]+)$/.exec(AlarmDescription)?.[1],
    );
    expect(linked.filter((anchor) => !anchor || !anchors.includes(anchor))).toEqual([]);
    const sections = [...runbook.matchAll(/^## (.+)\n\n\*Alarm: /gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    );
    expect([...new Set(linked)].sort()).toEqual(sections.sort());
  });

  it('are not told through the topic that fails', () => {
    for (const name of ['Alerts', 'People', 'Operations']) {
      const failed = alarms().find(
        ({ MetricName, Dimensions }) =>
          MetricName === 'NumberOfNotificationsFailed' &&
          JSON.stringify(Dimensions).includes(topicId(name)),
      );
      expect(failed?.AlarmActions).toEqual([
        { Ref: topicId(name === 'Operations' ? 'People' : 'Operations') },
      ]);
    }
    const nobody = alarms().find(({ MetricName }) => MetricName === 'TopicsUnsubscribed');
    expect(nobody?.AlarmActions).toEqual([
      { Ref: topicId('Operations') },
      { Ref: topicId('People') },
    ]);
  });

  it('watch the topics that are to have subscribers', () => {
    const { SUBSCRIBED_TOPICS } = functionOf('DeliverAlerts').Properties.Environment.Variables;
    expect(SUBSCRIBED_TOPICS['Fn::Join'][1]).toEqual([
      { Ref: topicId('Alerts') },
      ',',
      { Ref: topicId('People') },
      ',',
      { Ref: topicId('Operations') },
    ]);

    const { template: unwatched } = synthesize(defineConfig({ alarms: { subscribers: [] } }));
    expect(
      Object.values(unwatched.findResources('AWS::CloudWatch::Alarm')).map(
        ({ Properties }) => Properties.MetricName,
      ),
    ).not.toContain('TopicsUnsubscribed');
  });

  it('wait as long as they may: CloudWatch looks back a week at most', () => {
    for (const { Period, EvaluationPeriods } of alarms()) {
      expect(Period * EvaluationPeriods).toBeLessThanOrEqual(Period < 3600 ? 86_400 : 604_800);
    }
  });
});

it('raises an alarm for each queue of dead letters, for a missing night or look and for stuck alerts', () => {
  const queues = Object.values(template.findResources('AWS::SQS::Queue')).filter(
    ({ Properties }) => !Properties.RedrivePolicy,
  );
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
  const metrics = alarms.map(({ Properties }) => Properties.MetricName);

  expect(metrics.filter((name) => name === 'ApproximateNumberOfMessagesVisible')).toHaveLength(
    queues.length,
  );
  expect(metrics).toContain('NightsCommitted');
  expect(metrics).toContain('AlertsUndelivered');
  expect(metrics).toContain('TagsWatched');
  expect(metrics.filter((name) => name === 'ApproximateAgeOfOldestMessage')).toHaveLength(2);
  for (const name of ['NightsIncomplete', 'FeedsHeld']) expect(metrics).toContain(name);
  for (const { Properties } of alarms) expect(Properties.AlarmActions).not.toEqual([]);
});

function functions() {
  return template.findResources('AWS::Lambda::Function');
}

/** Logical id of a resource by what its name holds. */
function idOf(name: string, type = 'AWS::Lambda::Function'): string {
  const found = Object.keys(template.findResources(type)).find((id) => id.includes(name));
  if (!found) throw new Error(`no ${type} ${name}`);
  return found;
}

function topicId(name: string): string {
  return idOf(name, 'AWS::SNS::Topic');
}

function functionOf(name: string) {
  return functions()[idOf(name)] as ReturnType<typeof functions>[string];
}

function byName(definitions: unknown): unknown[] {
  return (definitions as { AttributeName: string }[]).toSorted((a, b) =>
    a.AttributeName.localeCompare(b.AttributeName),
  );
}
