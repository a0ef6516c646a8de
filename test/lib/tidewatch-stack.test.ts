import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { beforeAll, describe, expect, it } from 'vitest';
import { tableDefinition } from '../../adapters/aws/state-table.ts';
import { FEED_LIMITS } from '../../adapters/feeds/http-feed.ts';
import { RefreshFeedsEnvironment } from '../../lambda/refresh-feeds/environment.ts';
import { defineConfig } from '../../lib/tidewatch-config.ts';
import { TidewatchStack } from '../../lib/tidewatch-stack.ts';
import { synthesize } from '../support/function-rights.ts';

let app: App;
let template: Template;

beforeAll(() => {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  // No bundling: these tests are about resources, not about esbuild.
  app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
  const config = defineConfig({
    nightAt: '03:05',
    watchedTags: ['cgr.dev/chainguard/node:latest', 'cgr.dev/chainguard/node:latest-dev'],
    backfillDays: 7,
    ecr: { repositories: ['team/*', 'web'] },
    alerts: { disclosed: 'high', regression: 'critical' },
    orchestrators: { ecs: true, lambda: true },
    deployments: [{ workload: 'vm/web', container: 'web', image: 'r.test/web:1' }],
    elsewhere: [
      { name: 'shop', region: 'eu-west-1', role: 'arn:aws:iam::222222222222:role/reader' },
      { name: 'dr', region: 'eu-north-1' },
    ],
    ecrRegistries: ['333333333333.dkr.ecr.us-west-2.amazonaws.com'],
    feeds: { osv: { ecosystems: ['PyPI'], mirror: 'https://mirror.test/osv' } },
  });
  template = Template.fromStack(new TidewatchStack(app, 'Tidewatch', { config }));
}, 60_000);

it('passes every AwsSolutions rule', () => {
  expect(new AwsSolutionsChecks().validateScope(app).violations).toEqual([]);
});

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

  it('is received three times, then kept for a person', () => {
    const redrives = Object.values(template.findResources('AWS::SQS::Queue')).flatMap(
      ({ Properties }) => Properties.RedrivePolicy ?? [],
    );
    expect(redrives.map(({ maxReceiveCount }) => maxReceiveCount)).toEqual([3, 3]);
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
  it('start the night at the configured time, named by that time, through a qualified name', () => {
    const alias = Object.keys(template.findResources('AWS::Lambda::Alias'))[0];

    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(5 3 * * ? *)',
      ScheduleExpressionTimezone: 'Etc/UTC',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      Target: Match.objectLike({
        Arn: { Ref: alias },
        Input: '{"scheduledTime":"<aws.scheduler.scheduled-time>"}',
        DeadLetterConfig: { Arn: Match.anyValue() },
      }),
    });
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
  });
  expect(functionOf('ListDeployments').Properties.Environment.Variables).toMatchObject({
    DEPLOYMENT_SOURCES: 'ecs,lambda',
    STATIC_DEPLOYMENTS:
      '[{"workload":"vm/web","container":"web","image":"r.test/web:1","platform":"linux/amd64"}]',
  });
  for (const name of ['AssessPush', 'CompareLineages', 'ReassessPushes']) {
    expect(functionOf(name).Properties.Environment.Variables).toMatchObject({
      ALERT_DISCLOSED: 'high',
      ALERT_REGRESSION: 'critical',
    });
  }
});

it('hands the feeds to their reader, with room for the largest archive beside it', () => {
  const { Environment, EphemeralStorage } = functionOf('RefreshFeeds').Properties;
  const { FEEDS } = RefreshFeedsEnvironment.pick({ FEEDS: true }).parse(Environment.Variables);

  expect(FEEDS).toEqual([
    { name: 'osv-pypi', url: 'https://mirror.test/osv/PyPI/all.zip', control: null },
  ]);
  expect(EphemeralStorage.Size * 1024 ** 2).toBeGreaterThan(FEED_LIMITS.bytes);
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
  for (const { Properties } of alarms) expect(Properties.AlarmActions).toHaveLength(1);
});

function functions() {
  return template.findResources('AWS::Lambda::Function');
}

function functionOf(name: string) {
  return functions()[idOf(name)] as ReturnType<typeof functions>[string];
}

/** The logical id of a function. */
function idOf(name: string): string {
  const found = Object.keys(functions()).find((id) => id.includes(name));
  if (!found) throw new Error(`no function ${name}`);
  return found;
}

function byName(definitions: unknown): unknown[] {
  return (definitions as { AttributeName: string }[]).toSorted((a, b) =>
    a.AttributeName.localeCompare(b.AttributeName),
  );
}
