/** What Lambda tells a handler of its invocation; `aws-lambda`'s `Context`. */
export interface LambdaContext {
  readonly callbackWaitsForEmptyEventLoop: boolean;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly awsRequestId: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  getRemainingTimeInMillis(): number;
  done(): void;
  fail(): void;
  succeed(): void;
}

/** Lambda's longest timeout; nothing embedded is ever cut off. */
const REMAINING_MS = 15 * 60 * 1000;

/** The context of one embedded invocation; `requestId` must not come from chance. */
export function createLambdaContext(functionName: string, requestId: string): LambdaContext {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: '2048',
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'embedded',
    getRemainingTimeInMillis: () => REMAINING_MS,
    // Node.js before version 8 answered by these; no handler of ours does.
    done: refuse,
    fail: refuse,
    succeed: refuse,
  };
}

function refuse(): never {
  throw new Error('handlers answer by their promise');
}
