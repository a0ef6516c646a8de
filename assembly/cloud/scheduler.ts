import type { Guard } from '../iam/guard.ts';
import { UnsupportedTemplateError } from '../template/errors.ts';
import { arnIn, type Place } from '../template/place.ts';
import type { StackModel } from '../template/stack-model.ts';
import type { LambdaService } from './lambda-service.ts';
import type { SendTo } from './queue-sender.ts';
import { lastTimeOf } from './schedule-times.ts';

type Schedule = StackModel['schedules'][number];

export interface SchedulerOptions {
  readonly stack: StackModel;
  readonly place: Place;
  readonly guard: Guard;
  readonly lambda: Pick<LambdaService, 'invokeAsync'>;
  readonly send: SendTo;
  readonly onProblem: (problem: string) => void;
}

/** EventBridge Scheduler with the template's schedules. */
export interface Scheduler {
  /**
   * The world's clock only stops at its events: what was due since the last stop is started once,
   * for the last time it was planned for, and what comes once a day before what comes every hour.
   */
  passTo(from: Date, to: Date, settle: () => Promise<void>): Promise<void>;
}

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { stack, place, guard, onProblem } = options;

  /** Whether the Scheduler may act as the schedule's role at all. */
  function assumes({ Target }: Schedule): Promise<boolean> {
    const context = {
      'aws:SourceAccount': place.account,
      'aws:SourceArn': arnIn(place, 'scheduler', 'schedule-group/default'),
    };
    const right = { action: 'sts:AssumeRole', resource: Target.RoleArn, context };
    return guard.allows({ service: 'scheduler.amazonaws.com' }, right);
  }

  async function start(schedule: Schedule, time: Date): Promise<void> {
    const { Arn, RoleArn, Input, DeadLetterConfig } = schedule.Target;
    if (!Arn.startsWith('arn:aws:lambda:')) {
      throw new UnsupportedTemplateError(`a schedule's target that is no function: ${Arn}`);
    }
    const role = { role: RoleArn };
    const right = { action: 'lambda:InvokeFunction', resource: Arn };
    const payload = inputOf(Input, time, place, schedule.name);
    if ((await assumes(schedule)) && (await guard.allows(role, right))) {
      options.lambda.invokeAsync(Arn, payload);
      return;
    }
    onProblem(`denied: the schedule ${schedule.logicalId} may not invoke ${Arn}`);
    if (DeadLetterConfig) await options.send(role, DeadLetterConfig, payload);
  }

  return {
    async passTo(from, to, settle) {
      for (const schedule of stack.schedules.toSorted(rareFirst)) {
        const { State, ScheduleExpression, ScheduleExpressionTimezone } = schedule;
        if (State !== 'ENABLED') continue;
        const time = lastTimeOf(ScheduleExpression, ScheduleExpressionTimezone, from, to);
        if (!time) continue;
        await start(schedule, time);
        await settle();
      }
    },
  };
}

function rareFirst(a: Schedule, b: Schedule): number {
  const isRate = ({ ScheduleExpression }: Schedule) =>
    Number(ScheduleExpression.startsWith('rate'));
  return isRate(a) - isRate(b);
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function inputOf(input: string, time: Date, place: Place, name: string): string {
  const attributes: Readonly<Record<string, string>> = {
    'scheduled-time': time.toISOString().replace('.000Z', 'Z'),
    'schedule-arn': arnIn(place, 'scheduler', `schedule/default/${name}`),
    'execution-id': `${name}-${time.getTime()}`,
    'attempt-number': '1',
  };
  return input.replaceAll(/<aws\.scheduler\.([a-z-]+)>/g, (whole, key) => {
    const value = attributes[key];
    if (value === undefined) throw new UnsupportedTemplateError(`no attribute ${whole}`);
    return value;
  });
}
