import {
  Checkpoint,
  DurableAnswer,
  inEvent,
  type Operation,
  type Update,
  updated,
} from './durable-operations.ts';
import { createOperationLog } from './operation-log.ts';

/** What a function came to. */
export type Ending =
  | { readonly kind: 'done'; readonly payload: string }
  | { readonly kind: 'failed'; readonly error: { readonly errorMessage: string } };

export interface ExecutionOptions {
  readonly arn: string;
  readonly payload: string;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Invokes the durable function's own code. */
  readonly replay: (event: string) => Promise<Ending>;
  /** Invokes another function, in the name of this one's role. */
  readonly chain: (functionName: string, payload: string) => Promise<Ending>;
}

/** An execution of a durable function: replayed until it has an end. */
export interface DurableExecution {
  readonly arn: string;
  readonly payload: string;
  /** Never rejects. */
  readonly ending: Promise<Ending>;
  /** `CheckpointDurableExecution`. @throws for a token that is not the newest */
  checkpoint(input: unknown): object;
  /** `GetDurableExecutionState`, from a marker on. */
  state(marker: string): object;
}

export function startExecution(options: ExecutionOptions): DurableExecution {
  const { arn, payload, now, replay, chain } = options;
  const log = createOperationLog(executionOperation(payload, now()));
  let underWay = 0;
  let token = 0;
  let onChange = () => {};

  function apply(update: Update): void {
    log.put(updated(log.get(update.Id), update, now()));
    const { Id, Type, Action, ChainedInvokeOptions, Payload = 'null' } = update;
    if (Type !== 'CHAINED_INVOKE' || Action !== 'START' || !ChainedInvokeOptions) return;
    underWay++;
    void chain(ChainedInvokeOptions.FunctionName, Payload).then((ending) => {
      underWay--;
      const before = log.get(Id);
      if (before) log.put(endedInvoke(before, ending, now()));
      onChange();
    });
  }

  async function nextChange(): Promise<void> {
    if (log.hasChanged()) return;
    if (underWay === 0) {
      log.endWaits(now());
      if (!log.hasChanged()) throw new Error('it waits for nothing');
      return;
    }
    await new Promise<void>((resolve) => {
      onChange = resolve;
    });
  }

  async function run(): Promise<Ending> {
    for (;;) {
      log.takeChanged();
      const event = {
        DurableExecutionArn: arn,
        CheckpointToken: String(++token),
        InitialExecutionState: log.page(0, inEvent),
      };
      const ending = await replay(JSON.stringify(event));
      if (ending.kind === 'failed') return ending;
      const answer = DurableAnswer.parse(JSON.parse(ending.payload));
      if (answer.Status === 'SUCCEEDED') return { kind: 'done', payload: answer.Result ?? 'null' };
      if (answer.Status === 'FAILED') return failedWith(answer.Error?.ErrorMessage);
      await nextChange();
    }
  }

  return {
    arn,
    payload,
    ending: run().catch((error: unknown) => failedWith(String(error))),
    checkpoint(input) {
      const { CheckpointToken, Updates } = Checkpoint.parse(input);
      if (CheckpointToken !== String(token)) throw new Error(`token ${CheckpointToken} is old`);
      for (const update of Updates) apply(update);
      const NewExecutionState = { Operations: log.takeChanged() };
      return { CheckpointToken: String(++token), NewExecutionState };
    },
    state: (marker) => log.page(Number(marker), (operation) => operation),
  };
}

/** An ending that is a failure. */
export function failedWith(errorMessage = 'it failed'): Ending {
  return { kind: 'failed', error: { errorMessage } };
}

function executionOperation(payload: string, now: number): Operation {
  return {
    Id: 'execution',
    Type: 'EXECUTION',
    Status: 'STARTED',
    StartTimestamp: now,
    ExecutionDetails: { InputPayload: payload },
  };
}

function endedInvoke(before: Operation, ending: Ending, now: number): Operation {
  const isDone = ending.kind === 'done';
  return {
    ...before,
    Status: isDone ? 'SUCCEEDED' : 'FAILED',
    EndTimestamp: now,
    ChainedInvokeDetails: isDone
      ? { Result: ending.payload }
      : { Error: { ErrorMessage: ending.error.errorMessage } },
  };
}
