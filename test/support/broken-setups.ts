import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { ListSubscriptionsByTopicCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { errorAnswer } from '../../assembly/cloud/aws-request.ts';
import { emulatorArn } from '../../assembly/cloud/emulators.ts';
import type { Interfere } from '../../assembly/cloud/front-door.ts';
import { makeTables, subscribeQueue } from '../../assembly/cloud/make-resources.ts';
import { s3Target } from '../../assembly/cloud/requested-rights.ts';
import { resourceOf } from '../../assembly/template/mutate.ts';
import type { Template } from '../../assembly/template/read-assembly.ts';
import { MIRROR } from '../../assembly/world/feed-mirror.ts';
import type { RegistryFaultError } from '../../local/registry/registry-faults.ts';
import { withoutRight } from './assembly-mutations.ts';
import type { DeployedWorld } from './deployed-world.ts';

/** Something that is wrong with an installation, and what its doctor has to say. */
export interface BrokenSetup {
  readonly what: string;
  /** @returns what mends it */
  breakIt(world: DeployedWorld): Promise<() => unknown> | (() => unknown);
  /** `<function>: <subject>` of every line that fails. */
  readonly named: readonly string[];
  readonly detail: RegExp;
  readonly remedy: RegExp;
}

/** What mends a right that is gone. */
const RIGHTS = /role has its rights back/;

export const SECRET = { name: 'tidewatch/cgr', text: JSON.stringify({ token: 'a token' }) };

/** A role without one of its rights. */
function withoutRightOf(part: string, action: string): BrokenSetup['breakIt'] {
  return deployed((template) =>
    withoutRight(template, resourceOf(template, 'AWS::IAM::Policy', part), action),
  );
}

/** A function with another value of a variable, or without it. */
function withVariable(part: string, name: string, value?: string): BrokenSetup['breakIt'] {
  return deployed((template) => setVariable(template, part, name, value));
}

function setVariable(template: Template, part: string, name: string, value?: string): void {
  const id = resourceOf(template, 'AWS::Lambda::Function', part);
  const { Environment } = template.Resources[id]?.Properties ?? {};
  const { Variables } = Environment as { Variables: Record<string, unknown> };
  if (value === undefined) delete Variables[name];
  else Variables[name] = value;
}

function deployed(change: (template: Template) => void): BrokenSetup['breakIt'] {
  return (world) => {
    world.deploy(change);
    return () => world.deploy(() => undefined);
  };
}

function interfering(answer: Interfere): BrokenSetup['breakIt'] {
  return (world) => {
    world.interfere(answer);
    return () => world.interfere(() => undefined);
  };
}

/** What is asked of a registry host is answered like this from now on. */
function faulty(call: string, error: RegistryFaultError): BrokenSetup['breakIt'] {
  return ({ registry }) => {
    registry.setFault({ call, times: 1000, error });
    return () => registry.clearFaults();
  };
}

async function deleteTable({ cloud: { stack, clients } }: DeployedWorld): Promise<() => unknown> {
  const [table] = stack.tables;
  await clients.dynamo.send(new DeleteTableCommand({ TableName: table?.name }));
  return () => makeTables(stack, clients);
}

async function deleteBucket({ cloud: { stack, clients } }: DeployedWorld): Promise<() => unknown> {
  const Bucket = stack.buckets[0]?.name;
  const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket }));
  for (const { Key } of Contents) await clients.s3.send(new DeleteObjectCommand({ Bucket, Key }));
  await clients.s3.send(new DeleteBucketCommand({ Bucket }));
  return () => clients.s3.send(new CreateBucketCommand({ Bucket }));
}

/** Somebody has left the channel in which people are told. */
async function unsubscribe({ cloud: { stack, clients } }: DeployedWorld): Promise<() => unknown> {
  const people = String(stack.outputs.PeopleTopic);
  const { Subscriptions = [] } = await clients.sns.send(
    new ListSubscriptionsByTopicCommand({ TopicArn: emulatorArn(people) }),
  );
  for (const { SubscriptionArn } of Subscriptions) {
    await clients.sns.send(new UnsubscribeCommand({ SubscriptionArn }));
  }
  return () => subscribeQueue('somebody-else', [people], clients);
}

/** The alias by which nights are started points at a version that is gone. */
const withoutVersion = deployed((template) => {
  const alias = resourceOf(template, 'AWS::Lambda::Alias', 'RunNight');
  const { Properties = {} } = template.Resources[alias] ?? {};
  Properties.FunctionVersion = '2';
});

/** A secret is something else, for a function that has not read it yet. */
function withSecret(text: string | undefined): BrokenSetup['breakIt'] {
  return async (world) => {
    if (text === undefined) world.secrets.delete(SECRET.name);
    else world.secrets.set(SECRET.name, text);
    await world.recycle('ObserveTags');
    return async () => {
      world.secrets.set(SECRET.name, SECRET.text);
      await world.recycle('ObserveTags');
    };
  };
}

