import type { Clock } from '../../actions/ports.ts';
import type { CredentialsFor } from '../registry/create-authenticator.ts';

/** `<account>.dkr.ecr.<region>.amazonaws.com`, and the partitions' own domains. */
const ECR_HOST = /^\d{12}\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/;

/** A token is valid for 12 hours (ECR API Reference, GetAuthorizationToken); renewed after 11 (milliseconds). */
const RENEWAL = 11 * 60 * 60 * 1000;

/** An ECR authorization token that is no `AWS:<password>` in base64. */
export class InvalidAuthorizationTokenError extends Error {
  override readonly name = 'InvalidAuthorizationTokenError';

  constructor(registry: string) {
    // The token itself is a secret.
    super(`no authorization token: what ECR gave for ${JSON.stringify(registry)}`);
  }
}

interface EcrCredentialsOptions {
  /** `authorizationToken` of GetAuthorizationToken, for a registry host. */
  readonly authorizationToken: (registry: string) => Promise<string>;
  readonly clock: Clock;
}

/** Whether a registry host is ECR's. */
export function isEcrHost(registry: string): boolean {
  return ECR_HOST.test(registry);
}

/** Credentials of ECR hosts, kept until they are about to expire; of no other host. */
export function createEcrCredentials(options: EcrCredentialsOptions): CredentialsFor {
  const { authorizationToken, clock } = options;
  const kept = new Map<string, { readonly token: string; readonly until: number }>();

  return async (registry) => {
    if (!isEcrHost(registry)) return undefined;
    const now = clock.now().getTime();
    const last = kept.get(registry);
    if (last && now < last.until) return parseToken(registry, last.token);
    const token = await authorizationToken(registry);
    kept.set(registry, { token, until: now + RENEWAL });
    return parseToken(registry, token);
  };
}

function parseToken(registry: string, token: string) {
  const text = Buffer.from(token, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 1) throw new InvalidAuthorizationTokenError(registry);
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
