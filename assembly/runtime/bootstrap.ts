import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

// What Lambda's own runtime does for a Node function, as far as ours need it
// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html). Runs in a process of its own,
// stripped of its types before: it imports nothing of ours.

interface Answer {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

type Handler = (event: unknown, context: object) => unknown;

const variable = (name: string): string => process.env[name] ?? '';
const agent = new Agent({ keepAlive: true });
const clock = settableClock();

await main();

async function main(): Promise<void> {
  const handler = await load().catch(async (error: unknown) => {
    await call('POST', 'init/error', describe(error));
    process.exit(1);
  });
  for (;;) await handleNext(handler);
}

/** `index.handler` is what `index.mjs` or `index.js` exports as `handler`. */
async function load(): Promise<Handler> {
  const [, file = '', name = ''] = /^(.*)\.([^.]+)$/.exec(variable('_HANDLER')) ?? [];
  const base = join(variable('LAMBDA_TASK_ROOT'), file);
  const found = await import(pathToFileURL(`${base}.mjs`).href).catch((error: unknown) => {
    if (!isMissing(error, `${base}.mjs`)) throw error;
    return import(pathToFileURL(`${base}.js`).href);
  });
  if (typeof found[name] !== 'function') throw new Error(`no handler ${variable('_HANDLER')}`);
  return found[name];
}

function isMissing(error: unknown, file: string): boolean {
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  return code === 'ERR_MODULE_NOT_FOUND' && message.includes(file);
}

async function handleNext(handler: Handler): Promise<void> {
  const { headers, body } = await call('GET', 'invocation/next');
  const id = String(headers['lambda-runtime-aws-request-id']);
  // The machine's clock is the emulator's.
  clock.set(Number(headers['tidewatch-now']));
  try {
    const result = await handler(JSON.parse(body), contextOf(id, headers));
    await call('POST', `invocation/${id}/response`, result ?? null);
  } catch (error) {
    await call('POST', `invocation/${id}/error`, describe(error));
  }
}

function contextOf(awsRequestId: string, headers: Answer['headers']): object {
  const left = Number(headers['lambda-runtime-deadline-ms']) - Date.now();
  const started = performance.now();
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: variable('AWS_LAMBDA_FUNCTION_NAME'),
    functionVersion: variable('AWS_LAMBDA_FUNCTION_VERSION'),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    memoryLimitInMB: variable('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'),
    awsRequestId,
    logGroupName: variable('AWS_LAMBDA_LOG_GROUP_NAME'),
    logStreamName: variable('AWS_LAMBDA_LOG_STREAM_NAME'),
    getRemainingTimeInMillis: () => left - (performance.now() - started),
  };
}

function describe(error: unknown): object {
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return { errorType: name, errorMessage: message, stackTrace: stack.split('\n') };
}

function call(method: string, path: string, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const url = `http://${variable('AWS_LAMBDA_RUNTIME_API')}/2018-06-01/runtime/${path}`;
    const sent = request(url, { method, agent }, (response) => {
      text(response).then((given) => resolve({ headers: response.headers, body: given }), reject);
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Puts itself in the place of `Date`, which goes on as before until it is set; timers stay real. */
function settableClock(): { set(now: number): void } {
  const Real = Date;
  const tell: { now: () => number } = { now: () => Real.now() };
  globalThis.Date = new Proxy(Real, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [tell.now()] : args, newTarget),
    apply: () => new Real(tell.now()).toString(),
    get: (target, key, receiver) => (key === 'now' ? tell.now : Reflect.get(target, key, receiver)),
  });
  return {
    set(now) {
      tell.now = () => now;
    },
  };
}
