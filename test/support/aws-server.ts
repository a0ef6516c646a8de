import type { AwsClientOptions } from '../../adapters/aws/create-aws-clients.ts';
import { embeddedClientOptions } from '../../local/cloud/embedded-clients.ts';
import {
  type JsonAnswer,
  type JsonCall,
  startJsonServer,
} from '../../local/cloud/start-json-server.ts';

/** One call as it came over the wire. */
export type AwsCall = JsonCall;

/** A JSON answer, or one of the service's errors. */
export type AwsAnswer = JsonAnswer;

export interface AwsServer extends AsyncDisposable {
  readonly options: AwsClientOptions;
  readonly calls: AwsCall[];
}

/** Answers real SDK clients on loopback, as a JSON service of AWS does, and notes what they asked. */
export async function startAwsServer(answer: (call: AwsCall) => AwsAnswer): Promise<AwsServer> {
  const calls: AwsCall[] = [];
  const server = await startJsonServer((call) => {
    calls.push(call);
    return answer(call);
  });
  return {
    options: embeddedClientOptions(server.url),
    calls,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
