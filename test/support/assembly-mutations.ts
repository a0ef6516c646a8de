import { resourcesOf } from '../../assembly/template/mutate.ts';
import type { Template } from '../../assembly/template/read-assembly.ts';

type Mutation = readonly [what: string, change: (template: Template) => void];

type Json = Record<string, unknown>;

/** Resources without which nothing goes where it should. */
const CONNECTIONS = [
  'AWS::Events::Rule',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Scheduler::Schedule',
];

/** Policies of resources, and roles that only a service takes on. */
const RESOURCE_POLICIES = [
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
];

/** Each connection, each field of each event pattern, each channel's topic, each statement of each resource's policy. */
export function mutationsOf(template: Template): readonly Mutation[] {
  return [
    ...CONNECTIONS.flatMap((type) =>
      resourcesOf(template, type).map(
        ([id]): Mutation => [
          id,
          (changed) => {
            delete changed.Resources[id];
          },
        ],
      ),
    ),
    ...resourcesOf(template, 'AWS::Events::Rule').flatMap(([id, { Properties }]) =>
      leavesOf(Properties.EventPattern as Json).map(
        (path): Mutation => [
          `${path.join('.')} in the pattern of ${id}`,
          (changed) => removeAt(changed.Resources[id]?.Properties.EventPattern as Json, path),
        ],
      ),
    ),
    ...resourcesOf(template, 'AWS::Chatbot::SlackChannelConfiguration').map(
      ([id]): Mutation => [
        `the topic of ${id}`,
        (changed) => {
          delete changed.Resources[id]?.Properties.SnsTopicArns;
        },
      ],
    ),
    ...RESOURCE_POLICIES.flatMap((type) =>
      resourcesOf(template, type).flatMap(([id, { Properties }]) =>
        statementsOf(Properties).map(
          (_, index): Mutation => [
            `statement ${index} of ${id}`,
            (changed) => {
              statementsOf(changed.Resources[id]?.Properties ?? {}).splice(index, 1);
            },
          ],
        ),
      ),
    ),
  ];
}

/** Takes an action out of the statements of a policy. */
export function withoutRight(template: Template, id: string, action: string): void {
  const statements = statementsOf(template.Resources[id]?.Properties ?? {});
  for (const statement of statements.splice(0)) {
    const Action = [statement.Action].flat().filter((each) => each !== action);
    if (Action.length > 0) statements.push({ ...statement, Action });
  }
}

function statementsOf({ PolicyDocument }: Json): Json[] {
  return (PolicyDocument as { Statement: Json[] }).Statement;
}

/** Paths of a pattern's lists. */
function leavesOf(pattern: Json): string[][] {
  return Object.entries(pattern).flatMap(([key, value]) =>
    Array.isArray(value) ? [[key]] : leavesOf(value as Json).map((rest) => [key, ...rest]),
  );
}

function removeAt(pattern: Json, [key = '', ...rest]: readonly string[]): void {
  if (rest.length === 0) delete pattern[key];
  else removeAt(pattern[key] as Json, rest);
}
