import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A call of an SDK client, as it came over the wire. */
export interface AwsRequest {
  /** As the signature names it: `dynamodb`, `s3`, … */
  readonly service: string;
  /** Who signed; the signature itself is not verified. */
  readonly accessKeyId: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** `PutItem` of the JSON protocols and of the query protocol; empty for REST. */
  readonly operation: string;
}

/** An answer to it. */
export interface AwsAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: string | Uint8Array;
}

/** Reads a signed request; `undefined` if it is not signed. */
export async function readAwsRequest(message: IncomingMessage): Promise<AwsRequest | undefined> {
  const { method = 'GET', headers } = message;
  const url = new URL(message.url ?? '/', 'http://127.0.0.1');
  const body = await buffer(message);
  const [, accessKeyId, service] =
    /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '') ?? [];
  if (!accessKeyId || !service) return undefined;
  const operation = operationOf(headers, body);
  return { service, accessKeyId, method, url, headers, body, operation };
}

function operationOf(headers: IncomingMessage['headers'], body: Buffer): string {
  const target = String(headers['x-amz-target'] ?? '').split('.')[1];
  if (target) return target;
  const isForm = /x-www-form-urlencoded/.test(headers['content-type'] ?? '');
  return isForm ? (new URLSearchParams(body.toString()).get('Action') ?? '') : '';
}

/** The body of a JSON protocol; `{}` where there is none. */
export function inputOf({ body }: AwsRequest): Readonly<Record<string, unknown>> {
  return body.length === 0 ? {} : JSON.parse(body.toString());
}

/** The fields of a query protocol's body. */
export function formOf({ body }: AwsRequest): URLSearchParams {
  return new URLSearchParams(body.toString());
}

export function jsonAnswer(output: unknown, status = 200): AwsAnswer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(output),
  };
}

/** An error of a JSON service. */
export function errorAnswer(type: string, message: string, status = 400): AwsAnswer {
  const answer = jsonAnswer({ __type: type, message, Message: message }, status);
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': type } };
}
