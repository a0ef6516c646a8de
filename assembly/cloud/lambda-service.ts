import type { FunctionModel } from '../template/stack-model.ts';
import {
  type AwsAnswer,
  type AwsRequest,
  errorAnswer,
  inputOf,
  jsonAnswer,
} from './aws-request.ts';
import type { Ending } from './durable-execution.ts';
import { createExecutions, type Executions, type Started } from './durable-executions.ts';
import type { Serve } from './front-door.ts';
import { createInvoke, findTarget, type InvokeOptions, type Target } from './invoke-function.ts';
import { lambdaCall } from './requested-rights.ts';

export interface LambdaOptions
  extends InvokeOptions,
    Pick<Parameters<typeof createExecutions>[0], 'stack'> {
  /** Puts an event that failed for good into the function's dead letters. */
  readonly onDeadLetter: (of: FunctionModel, payload: string) => Promise<void>;
  /** The functions that are images, and whatever else the Lambda API is asked. */
  readonly otherwise: Serve;
}

/** Lambda: functions, aliases, durable executions. */
export interface LambdaService {
  readonly serve: Serve;
  /** As an event source mapping does it: the answer is waited for. */
  invoke(functionName: string, payload: string): Promise<Ending>;
  /** As the Scheduler does it. */
  invokeAsync(functionName: string, payload: string): void;
  /** When nothing is under way any more. */
  idle(): Promise<void>;
}

/** Attempts of an asynchronous invocation (Lambda Developer Guide, error handling of asynchronous invocations). */
const ATTEMPTS = 3;

export function createLambdaService(options: LambdaOptions): LambdaService {
  const { stack, otherwise, onProblem } = options;
  const run = createInvoke(options);
  const executions = createExecutions({ ...options, run });
  const underWay = new Set<Promise<unknown>>();

  async function attempt(target: Target, payload: string, first: Started): Promise<void> {
    let last = await first.ending;
    // A durable execution that failed is over.
    const attempts = target.model.isDurable ? 1 : ATTEMPTS;
    for (let number = 2; last.kind === 'failed' && number <= attempts; number++) {
      last = await run(target, payload);
    }
    if (last.kind === 'done') return;
    onProblem(`${target.model.logicalId} failed: ${last.error.errorMessage}`);
    await options.onDeadLetter(target.model, payload);
  }

  function startAsync(target: Target, payload: string, executionName?: string): Started {
    const started = executions.start(target, payload, executionName);
    const done = attempt(target, payload, started).finally(() => underWay.delete(done));
    underWay.add(done);
    return started;
  }

  async function serveInvoke(request: AwsRequest, subject: string): Promise<AwsAnswer> {
    const qualifier = request.url.searchParams.get('Qualifier') ?? undefined;
    const target = findTarget(stack, subject, qualifier);
    if (!target) return errorAnswer('ResourceNotFoundException', `no function ${subject}`, 404);
    // Whether it may be invoked, it was asked already.
    if (request.headers['x-amz-invocation-type'] === 'DryRun') return { status: 204 };
    const payload = request.body.toString() || '{}';
    const name = request.headers['x-amz-durable-execution-name'];
    const isAsync = request.headers['x-amz-invocation-type'] === 'Event';
    const begin = isAsync ? startAsync : executions.start;
    const started = begin(target, payload, typeof name === 'string' ? name : undefined);
    const answer = isAsync ? { status: 202 } : endingAnswer(await started.ending);
    const arn = started.executionArn;
    return { ...answer, headers: { ...answer.headers, 'x-amz-durable-execution-arn': arn } };
  }

  return {
    invoke: (name, payload) => executions.start(findTarget(stack, name), payload).ending,
    invokeAsync(name, payload) {
      const target = findTarget(stack, name);
      if (target) startAsync(target, payload);
      else onProblem(`no such function: ${name}`);
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async serve(request, caller) {
      const { action, subject } = lambdaCall(request);
      if (action === 'lambda:InvokeFunction') return serveInvoke(request, subject);
      return serveExecution(executions, request) ?? otherwise(request, caller);
    },
  };
}

/** What is asked of a durable execution; `undefined` if it is something else. */
function serveExecution(executions: Executions, request: AwsRequest): AwsAnswer | undefined {
  const { action, subject } = lambdaCall(request);
  if (!subject.includes('/durable-execution/')) return undefined;
  const execution = executions.find(subject);
  if (!execution) return errorAnswer('ResourceNotFoundException', `no ${subject}`, 404);
  if (action === 'lambda:CheckpointDurableExecution') {
    return jsonAnswer(execution.checkpoint(inputOf(request)));
  }
  const marker = request.url.searchParams.get('Marker') ?? '0';
  return action === 'lambda:GetDurableExecutionState'
    ? jsonAnswer(execution.state(marker))
    : undefined;
}

function endingAnswer(ending: Ending): AwsAnswer {
  if (ending.kind === 'done') return { status: 200, body: ending.payload };
  const headers = { 'x-amz-function-error': 'Unhandled' };
  return { status: 200, headers, body: JSON.stringify(ending.error) };
}
