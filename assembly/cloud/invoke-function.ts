import type { Clock } from '../../actions/ports.ts';
import type { Guard } from '../iam/guard.ts';
import type { FunctionHost } from '../runtime/function-host.ts';
import { arnIn, type Place } from '../template/place.ts';
import type { FunctionModel, StackModel } from '../template/stack-model.ts';
import type { Ending } from './durable-execution.ts';

export interface InvokeOptions {
  readonly place: Place;
  readonly host: FunctionHost;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly onProblem: (problem: string) => void;
  /** Awaited before each invocation: a world in which something happens meanwhile. */
  readonly onInvoke?: ((of: FunctionModel) => Promise<void>) | undefined;
}

/** A function as it was named: with the version that a qualifier stands for. */
export interface Target {
  readonly model: FunctionModel;
  readonly arn: string;
  readonly version: string | undefined;
}

/** Whom a name, an ARN or an ARN with a qualifier means; `undefined` if that is nobody. */
export function findTarget(
  { functions, aliases }: StackModel,
  name: string,
  qualifier?: string,
): Target | undefined {
  const [, short = '', own = qualifier] =
    /^(?:arn:.*:function:)?([^:]+)(?::([^:]+))?$/.exec(name) ?? [];
  const model = functions.find((each) => each.name === short);
  const alias = aliases.find((each) => each.FunctionName === short && each.Name === own);
  const version = alias?.FunctionVersion ?? own;
  // Only a version that is deployed can be meant.
  const isThere = version === undefined || version === '1' || version === '$LATEST';
  if (!model || !isThere) return undefined;
  return { model, arn: own ? `${model.arn}:${own}` : model.arn, version };
}

/** Invokes a function's code, once; what it failed with is a problem too. */
export function createInvoke(
  options: InvokeOptions,
): (target: Target, payload: string) => Promise<Ending> {
  const { host, clock, onProblem, onInvoke } = options;
  let invocations = 0;
  return async ({ model, arn }, payload) => {
    await onInvoke?.(model);
    const process = await host.processOf(model);
    const now = clock.now().getTime();
    const outcome = await process.invoke({
      requestId: `00000000-0000-4000-8000-${String(++invocations).padStart(12, '0')}`,
      payload,
      functionArn: arn,
      now,
      deadline: now + model.timeout * 1000,
    });
    await checkLogs(options, model);
    if (outcome.kind === 'failed') {
      const { errorType, errorMessage } = outcome.error;
      onProblem(`${model.logicalId} failed: ${errorType}: ${errorMessage}`);
    }
    return outcome;
  };
}

/** Lambda writes what a function says by the function's own rights. */
async function checkLogs(
  { place, guard, onProblem }: InvokeOptions,
  { role, logGroup, logicalId }: FunctionModel,
): Promise<void> {
  const group = arnIn(place, 'logs', `log-group:${logGroup}`);
  const rights = [
    { action: 'logs:CreateLogStream', resource: `${group}:*` },
    { action: 'logs:PutLogEvents', resource: `${group}:log-stream:embedded` },
  ];
  for (const right of rights) {
    if (!(await guard.allows({ role }, right))) {
      onProblem(`denied: ${right.action} for ${logicalId}`);
    }
  }
}
