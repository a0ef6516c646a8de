import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { closeServer, listenOnLoopback } from '../cloud/loopback.ts';

/** What an invocation came to. */
export type Outcome =
  | { readonly kind: 'done'; readonly payload: string }
  | { readonly kind: 'failed'; readonly error: FunctionError };

/** As Lambda hands it to who invoked. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
}

/** One invocation, as the runtime is told of it. */
export interface Invocation {
  readonly requestId: string;
  readonly payload: string;
  readonly functionArn: string;
  /** Milliseconds since 1970: what the machine's clock says, and when Lambda would end it. */
  readonly now: number;
  readonly deadline: number;
}

/** The Runtime API of one execution environment: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export interface RuntimeApi {
  /** `AWS_LAMBDA_RUNTIME_API` */
  readonly address: string;
  /** When the runtime first asks for work; otherwise what its start failed with. */
  readonly started: Promise<FunctionError | undefined>;
  /** One at a time, as an environment does. */
  invoke(invocation: Invocation): Promise<Outcome>;
  /** The process is gone: whoever waits gets this. */
  fail(error: FunctionError): void;
  close(): Promise<void>;
}

export async function startRuntimeApi(): Promise<RuntimeApi> {
  const started = Promise.withResolvers<FunctionError | undefined>();
  let waiting: ServerResponse | undefined;
  let next: Invocation | undefined;
  let settle: ((outcome: Outcome) => void) | undefined;
  let gone: FunctionError | undefined;

  function handOver(): void {
    if (!waiting || !next) return;
    const { requestId, payload, functionArn, now, deadline } = next;
    waiting.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': requestId,
      'lambda-runtime-deadline-ms': String(deadline),
      'lambda-runtime-invoked-function-arn': functionArn,
      'tidewatch-now': String(now),
    });
    waiting.end(payload);
    waiting = undefined;
    next = undefined;
  }

  /** What it failed with first is why: that the process then ended is no news. */
  function fail(error: FunctionError): void {
    gone ??= error;
    started.resolve(gone);
    settle?.({ kind: 'failed', error: gone });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.replace('/2018-06-01/runtime/', '') ?? '';
    if (path === 'invocation/next') {
      started.resolve(undefined);
      waiting = response;
      handOver();
      return;
    }
    const body = await text(request);
    response.writeHead(202).end();
    if (path === 'init/error') fail(JSON.parse(body));
    else if (path.endsWith('/response')) settle?.({ kind: 'done', payload: body });
    else settle?.({ kind: 'failed', error: JSON.parse(body) });
  }

  const server = createServer((request, response) => void answer(request, response));
  const url = await listenOnLoopback(server);
  return {
    address: url.replace('http://', ''),
    started: started.promise,
    invoke(invocation) {
      if (gone) return Promise.resolve({ kind: 'failed', error: gone });
      const outcome = Promise.withResolvers<Outcome>();
      settle = outcome.resolve;
      next = invocation;
      handOver();
      return outcome.promise;
    },
    fail,
    close: () => closeServer(server),
  };
}
