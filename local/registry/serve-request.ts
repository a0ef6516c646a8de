import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, refusalAnswer } from './answer.ts';
import { answerPull } from './answer-pull.ts';
import type { PushDesk } from './answer-push.ts';
import type { HostGuard } from './host-guard.ts';
import { parseRoute, type Route } from './parse-route.ts';
import type { RegistryContent } from './registry-content.ts';
import { answerInstead, type RegistryFaults, spoilAnswer } from './registry-faults.ts';
import { RegistryRefusalError } from './registry-refusal.ts';

const READS = new Set(['GET', 'HEAD']);

/** All that it takes to answer a request. */
export interface RegistryDesk {
  readonly content: RegistryContent;
  readonly push: PushDesk;
  readonly guard: HostGuard;
  readonly faults: RegistryFaults;
  readonly afterCall: (call: string) => void | Promise<void>;
}

/** A request with its path understood and its body read. */
interface Exchange {
  readonly route: Route;
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Uint8Array;
}

/** Answers one HTTP request; a fault may end its connection instead. */
export async function serveRequest(
  desk: RegistryDesk,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = request.method ?? 'GET';
  try {
    const answer = await answerRequest(desk, request, method);
    if (answer) write(response, method, answer);
    else response.destroy();
  } catch (error) {
    // A client that went away cannot be told; any other is told that it is our fault.
    if (response.destroyed) return;
    const message = error instanceof Error ? error.message : String(error);
    write(response, method, refusalAnswer({ status: 500, code: 'UNKNOWN', message }));
  }
}

/** `undefined`: the connection ends without an answer. */
async function answerRequest(
  desk: RegistryDesk,
  request: IncomingMessage,
  method: string,
): Promise<Answer | undefined> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
  const body = await readBody(request);
  const route = parseRoute(url.pathname);
  if (!route) return refusalAnswer({ status: 404, code: 'NAME_UNKNOWN', message: url.pathname });
  return await answerExchange(desk, { route, method, url, headers: request.headers, body });
}

async function answerExchange(
  { content, push, guard, faults, afterCall }: RegistryDesk,
  exchange: Exchange,
): Promise<Answer | undefined> {
  const { route, method, url, headers } = exchange;
  const guarded = { route, method, authorization: headers.authorization };
  const refusal = guard.refuse(guarded);
  if (refusal) return refusal;

  // Only what passes the guard is a call: a challenge is no attempt at it.
  const call = `registry:${method} ${route.noun}`;
  const fault = route.noun === 'ping' ? undefined : faults.next(call);
  if (fault === 'timeout') return undefined;
  const instead = fault && answerInstead(fault, route, url.href, guard.challenge(guarded));
  if (instead) return instead;

  const answer = await act(content, push, guard, exchange);
  await afterCall(call);
  return fault === 'lost-response' ? undefined : spoilAnswer(fault, answer);
}

async function act(
  content: RegistryContent,
  push: PushDesk,
  guard: HostGuard,
  { route, method, url, headers, body }: Exchange,
): Promise<Answer> {
  try {
    if (route.noun === 'token') {
      return guard.issueToken(route.host, url.searchParams.getAll('scope'));
    }
    if (READS.has(method) && route.noun !== 'upload') {
      return await answerPull(content, { route, query: url.searchParams, range: headers.range });
    }
    return await push.answer({
      route,
      method,
      query: url.searchParams,
      body,
      contentType: headers['content-type'] ?? '',
      contentRange: headers['content-range'],
    });
  } catch (error) {
    if (error instanceof RegistryRefusalError) return refusalAnswer(error);
    throw error;
  }
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function write(response: ServerResponse, method: string, { status, headers, body }: Answer): void {
  response.writeHead(status, {
    ...headers,
    ...(status !== 204 && { 'content-length': body.byteLength }),
  });
  response.end(method === 'HEAD' ? undefined : body);
}
