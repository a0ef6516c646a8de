import {
  GetSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import type { Clock } from '../../actions/ports.ts';
import { AccessDeniedError, RegistryUnavailableError } from '../../core/image/errors.ts';
import type { Credentials, CredentialsFor } from '../registry/create-authenticator.ts';

/** What the name beside a lone token is: Google wants this one, GitHub and GitLab take any. */
const TOKEN_USER = 'oauth2accesstoken';

/** Credentials that a registry refuses are asked for anew after this (milliseconds): they may have been rotated. */
const RENEWAL = 60_000;

/** A secret's text: a name and its password, or a token alone. */
const Secret = z.union([
  z.object({ username: z.string().min(1), password: z.string().min(1) }),
  z.object({ token: z.string().min(1) }),
]);

export interface SecretCredentialsOptions {
  /** Name or ARN of the secret of each registry host. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** @default the SDK's own choice */
  readonly client?: Pick<
    SecretsManagerClientConfig,
    'endpoint' | 'credentials' | 'region' | 'retryStrategy'
  >;
}

/** Secrets Manager's word that there is no such secret for us, or that we may not read it. */
const REFUSALS =
  /AccessDenied|ResourceNotFound|InvalidRequest|Decryption|UnrecognizedClient|InvalidSignature/;

/**
 * Credentials of registry hosts from AWS Secrets Manager, kept for the process; asked for once more
 * when a registry refuses them. Of a host without a secret: none.
 */
export function createSecretCredentials(options: SecretCredentialsOptions): CredentialsFor {
  const { secrets, clock } = options;
  const kept = new Map<string, { readonly credentials: Credentials; readonly at: number }>();
  let client: SecretsManagerClient | undefined;

  return async (registry, isRefused = false) => {
    const secret = Object.hasOwn(secrets, registry) ? secrets[registry] : undefined;
    if (secret === undefined) return undefined;
    const now = clock.now().getTime();
    const known = kept.get(registry);
    if (known && !(isRefused && now - known.at >= RENEWAL)) return known.credentials;
    client ??= new SecretsManagerClient(options.client ?? {});
    const credentials = await readSecret(client, registry, secret);
    kept.set(registry, { credentials, at: now });
    return credentials;
  };
}

async function readSecret(
  client: SecretsManagerClient,
  registry: string,
  secret: string,
): Promise<Credentials> {
  const what = `no credentials for ${registry} from the secret ${JSON.stringify(secret)}`;
  const text = await client.send(new GetSecretValueCommand({ SecretId: secret })).then(
    ({ SecretString }) => SecretString,
    (cause: unknown) => {
      const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
      const failure = `${what}: ${name}: ${message}`;
      if (REFUSALS.test(name)) throw new AccessDeniedError(failure, { cause });
      throw new RegistryUnavailableError(failure, { cause });
    },
  );
  const parsed = Secret.safeParse(parseJson(text));
  // Not a word of what it says: it is a secret, however badly written.
  if (!parsed.success) {
    throw new AccessDeniedError(`${what}: expected JSON with username and password, or with token`);
  }
  const { data } = parsed;
  return 'token' in data ? { username: TOKEN_USER, password: data.token } : data;
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
