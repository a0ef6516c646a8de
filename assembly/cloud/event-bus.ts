import { UnsupportedTemplateError } from '../template/errors.ts';
import type { StackModel } from '../template/stack-model.ts';
import { matchesPattern } from './event-pattern.ts';
import type { SendTo } from './queue-sender.ts';

/** The account's default bus, with the template's rules. */
export interface EventBus {
  /** How many rules took the event. @throws UnknownPatternError, UnsupportedTemplateError */
  put(event: string): Promise<number>;
}

const EVENTS = { service: 'events.amazonaws.com' };

export function createEventBus({ rules }: StackModel, send: SendTo): EventBus {
  return {
    async put(event) {
      const parsed: unknown = JSON.parse(event);
      const matching = rules.filter(
        ({ State, EventPattern }) => State === 'ENABLED' && matchesPattern(EventPattern, parsed),
      );
      for (const { Targets, attributes } of matching) {
        for (const target of Targets) await sendTo(send, target, attributes.Arn ?? '', event);
      }
      return matching.length;
    },
  };
}

type RuleTarget = StackModel['rules'][number]['Targets'][number];

async function sendTo(
  send: SendTo,
  { Arn, DeadLetterConfig }: RuleTarget,
  rule: string,
  event: string,
): Promise<void> {
  if (!Arn.startsWith('arn:aws:sqs:')) {
    throw new UnsupportedTemplateError(`a rule's target that is no queue: ${Arn}`);
  }
  const context = { 'aws:SourceArn': rule };
  const isSent = await send(EVENTS, Arn, event, context);
  if (!isSent && DeadLetterConfig) await send(EVENTS, DeadLetterConfig, event, context);
}
