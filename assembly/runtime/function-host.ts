import type { Place } from '../template/place.ts';
import type { FunctionModel } from '../template/stack-model.ts';
import { type FunctionProcess, startFunctionProcess } from './function-process.ts';

export interface FunctionHostOptions {
  readonly place: Place;
  /** Variables by which everybody's SDK and registry client find the emulators. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly onOutput?: (functionName: string, line: string) => void;
}

/** Keeps one warm process a function; one that was configured anew gets a new one. */
export interface FunctionHost {
  /** Starts it if it does not run. */
  processOf(of: FunctionModel): Promise<FunctionProcess>;
  /** Ends its process, as Lambda does sooner or later. */
  recycle(of: FunctionModel): Promise<void>;
  stop(): Promise<void>;
}

export function createFunctionHost(options: FunctionHostOptions): FunctionHost {
  const processes = new Map<string, Promise<FunctionProcess>>();
  return {
    processOf(of) {
      const running =
        processes.get(keyOf(of)) ??
        startFunctionProcess({
          folder: of.code,
          handler: of.handler,
          environment: environmentOf(of, options),
          onOutput: (line) => options.onOutput?.(of.name, line),
        });
      processes.set(keyOf(of), running);
      return running;
    },
    async recycle(of) {
      const running = processes.get(keyOf(of));
      processes.delete(keyOf(of));
      await (await running)?.stop();
    },
    async stop() {
      for (const each of processes.values()) await (await each).stop();
    },
  };
}

function keyOf({ name, code, handler, variables }: FunctionModel): string {
  return JSON.stringify([name, code, handler, variables]);
}

/**
 * The template's variables, the variables that Lambda reserves and sets
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html), and the endpoints.
 */
export function environmentOf(
  of: FunctionModel,
  { place, endpoints }: Pick<FunctionHostOptions, 'place' | 'endpoints'>,
): Record<string, string> {
  return {
    ...of.variables,
    ...endpoints,
    AWS_REGION: place.region,
    AWS_DEFAULT_REGION: place.region,
    // The front door knows by the key whose call it is.
    AWS_ACCESS_KEY_ID: of.logicalId,
    AWS_SECRET_ACCESS_KEY: 'embedded',
    AWS_SESSION_TOKEN: 'embedded',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: of.name,
    AWS_LAMBDA_FUNCTION_VERSION: of.isDurable ? '1' : '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(of.memory),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: of.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: 'embedded',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    TZ: ':UTC',
  };
}
