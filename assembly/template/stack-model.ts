import * as z from 'zod';
import { UnsupportedTemplateError } from './errors.ts';
import type { Assembly } from './read-assembly.ts';
import type { Resolved, ResolvedTemplate } from './resolve-template.ts';

// What the run makes of each resource; a property that would change what happens and is not
// understood is an error (`strictObject`), what only concerns a real account is named and left.

const arn = z.string().startsWith('arn:');
const DeadLetters = z.object({ Arn: arn }).transform(({ Arn }) => Arn);

const FunctionProperties = z.object({
  Code: z.object({ S3Key: z.string().regex(/^[0-9a-f]+\.zip$/) }),
  Handler: z.string(),
  Role: arn,
  Timeout: z.number().default(3),
  MemorySize: z.number().default(128),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }).optional(),
  LoggingConfig: z.object({ LogGroup: z.string() }),
  DeadLetterConfig: z.object({ TargetArn: arn }).optional(),
  DurableConfig: z.object({ ExecutionTimeout: z.number() }).optional(),
});

/** A function as it is deployed. */
export interface FunctionModel {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly role: string;
  readonly handler: string;
  /** Folder of its bundle. */
  readonly code: string;
  /** Seconds. */
  readonly timeout: number;
  readonly memory: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly logGroup: string;
  readonly deadLetters: string | undefined;
  readonly isDurable: boolean;
}

const Alias = z.object({ FunctionName: z.string(), Name: z.string(), FunctionVersion: z.string() });

const Mapping = z.strictObject({
  EventSourceArn: arn,
  FunctionName: z.string(),
  BatchSize: z.number().default(10),
  // Nothing comes while the world stands still: a batch is what is there.
  MaximumBatchingWindowInSeconds: z.number().optional(),
  ScalingConfig: z.unknown().optional(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  Enabled: z.boolean().default(true),
  Tags: z.unknown().optional(),
});

const Rule = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  EventPattern: z.record(z.string(), z.unknown()),
  State: z.string().default('ENABLED'),
  Targets: z
    .array(
      z.strictObject({
        Id: z.string(),
        Arn: arn,
        /** JSON, instead of the event. */
        Input: z.string().optional(),
        DeadLetterConfig: DeadLetters.optional(),
        RetryPolicy: z.unknown().optional(),
      }),
    )
    .default([]),
});

const Schedule = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  FlexibleTimeWindow: z.unknown(),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  State: z.string().default('ENABLED'),
  Target: z.strictObject({
    Arn: arn,
    RoleArn: arn,
    Input: z.string().default('{}'),
    DeadLetterConfig: DeadLetters.optional(),
    RetryPolicy: z.unknown().optional(),
  }),
});

const Queue = z.object({
  VisibilityTimeout: z.number().default(30),
  RedrivePolicy: z.object({ deadLetterTargetArn: arn, maxReceiveCount: z.number() }).optional(),
});

const Table = z.object({
  AttributeDefinitions: z.array(z.unknown()),
  KeySchema: z.array(z.unknown()),
  GlobalSecondaryIndexes: z.array(z.unknown()).optional(),
});

const Subscription = z.object({
  TopicArn: arn,
  Protocol: z.string(),
  Endpoint: z.string().optional(),
  RawMessageDelivery: z.boolean().optional(),
  FilterPolicy: z.unknown().optional(),
  FilterPolicyScope: z.string().optional(),
});

const Channel = z.object({ SnsTopicArns: z.array(arn).default([]), IamRoleArn: arn });

const Alarm = z.object({ AlarmActions: z.array(arn).default([]) });

type Model<Schema extends z.ZodType> = z.output<Schema> &
  Pick<Resolved, 'logicalId' | 'name' | 'ref' | 'attributes'>;

/** Everything that a stack deploys, ready to be made in the emulators. */
export interface StackModel {
  readonly functions: readonly FunctionModel[];
  readonly aliases: readonly Model<typeof Alias>[];
  readonly mappings: readonly Model<typeof Mapping>[];
  readonly rules: readonly Model<typeof Rule>[];
  readonly schedules: readonly Model<typeof Schedule>[];
  readonly queues: readonly Model<typeof Queue>[];
  readonly tables: readonly Model<typeof Table>[];
  readonly buckets: readonly Pick<Resolved, 'name' | 'attributes'>[];
  readonly topics: readonly Pick<Resolved, 'name' | 'ref'>[];
  readonly subscriptions: readonly Model<typeof Subscription>[];
  /** Channels of Slack. */
  readonly channels: readonly Model<typeof Channel>[];
  readonly alarms: readonly Model<typeof Alarm>[];
  readonly outputs: ResolvedTemplate['outputs'];
}

/** Reads what is deployed. @throws UnsupportedTemplateError */
export function readStack({ assets }: Assembly, template: ResolvedTemplate): StackModel {
  const { resources, outputs } = template;
  const ofType = (...types: string[]) => resources.filter(({ type }) => types.includes(type));
  const models = <Schema extends z.ZodType>(schema: Schema, ...types: string[]) =>
    ofType(...types).map((each) => ({ ...each, ...Object(parse(schema, each)) }) as Model<Schema>);
  return {
    functions: ofType('AWS::Lambda::Function').map((each) => functionOf(assets, each)),
    aliases: models(Alias, 'AWS::Lambda::Alias'),
    mappings: models(Mapping, 'AWS::Lambda::EventSourceMapping'),
    rules: models(Rule, 'AWS::Events::Rule'),
    schedules: models(Schedule, 'AWS::Scheduler::Schedule'),
    queues: models(Queue, 'AWS::SQS::Queue'),
    tables: models(Table, 'AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'),
    buckets: ofType('AWS::S3::Bucket'),
    topics: ofType('AWS::SNS::Topic'),
    subscriptions: models(Subscription, 'AWS::SNS::Subscription'),
    channels: models(Channel, 'AWS::Chatbot::SlackChannelConfiguration'),
    alarms: models(Alarm, 'AWS::CloudWatch::Alarm'),
    outputs,
  };
}

function functionOf(assets: Assembly['assets'], of: Resolved): FunctionModel {
  const { Code, Handler, Role, Timeout, MemorySize, ...rest } = parse(FunctionProperties, of);
  const code = assets.get(Code.S3Key.replace('.zip', ''));
  if (!code) throw new UnsupportedTemplateError(`${of.logicalId}: no asset ${Code.S3Key}`);
  return {
    logicalId: of.logicalId,
    name: of.name,
    arn: of.attributes.Arn ?? '',
    role: Role,
    handler: Handler,
    code,
    timeout: Timeout,
    memory: MemorySize,
    variables: rest.Environment?.Variables ?? {},
    logGroup: rest.LoggingConfig.LogGroup,
    deadLetters: rest.DeadLetterConfig?.TargetArn,
    isDurable: rest.DurableConfig !== undefined,
  };
}

function parse<Schema extends z.ZodType>(schema: Schema, of: Resolved): z.output<Schema> {
  const result = schema.safeParse(of.properties);
  if (result.success) return result.data;
  throw new UnsupportedTemplateError(`${of.logicalId}: ${z.prettifyError(result.error)}`);
}
