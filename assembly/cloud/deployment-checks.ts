import type { Guard, Principal, Right } from '../iam/guard.ts';
import type { Place } from '../template/place.ts';
import type { StackModel } from '../template/stack-model.ts';

interface Check {
  readonly what: string;
  readonly principal: Principal;
  readonly right: Right;
  /** @default true */
  readonly isAllowed?: boolean;
}

/**
 * What has to hold before anything happens, part of which AWS itself checks while it deploys:
 * that services may act as the roles, read the queues, keep what failed; and that nobody,
 * whatever he may, gets in without TLS. What does not hold, in words.
 */
export async function checkDeployment(
  stack: StackModel,
  place: Place,
  guard: Guard,
): Promise<readonly string[]> {
  const checks = [...functionChecks(stack), ...serviceChecks(stack, place), ...plainChecks(stack)];
  const problems: string[] = [];
  for (const { what, principal, right, isAllowed = true } of checks) {
    if ((await guard.allows(principal, right)) !== isAllowed) {
      problems.push(`${what}: ${right.action} on ${right.resource}`);
    }
  }
  return problems;
}

const sendTo = (resource: string, context?: Right['context']): Right => ({
  action: 'sqs:SendMessage',
  resource,
  ...(context && { context }),
});

function functionChecks({ functions, mappings }: StackModel): Check[] {
  const roles = new Map(functions.map(({ name, role }) => [name, role]));
  return [
    ...functions.flatMap(({ logicalId, role, deadLetters }): Check[] => [
      {
        what: `Lambda cannot be ${logicalId}`,
        principal: { service: 'lambda.amazonaws.com' },
        right: { action: 'sts:AssumeRole', resource: role },
      },
      ...(deadLetters
        ? [
            {
              what: `${logicalId} has no way to its dead letters`,
              principal: { role },
              right: sendTo(deadLetters),
            },
          ]
        : []),
    ]),
    // What CreateEventSourceMapping asks for
    // (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions).
    ...mappings.flatMap(({ logicalId, FunctionName, EventSourceArn: resource }): Check[] =>
      ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((call) => ({
        what: `${logicalId} cannot read its queue`,
        principal: { role: roles.get(FunctionName) ?? '' },
        right: { action: `sqs:${call}`, resource },
      })),
    ),
  ];
}

function serviceChecks({ alarms, channels, rules, schedules }: StackModel, place: Place): Check[] {
  return [
    ...channels.map(
      ({ logicalId, IamRoleArn }): Check => ({
        what: `Amazon Q Developer cannot act for ${logicalId}`,
        principal: { service: 'chatbot.amazonaws.com' },
        right: { action: 'sts:AssumeRole', resource: IamRoleArn },
      }),
    ),
    ...alarms.flatMap(({ logicalId, AlarmActions, attributes }): Check[] =>
      AlarmActions.map((resource) => ({
        what: `${logicalId} reaches nobody`,
        principal: { service: 'cloudwatch.amazonaws.com' },
        right: {
          action: 'sns:Publish',
          resource,
          context: { 'aws:SourceArn': attributes.Arn ?? '', 'aws:SourceAccount': place.account },
        },
      })),
    ),
    ...rules.flatMap(({ logicalId, Targets, attributes: { Arn = '' } }): Check[] =>
      Targets.flatMap(({ DeadLetterConfig }) =>
        DeadLetterConfig
          ? [
              {
                what: `${logicalId} has no way to its dead letters`,
                principal: { service: 'events.amazonaws.com' },
                right: sendTo(DeadLetterConfig, { 'aws:SourceArn': Arn }),
              },
            ]
          : [],
      ),
    ),
    ...schedules.flatMap(({ logicalId, Target: { RoleArn, DeadLetterConfig } }): Check[] =>
      DeadLetterConfig
        ? [
            {
              what: `${logicalId} has no way to its dead letters`,
              principal: { role: RoleArn },
              right: sendTo(DeadLetterConfig),
            },
          ]
        : [],
    ),
  ];
}

/** Even an administrator is refused over plain HTTP. */
function plainChecks({ buckets, topics, queues }: StackModel): Check[] {
  const context = { 'aws:SecureTransport': 'false' };
  const rights: Right[] = [
    ...buckets.flatMap(({ attributes: { Arn = '' } }) => [
      { action: 's3:GetObject', resource: `${Arn}/key`, context },
      { action: 's3:ListBucket', resource: Arn, context },
    ]),
    ...topics.map(({ ref }) => ({ action: 'sns:Publish', resource: ref, context })),
    ...queues.map(({ attributes: { Arn = '' } }) => sendTo(Arn, context)),
  ];
  return rights.map((right) => ({
    what: 'open without TLS',
    principal: { administrator: true },
    right,
    isAllowed: false,
  }));
}
