import { errorAnswer, inputOf, jsonAnswer } from '../cloud/aws-request.ts';
import type { Serve } from '../cloud/front-door.ts';

/** Secrets Manager as far as secrets are read: by name, the text of each. */
export function serveSecrets(secrets: ReadonlyMap<string, string>): Serve {
  return async (request) => {
    if (request.operation !== 'GetSecretValue') {
      throw new Error(`secretsmanager:${request.operation} is not emulated`);
    }
    const Name = String(inputOf(request).SecretId);
    const SecretString = secrets.get(Name);
    if (SecretString === undefined) {
      return errorAnswer(
        'ResourceNotFoundException',
        'Secrets Manager can’t find the specified secret.',
      );
    }
    return jsonAnswer({ Name, SecretString });
  };
}
