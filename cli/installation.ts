import { createCloudFormationClient } from '../adapters/aws/create-aws-clients.ts';
import { NoSuchStackError, readStackOutputs } from '../adapters/aws/stack-outputs.ts';
import { UnusableInputError } from './command-errors.ts';

/** The stack's name in `bin/app.ts`. */
export const DEFAULT_STACK = 'Tidewatch';

/**
 * Outputs of the deployed stack that commands look for; the account and region are those of the
 * AWS environment (`AWS_PROFILE`, `AWS_REGION`).
 *
 * @throws UnusableInputError when the stack is not there or is no Tidewatch
 */
export async function readInstallation<Name extends string>(
  stack: string,
  names: readonly Name[],
): Promise<Readonly<Record<Name, string>>> {
  const outputs = await outputsOf(stack);
  const found = names.map((name): [Name, string] => {
    const value = outputs[name];
    if (value === undefined) {
      throw new UnusableInputError(
        `stack ${JSON.stringify(stack)} has no output ${name}: is it Tidewatch, and as new as this command?`,
      );
    }
    return [name, value];
  });
  return Object.fromEntries(found) as Record<Name, string>;
}

async function outputsOf(stack: string) {
  const client = createCloudFormationClient();
  try {
    return await readStackOutputs(client, stack);
  } catch (error) {
    if (error instanceof NoSuchStackError) throw new UnusableInputError(error.message);
    const missing = missingOf(error);
    if (missing) throw new UnusableInputError(missing, { cause: error });
    throw error;
  } finally {
    client.destroy();
  }
}

/** What the AWS environment lacks; the SDK says so in an error without a name, or without a remedy. */
function missingOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.message === 'Region is missing') {
    return 'no AWS region: set AWS_REGION, or AWS_PROFILE to a profile that has one';
  }
  if (error.name === 'CredentialsProviderError') {
    return `no AWS credentials: set AWS_PROFILE to a profile that has some, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (${error.message})`;
  }
  return undefined;
}
