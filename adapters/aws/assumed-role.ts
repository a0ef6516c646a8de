import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';

/** A role of another account. */
export interface AssumedRole {
  /** `arn:aws:iam::123456789012:role/tidewatch-reader`. */
  readonly role: string;
  /** What its trust policy expects as `sts:ExternalId`, if anything. */
  readonly externalId?: string | undefined;
}

/** Temporary credentials; the SDK asks anew minutes before they expire. */
export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** STS does not give the role's credentials; the message says which role and why. */
export class RoleNotAssumedError extends Error {
  override readonly name = 'RoleNotAssumedError';
}

/** Of whoever looks into the other account's CloudTrail. */
const SESSION = 'tidewatch';

/**
 * Credentials of a role of another account, for the clients that list what runs there (AWS STS API
 * Reference, AssumeRole: an hour, which is also the longest for a role that assumes another).
 *
 * @throws RoleNotAssumedError
 */
export function assumeRole(
  client: STSClient,
  { role, externalId }: AssumedRole,
): () => Promise<TemporaryCredentials> {
  return async () => {
    try {
      const { Credentials } = await client.send(
        new AssumeRoleCommand({ RoleArn: role, RoleSessionName: SESSION, ExternalId: externalId }),
      );
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
      if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
        throw new RoleNotAssumedError(`${role}: STS gave no credentials`);
      }
      return {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        expiration: Expiration,
      };
    } catch (cause) {
      if (cause instanceof RoleNotAssumedError) throw cause;
      const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
      throw new RoleNotAssumedError(`${role}: ${why}`, { cause });
    }
  };
}
