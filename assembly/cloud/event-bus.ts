import type { Guard } from '../iam/guard.ts';
import { UnsupportedTemplateError } from '../template/errors.ts';
import type { StackModel } from '../template/stack-model.ts';
import { matchesPattern } from './event-pattern.ts';
import type { LambdaService } from './lambda-service.ts';
import type { SendTo } from './queue-sender.ts';

/** The account's default bus, with the template's rules. */
export interface EventBus {
  /** How many rules took the event. @throws UnknownPatternError, UnsupportedTemplateError */
  put(event: string): Promise<number>;
  /** How many rules would take it. @throws UnknownPatternError */
  rulesFor(event: string): number;
}

const EVENTS = { service: 'events.amazonaws.com' };

export interface EventBusOptions {
  readonly stack: StackModel;
  readonly guard: Guard;
  readonly lambda: Pick<LambdaService, 'invokeAsync'>;
  readonly send: SendTo;
  readonly onProblem: (problem: string) => void;
}

export function createEventBus(options: EventBusOptions): EventBus {
  const matchingOf = (event: string) => {
    const parsed: unknown = JSON.parse(event);
    return options.stack.rules.filter(
      ({ State, EventPattern }) => State === 'ENABLED' && matchesPattern(EventPattern, parsed),
    );
  };
  return {
    rulesFor: (event) => matchingOf(event).length,
    async put(event) {
      const matching = matchingOf(event);
      for (const { Targets, attributes } of matching) {
        for (const target of Targets) await hand(options, target, attributes.Arn ?? '', event);
      }
      return matching.length;
    },
  };
}

type RuleTarget = StackModel['rules'][number]['Targets'][number];

async function hand(
  options: EventBusOptions,
  { Arn, Input, DeadLetterConfig }: RuleTarget,
  rule: string,
  event: string,
): Promise<void> {
  const context = { 'aws:SourceArn': rule };
  const payload = Input ?? event;
  const isHandedOver = Arn.startsWith('arn:aws:lambda:')
    ? await invoke(options, Arn, payload, context)
    : await sendTo(options, Arn, payload, context);
  if (!isHandedOver && DeadLetterConfig) {
    await options.send(EVENTS, DeadLetterConfig, event, context);
  }
}

type Context = Readonly<Record<string, string>>;

async function invoke(
  { guard, lambda, onProblem }: EventBusOptions,
  resource: string,
  payload: string,
  context: Context,
): Promise<boolean> {
  const right = { action: 'lambda:InvokeFunction', resource, context };
  const isAllowed = await guard.allows(EVENTS, right);
  if (isAllowed) lambda.invokeAsync(resource, payload);
  else onProblem(`denied: a rule may not invoke ${resource}`);
  return isAllowed;
}

function sendTo(
  { send }: EventBusOptions,
  queue: string,
  payload: string,
  context: Context,
): Promise<boolean> {
  if (!queue.startsWith('arn:aws:sqs:')) {
    throw new UnsupportedTemplateError(`a rule's target that is no queue: ${queue}`);
  }
  return send(EVENTS, queue, payload, context);
}