const API = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/api:1.8.0';
const PYTHON = 'cgr.dev/chainguard/python:latest';

/** Who keeps what in the table, and in the bucket. */
const WITH_BOTH = [
  'assess-push',
  'compare-lineages',
  'deliver-alerts',
  'list-deployments',
  'match-fleet',
  'observe-tags',
  'reassess-pushes',
  'reconcile-images',
  'record-observations',
  'refresh-feeds',
  'watch-tags',
  'write-report',
];

/** Each is made by one change to what is deployed, or to what is around it. */
export const BROKEN: readonly BrokenSetup[] = [
  {
    what: 'a variable is missing',
    breakIt: withVariable('MatchFleet', 'STATE_TABLE'),
    named: ['match-fleet: start'],
    detail: /BadEnvironmentError: (?:.|\n)*STATE_TABLE/,
    remedy: /variables are not what it needs: deploy again/,
  },
  {
    what: 'a function has another handler',
    breakIt: deployed((template) => {
      const id = resourceOf(template, 'AWS::Lambda::Function', 'WriteReport');
      const { Properties = {} } = template.Resources[id] ?? {};
      Properties.Handler = 'index.other';
    }),
    named: ['write-report: start'],
    detail: /index\.other/,
    remedy: /function’s log/,
  },
  {
    what: 'the table is deleted',
    breakIt: deleteTable,
    named: [...WITH_BOTH, 'commit-run'].map((name) => `${name}: state table`),
    detail: /ResourceNotFoundException/,
    remedy: /is gone\. Deploy again; .*restore it first/,
  },
  {
    what: 'the bucket is deleted',
    breakIt: deleteBucket,
    named: [...WITH_BOTH, 'index-image'].map((name) => `${name}: object store`),
    detail: /NoSuchBucket/,
    remedy: /is gone\. Deploy again; .*restore it first/,
  },
  {
    what: 'a function may not read objects',
    breakIt: withoutRightOf('CompareLineages', 's3:GetObject'),
    named: ['compare-lineages: object store'],
    detail: /AccessDenied: .*s3:GetObject/,
    remedy: RIGHTS,
  },
  {
    what: 'a function may not list the bucket',
    breakIt: withoutRightOf('AssessPush', 's3:ListBucket'),
    named: ['assess-push: object store'],
    detail: /AccessDenied: .*s3:ListBucket/,
    remedy: RIGHTS,
  },
  {
    what: 'a function may not write the table',
    breakIt: withoutRightOf('CommitRun', 'dynamodb:PutItem'),
    named: ['commit-run: state table'],
    detail: /AccessDeniedException: .*dynamodb:PutItem/,
    remedy: RIGHTS,
  },
  {
    what: 'nobody may be told',
    breakIt: withoutRightOf('DeliverAlerts', 'sns:Publish'),
    named: ['deliver-alerts: topics'],
    detail: /sns:Publish/,
    remedy: RIGHTS,
  },
  {
    what: 'nobody listens',
    breakIt: unsubscribe,
    named: ['deliver-alerts: subscriptions of Tidewatch-DeliveryPeopleEBBC7DEC'],
    detail: /none is confirmed/,
    remedy: /Subscribe, and confirm/,
  },
  {
    what: 'a function may not be examined',
    breakIt: deployed((template) => {
      const id = resourceOf(template, 'AWS::IAM::Policy', 'DoctorExamine');
      const { PolicyDocument } = template.Resources[id]?.Properties ?? {};
      const [, invoke] = (PolicyDocument as { Statement: { Resource: unknown[] }[] }).Statement;
      if (invoke) {
        invoke.Resource = invoke.Resource.filter(
          (arn) => !JSON.stringify(arn).includes('CommitRun'),
        );
      }
    }),
    named: ['commit-run: start'],
    detail: /lambda:InvokeFunction/,
    remedy: RIGHTS,
  },
  {
    what: 'a watched tag is misspelt',
    breakIt: withVariable('ObserveTags', 'WATCHED_TAGS', 'cgr.dev/chainguard/python:lates'),
    named: ['observe-tags: tag cgr.dev/chainguard/python:lates'],
    detail: /ImageNotFoundError/,
    remedy: /correct its name in tidewatch\.config\.ts/,
  },
  {
    what: 'the registries are down',
    breakIt: faulty('registry:*', 'server'),
    named: [
      `assess-push: pull of ${API}`,
      `assess-push: pull of ${PYTHON}`,
      `index-image: pull of ${API}`,
      `index-image: pull of ${PYTHON}`,
      ...['observe-tags', 'watch-tags'].flatMap((name) => [
        `${name}: tag ${PYTHON}`,
        `${name}: tag ${API}`,
      ]),
      `watch-tags: history of ${PYTHON}`,
    ],
    detail: /RegistryUnavailableError: .*HTTP 500/,
    remedy: /whether the host is up/,
  },
  {
    what: 'a registry lets nobody in',
    breakIt: faulty('registry:GET token', 'denied'),
    named: [
      `assess-push: pull of ${PYTHON}`,
      `index-image: pull of ${PYTHON}`,
      `observe-tags: tag ${PYTHON}`,
      `watch-tags: tag ${PYTHON}`,
      `watch-tags: history of ${PYTHON}`,
    ],
    detail: /AccessDeniedError: token of cgr\.dev: HTTP 403/,
    remedy: /name credentials for it under `registries`/,
  },
  {
    what: 'the tag history is a page',
    breakIt: faulty('registry:GET history', 'html'),
    named: [`watch-tags: history of ${PYTHON}`],
    detail: /HTML, no answer/,
    remedy: /whether the host is up/,
  },
  {
    what: 'a feed’s archive is gone',
    breakIt: interfering(({ url, service }) =>
      service === 's3' && s3Target(url).bucket === MIRROR ? { status: 404 } : undefined,
    ),
    named: ['refresh-feeds: feed chainguard'],
    detail: /FeedUnavailableError: s3:\/\/somebodys-mirror\/chainguard\.ndjson: not found/,
    remedy: /the URL \(or the mirror\) in tidewatch\.config\.ts/,
  },
  {
    what: 'a feed’s archive may not be read',
    breakIt: deployed((template) => {
      const id = resourceOf(template, 'AWS::IAM::Policy', 'RefreshFeeds');
      const { Properties = {} } = template.Resources[id] ?? {};
      const text = JSON.stringify(Properties.PolicyDocument).replaceAll(`${MIRROR}/`, 'another/');
      Properties.PolicyDocument = JSON.parse(text);
    }),
    named: ['refresh-feeds: feed chainguard'],
    detail: /FeedUnavailableError: s3:\/\/somebodys-mirror\/chainguard\.ndjson: HTTP 403/,
    remedy: /the URL \(or the mirror\) in tidewatch\.config\.ts/,
  },
  {
    what: 'no feed is enabled',
    breakIt: withVariable('RefreshFeeds', 'FEEDS', '[]'),
    named: ['refresh-feeds: feeds'],
    detail: /nothing is matched/,
    remedy: /Enable one/,
  },
  {
    what: 'ECS may not be asked',
    breakIt: withoutRightOf('ListDeployments', 'ecs:ListClusters'),
    named: ['list-deployments: ecs/eu-central-1'],
    detail: /ecs:ListClusters/,
    remedy: RIGHTS,
  },
  {
    what: 'a cluster of EKS is gone',
    breakIt: interfering(({ service }) =>
      service === 'eks'
        ? errorAnswer('ResourceNotFoundException', 'No cluster found for name: harbour.', 404)
        : undefined,
    ),
    named: ['list-deployments: eks/eu-central-1/harbour'],
    detail: /No cluster found for name: harbour/,
    remedy: /Correct the cluster’s name under `eks`/,
  },
  {
    what: 'another account lets nobody in',
    breakIt: withoutRightOf('ListDeployments', 'sts:AssumeRole'),
    named: [
      'list-deployments: ecs/another:eu-west-1',
      'list-deployments: lambda/another:eu-west-1',
    ],
    detail: /RoleNotAssumedError: .*tidewatch-reader/,
    remedy: /its trust policy/,
  },
  {
    what: 'nobody is asked what runs',
    breakIt: deployed((template) => {
      setVariable(template, 'ListDeployments', 'DEPLOYMENT_SOURCES', '');
      setVariable(template, 'ListDeployments', 'EKS_CLUSTERS', '');
      setVariable(template, 'ListDeployments', 'ELSEWHERE', '[]');
    }),
    named: ['list-deployments: what runs'],
    detail: /nobody is asked/,
    remedy: /Turn on an orchestrator/,
  },
  {
    what: 'ECR gives no token',
    breakIt: withoutRightOf('IndexImage', 'ecr:GetAuthorizationToken'),
    named: [`index-image: pull of ${API}`],
    detail: /ecr:GetAuthorizationToken/,
    remedy: RIGHTS,
  },
  {
    what: 'ECR may not be listed',
    breakIt: withoutRightOf('ReconcileImages', 'ecr:DescribeRepositories'),
    named: ['reconcile-images: ecr/eu-central-1'],
    detail: /ecr:DescribeRepositories/,
    remedy: RIGHTS,
  },
  {
    what: 'nights cannot be started',
    breakIt: withoutVersion,
    named: ['start-night: nights'],
    detail: /ResourceNotFoundException: .*RunNight/,
    remedy: /is gone\. Deploy again/,
  },
  {
    what: 'a secret is gone',
    breakIt: withSecret(undefined),
    named: [`observe-tags: tag ${PYTHON}`],
    detail: /the secret "tidewatch\/cgr": ResourceNotFoundException/,
    remedy: /Give that secret of Secrets Manager the credentials/,
  },
  {
    what: 'a secret is no JSON',
    breakIt: withSecret('a token'),
    named: [`observe-tags: tag ${PYTHON}`],
    detail: /expected JSON with username and password, or with token/,
    remedy: /Give that secret of Secrets Manager the credentials/,
  },
];
