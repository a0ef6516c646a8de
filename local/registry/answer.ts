import type { RegistryRefusalError } from './registry-refusal.ts';

/** An HTTP answer before it is written. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** An answer with no body. */
export function emptyAnswer(
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers, body: new Uint8Array() };
}

/** An answer in JSON. */
export function jsonAnswer(
  status: number,
  json: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: new TextEncoder().encode(JSON.stringify(json)),
  };
}

/** A refusal as the distribution specification writes it. */
export function refusalAnswer({
  status,
  code,
  message,
}: Omit<RegistryRefusalError, 'name'>): Answer {
  return jsonAnswer(status, { errors: [{ code, message }] });
}
