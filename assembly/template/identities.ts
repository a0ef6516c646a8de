import { UnsupportedTemplateError } from './errors.ts';
import { arnIn, type Place, queueUrlIn } from './place.ts';

/** A resource before it exists: what it is called, and what its type says of it. */
export interface Named {
  readonly type: string;
  readonly logicalId: string;
  /** As the template gives it, or as CloudFormation would make it up. */
  readonly name: string;
  /** Resolved already. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What `Ref` and `Fn::GetAtt` give for a resource. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type Describe = (of: Named, place: Place) => Identity;

const nameAndArn =
  (service: string, resource: (name: string) => string): Describe =>
  ({ name }, place) => ({ ref: name, attributes: { Arn: arnIn(place, service, resource(name)) } });

const onlyName: Describe = ({ name }) => ({ ref: name, attributes: {} });

/** By type: the return values that the CloudFormation Template Reference gives. */
const IDENTITIES: Readonly<Record<string, Describe>> = {
  'AWS::DynamoDB::GlobalTable': nameAndArn('dynamodb', (name) => `table/${name}`),
  'AWS::DynamoDB::Table': nameAndArn('dynamodb', (name) => `table/${name}`),
  'AWS::Events::Rule': nameAndArn('events', (name) => `rule/${name}`),
  'AWS::Logs::LogGroup': nameAndArn('logs', (name) => `log-group:${name}:*`),
  'AWS::Scheduler::Schedule': nameAndArn('scheduler', (name) => `schedule/default/${name}`),
  'AWS::CloudWatch::Alarm': nameAndArn('cloudwatch', (name) => `alarm:${name}`),
  'AWS::Chatbot::SlackChannelConfiguration': ({ name }, { account }) => {
    const arn = `arn:aws:chatbot::${account}:chat-configuration/slack-channel/${name}`;
    return { ref: arn, attributes: { Arn: arn } };
  },
  // Settings of other services: nothing of ours calls them or is called by them.
  'AWS::ECR::PullTimeUpdateExclusion': onlyName,
  'AWS::EKS::AccessEntry': onlyName,
  'AWS::IAM::Role': ({ name }, { account }) => ({
    ref: name,
    attributes: { Arn: `arn:aws:iam::${account}:role/${name}` },
  }),
  'AWS::IAM::Policy': onlyName,
  'AWS::IAM::ManagedPolicy': ({ name }, { account }) => {
    const arn = `arn:aws:iam::${account}:policy/${name}`;
    return { ref: arn, attributes: { PolicyArn: arn } };
  },
  'AWS::Lambda::Function': nameAndArn('lambda', (name) => `function:${name}`),
  'AWS::Lambda::Alias': ({ properties: { FunctionName, Name } }, place) => ({
    ref: arnIn(place, 'lambda', `function:${FunctionName}:${Name}`),
    attributes: {},
  }),
  'AWS::Lambda::Version': ({ properties: { FunctionName } }, place) => ({
    ref: arnIn(place, 'lambda', `function:${FunctionName}:1`),
    attributes: { Version: '1' },
  }),
  'AWS::Lambda::Permission': onlyName,
  'AWS::Lambda::EventInvokeConfig': onlyName,
  'AWS::Lambda::EventSourceMapping': onlyName,
  'AWS::S3::Bucket': ({ name }) => ({ ref: name, attributes: { Arn: `arn:aws:s3:::${name}` } }),
  'AWS::S3::BucketPolicy': onlyName,
  'AWS::SNS::Topic': ({ name }, place) => {
    const arn = arnIn(place, 'sns', name);
    return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
  },
  'AWS::SNS::TopicPolicy': onlyName,
  'AWS::SNS::Subscription': onlyName,
  'AWS::SQS::Queue': ({ name }, place) => ({
    ref: queueUrlIn(place, name),
    attributes: { Arn: arnIn(place, 'sqs', name), QueueName: name },
  }),
  'AWS::SQS::QueuePolicy': onlyName,
  'AWS::CDK::Metadata': onlyName,
};

/** Names that resources of a type may be given in the template. */
const NAME_PROPERTIES = [
  'TableName',
  'BucketName',
  'TopicName',
  'QueueName',
  'RoleName',
  'LogGroupName',
  'AlarmName',
];

/** The name of a resource: the template's own, or one made up as CloudFormation does. */
export function physicalName(
  stackName: string,
  type: string,
  logicalId: string,
  properties: Readonly<Record<string, unknown>>,
): string {
  const own = [...NAME_PROPERTIES, ...(type === 'AWS::Lambda::Function' ? ['FunctionName'] : [])]
    .map((property) => properties[property])
    .find((value) => typeof value === 'string');
  const name = own ?? `${stackName}-${logicalId}`;
  // No capitals in a bucket's name.
  return type === 'AWS::S3::Bucket' ? name.toLowerCase() : name;
}

/** @throws UnsupportedTemplateError for a type that nobody has thought of */
export function identify(of: Named, place: Place): Identity {
  const describe = IDENTITIES[of.type];
  if (!describe) throw new UnsupportedTemplateError(`no emulation of ${of.type} (${of.logicalId})`);
  return describe(of, place);
}
