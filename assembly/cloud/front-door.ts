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

/** Answers a call in a service's place. */
export type Interfere = (request: AwsRequest) => AwsAnswer | undefined;

export interface FrontDoorOptions {
  readonly place: Place;
  readonly guard: Guard;
  /** By the name in the signature. */
  readonly services: Readonly<Record<string, Serve>>;
  /** Whose access key it is. */
  readonly callerOf: (accessKeyId: string) => Principal | undefined;
  /** Calls in the name of another account, whose IAM is its own business. @default nobody's */
  readonly another?: { knows(accessKeyId: string): boolean; readonly serve: Serve };
  /** What a call that is allowed is answered instead, if anything. @default nothing */
  readonly interfere?: Interfere | undefined;
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
  const { place, guard, services, callerOf, another, interfere, onProblem } = options;
  const request = await readAwsRequest(message);
  if (request && another?.knows(request.accessKeyId)) {
    return another.serve(request, { administrator: true });
  }
  const caller = request && callerOf(request.accessKeyId);
  const serve = request && services[request.service];
  if (!caller || !serve) throw new Error(`nobody's call, or nobody to answer ${request?.service}`);
  for (const right of rightsOf(request, place)) {
    if (await guard.allows(caller, right)) continue;
    onProblem(`denied: ${right.action} on ${right.resource} for ${request.accessKeyId}`);
    return accessDenied(request, right.action);
  }
  return interfere?.(request) ?? serve(request, caller);
}
