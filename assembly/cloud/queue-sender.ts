import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Guard, Principal } from '../iam/guard.ts';
import { type Place, queueUrlIn } from '../template/place.ts';
import type { InsideClients } from './make-resources.ts';

/** Sends a message in somebody's name; `false` if he may not. */
export type SendTo = (
  principal: Principal,
  queueArn: string,
  body: string,
  context?: Readonly<Record<string, string>>,
) => Promise<boolean>;

/** What services do with queues, by the rights that the template gives them. */
export function createQueueSender(
  { sqs }: Pick<InsideClients, 'sqs'>,
  guard: Guard,
  place: Place,
  onProblem: (problem: string) => void,
): SendTo {
  return async (principal, queueArn, body, context = {}) => {
    const right = { action: 'sqs:SendMessage', resource: queueArn, context };
    if (!(await guard.allows(principal, right))) {
      onProblem(`denied: sqs:SendMessage to ${queueArn} for ${JSON.stringify(principal)}`);
      return false;
    }
    const QueueUrl = queueUrlIn(place, queueArn.split(':').at(-1) ?? '');
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
    return true;
  };
}
