import type { AwsClientOptions } from '../../adapters/aws/create-aws-clients.ts';
import { ATTEMPTS } from './faults.ts';

/**
 * The SDK's standard retries without the sleep between them, and without its budget of retries,
 * which one client would carry over from process to process.
 */
export function createImmediateRetries(): NonNullable<AwsClientOptions['retryStrategy']> {
  return {
    acquireInitialRetryToken: async () => retryToken(0),
    async refreshRetryTokenForRetry(token, { errorType }) {
      const retries = token.getRetryCount() + 1;
      const isTransient = errorType === 'THROTTLING' || errorType === 'TRANSIENT';
      // Whatever is thrown here, the SDK then throws the call's own error.
      if (!isTransient || retries >= ATTEMPTS) throw new Error('no more attempts');
      return retryToken(retries);
    },
    recordSuccess() {},
  };
}

function retryToken(retries: number) {
  return { getRetryCount: () => retries, getRetryDelay: () => 0 };
}
