import type { AwsClientOptions } from '../../adapters/aws/create-aws-clients.ts';
import { createImmediateRetries } from './immediate-retries.ts';

/** The region that everything embedded is in. */
export const EMBEDDED_REGION = 'us-east-1';

/** Options for a client of an emulator: all is given, so nothing is looked up anywhere. */
export function embeddedClientOptions(endpoint: string): AwsClientOptions {
  return {
    endpoint,
    region: EMBEDDED_REGION,
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
    retryStrategy: createImmediateRetries(),
  };
}
