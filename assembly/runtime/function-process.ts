import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { transformSync } from 'esbuild';
import {
  type FunctionError,
  type Invocation,
  type Outcome,
  startRuntimeApi,
} from './runtime-api.ts';

/** As plain JavaScript: Lambda's own runtime strips no types, which would cost each start 40 ms. */
const { code: BOOTSTRAP } = transformSync(
  readFileSync(new URL('./bootstrap.ts', import.meta.url), 'utf8'),
  { loader: 'ts', format: 'esm', target: 'esnext' },
);

export interface ProcessOptions {
  /** The bundled asset. */
  readonly folder: string;
  /** `index.handler` */
  readonly handler: string;
  /** All that the process sees: the template's variables, and those that Lambda adds. */
  readonly environment: Readonly<Record<string, string>>;
  /** @default nobody reads it */
  readonly onOutput?: (line: string) => void;
}

/** An execution environment of one function. */
export interface FunctionProcess {
  /** Milliseconds from the start to the first question for work; or why there was none. */
  readonly started: Promise<{ readonly milliseconds: number } | { readonly error: FunctionError }>;
  /** One after the other. */
  invoke(invocation: Invocation): Promise<Outcome>;
  stop(): Promise<void>;
}

/** Starts a bundled function in a process of its own, behind a Runtime API of its own. */
export async function startFunctionProcess(options: ProcessOptions): Promise<FunctionProcess> {
  const { folder, handler, environment, onOutput = () => undefined } = options;
  const api = await startRuntimeApi();
  const begun = performance.now();
  const child = spawn(process.execPath, ['--input-type=module', '--eval', BOOTSTRAP], {
    cwd: folder,
    env: {
      ...environment,
      _HANDLER: handler,
      LAMBDA_TASK_ROOT: folder,
      AWS_LAMBDA_RUNTIME_API: api.address,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit');
  for (const stream of [child.stdout, child.stderr]) readLines(stream, onOutput);
  void exit.then(([code, signal]) =>
    api.fail({ errorType: 'Runtime.ExitError', errorMessage: `exit ${code ?? signal}` }),
  );

  let last: Promise<unknown> = Promise.resolve();
  return {
    started: api.started.then((error) =>
      error ? { error } : { milliseconds: performance.now() - begun },
    ),
    invoke(invocation) {
      const outcome = last.then(() => api.invoke(invocation));
      last = outcome;
      return outcome;
    },
    async stop() {
      child.kill('SIGKILL');
      await exit;
      await api.close();
    },
  };
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream }).on('line', onLine);
}
