import type { Clock } from '../../actions/ports.ts';
import type { Guard } from '../iam/guard.ts';
import type { StackModel } from '../template/stack-model.ts';
import {
  type DurableExecution,
  type Ending,
  failedWith,
  startExecution,
} from './durable-execution.ts';
import { findTarget, type Target } from './invoke-function.ts';

export interface ExecutionsOptions {
  readonly stack: StackModel;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly run: (target: Target, payload: string) => Promise<Ending>;
  readonly onProblem: (problem: string) => void;
}

/** An invocation that is under way. */
export interface Started {
  readonly ending: Promise<Ending>;
  /** Of a durable function. */
  readonly executionArn?: string;
}

/** Invocations of ordinary and of durable functions. */
export interface Executions {
  start(target: Target | undefined, payload: string, executionName?: string): Started;
  find(arn: string): DurableExecution | undefined;
}

export function createExecutions(options: ExecutionsOptions): Executions {
  const { stack, guard, clock, run, onProblem } = options;
  const executions = new Map<string, DurableExecution>();

  async function chain(from: Target, functionName: string, payload: string): Promise<Ending> {
    const target = findTarget(stack, functionName);
    const right = { action: 'lambda:InvokeFunction', resource: target?.arn ?? functionName };
    const isAllowed = await guard.allows({ role: from.model.role }, right);
    if (isAllowed) return start(target, payload).ending;
    onProblem(`denied: ${from.model.logicalId} may not invoke ${functionName}`);
    return failedWith(`not allowed to invoke ${functionName}`);
  }

  function execute(target: Target, payload: string, name: string): DurableExecution {
    const id = executions.size + 1;
    const execution = startExecution({
      arn: `${target.model.arn}:${target.version}/durable-execution/${name}/${id}`,
      payload,
      now: () => clock.now().getTime() / 1000,
      replay: (event) => run(target, event),
      chain: (functionName, input) => chain(target, functionName, input),
    });
    executions.set(execution.arn, execution);
    return execution;
  }

  function start(target: Target | undefined, payload: string, executionName?: string): Started {
    const refuse = (why: string) => ({ ending: Promise.resolve(failedWith(why)) });
    if (!target) return refuse('no such function');
    if (!target.model.isDurable) return { ending: run(target, payload) };
    if (target.version === undefined) return refuse('a durable function is invoked by a version');
    const named = [...executions.values()].find(({ arn }) =>
      arn.includes(`/durable-execution/${executionName}/`),
    );
    if (named && named.payload !== payload) return refuse('DurableExecutionAlreadyStarted');
    const name = executionName ?? `execution-${executions.size + 1}`;
    const { ending, arn } = named ?? execute(target, payload, name);
    return { ending, executionArn: arn };
  }

  return { start, find: (arn) => executions.get(arn) };
}
