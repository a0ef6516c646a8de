import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { Guard, Principal } from '../iam/guard.ts';
import type { Place } from '../template/place.ts';
import { accessDenied } from './access-denied.ts';
import { type AwsAnswer, type AwsRequest, readAwsRequest } from './aws-request.ts';
import { closeServer, listenOnLoopback } from './loopback.ts';
import { rightsOf } from './requested-rights.ts';

/** What a service answers to a call that is allowed. */
export type Serve = (request: AwsRequest, caller: Principal) => Promise<AwsAnswer>;

export interface FrontDoorOptions {
  readonly place: Place;
  readonly guard: Guard;
  /** By the name in the signature. */
  readonly services: Readonly<Record<string, Serve>>;
  /** Whose access key it is. */
  readonly callerOf: (accessKeyId: string) => Principal | undefined;
  /** Calls that fail whatever IAM says: how often, by `sns:Publish`. @default none */
  readonly failures?: Map<string, number> | undefined;
  /** Told of what should not have been. */
  readonly onProblem: (problem: string) => void;
}

/** All of AWS's endpoints behind one URL: who calls is read from the signature, then IAM decides. */
export interface FrontDoor {
  readonly url: string;
  close(): Promise<void>;
}

export async function openFrontDoor(options: FrontDoorOptions): Promise<FrontDoor> {
  const server = createServer((message, response) => void handle(options, message, response));
  const url = await listenOnLoopback(server);
  return { url, close: () => closeServer(server) };
}

async function handle(
  options: FrontDoorOptions,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, headers, body } = await answer(options, message).catch((error: unknown) => {
    options.onProblem(`${message.method} ${message.url}: ${error}`);
    return { status: 400, headers: {}, body: String(error) };
  });
  response.writeHead(status, definedOf(headers ?? {}));
  response.end(body);
}

function definedOf(headers: NonNullable<AwsAnswer['headers']>): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}

async function answer(options: FrontDoorOptions, message: IncomingMessage): Promise<AwsAnswer> {
  const { place, guard, services, callerOf, failures, onProblem } = options;
  const request = await readAwsRequest(message);
  const caller = request && callerOf(request.accessKeyId);
  const serve = request && services[request.service];
  if (!caller || !serve) throw new Error(`nobody's call, or nobody to answer ${request?.service}`);
  for (const right of rightsOf(request, place)) {
    if (await guard.allows(caller, right)) continue;
    onProblem(`denied: ${right.action} on ${right.resource} for ${request.accessKeyId}`);
    return accessDenied(request, right.action);
  }
  const call = `${request.service}:${request.operation}`;
  const left = failures?.get(call) ?? 0;
  if (left === 0) return serve(request, caller);
  failures?.set(call, left - 1);
  return { status: 500, body: '' };
}
