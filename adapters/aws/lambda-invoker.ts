import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { FunctionFailedError, type FunctionInvoker } from '../../actions/examine.ts';

/** Invokes functions synchronously (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html). */
export function createLambdaInvoker(client: LambdaClient): FunctionInvoker {
  return {
    async invoke(functionName, event) {
      const { Payload, FunctionError } = await client.send(
        new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) }),
      );
      const text = Payload ? new TextDecoder().decode(Payload) : '';
      if (FunctionError !== undefined) throw failureOf(text);
      return text === '' ? null : JSON.parse(text);
    },
  };
}

/** Lambda's description of what a function threw; one that never came up is described likewise. */
function failureOf(text: string): FunctionFailedError {
  try {
    const { errorType = '', errorMessage = text } = JSON.parse(text);
    return new FunctionFailedError(String(errorType), String(errorMessage));
  } catch {
    return new FunctionFailedError('', text);
  }
}
