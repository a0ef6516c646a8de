import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/** A stack that is not there, or not deployed to its end. */
export class NoSuchStackError extends Error {
  override readonly name = 'NoSuchStackError';
}

/**
 * The outputs of a deployed stack, by name.
 *
 * @throws NoSuchStackError
 */
export async function readStackOutputs(
  client: CloudFormationClient,
  stackName: string,
): Promise<Readonly<Record<string, string>>> {
  const stack = await describe(client, stackName);
  return Object.fromEntries(
    (stack?.Outputs ?? []).flatMap(({ OutputKey, OutputValue }) =>
      OutputKey === undefined || OutputValue === undefined ? [] : [[OutputKey, OutputValue]],
    ),
  );
}

async function describe(client: CloudFormationClient, stackName: string) {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    return Stacks?.[0];
  } catch (error) {
    // CloudFormation says so in words alone.
    if (error instanceof Error && /does not exist/.test(error.message)) {
      throw new NoSuchStackError(
        `no stack ${JSON.stringify(stackName)} in this account and region`,
        { cause: error },
      );
    }
    throw error;
  }
}
