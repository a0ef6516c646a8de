import { Duration, RemovalPolicy, type Size } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type DurableConfig,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { bundleHandler } from './bundle-handler.ts';

export interface TypedFunctionProps<Environment extends object> {
  /** Folder under `lambda/` that holds `handler.ts`. */
  readonly folder: string;
  /** What it does, for people who read the console. */
  readonly description: string;
  /** Checked by the compiler against the schema the function parses. */
  readonly environment: Environment;
  /** @default 1 minute */
  readonly timeout?: Duration;
  /** In MiB. @default 512 */
  readonly memorySize?: number;
  /** Of `/tmp`. @default 512 MiB, Lambda's own */
  readonly ephemeralStorageSize?: Size;
  /** @default an ordinary function */
  readonly durableConfig?: DurableConfig;
  /** Keeps asynchronous invocations that failed. @default they are dropped */
  readonly deadLetterQueue?: IQueue;
}

/** A Node function with our one way of bundling and logging; its role may write its own logs, nothing else. */
export class TypedFunction<
  Environment extends { readonly [Name in keyof Environment]?: string | undefined },
> extends LambdaFunction {
  /** Below `lambda/`: what the function is called among ours. */
  readonly folder: string;

  constructor(scope: Construct, id: string, props: TypedFunctionProps<Environment>) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      code: bundleHandler(props.folder),
      handler: 'index.handler',
      description: props.description,
      environment: { ...definedOf(props.environment), NODE_OPTIONS: '--enable-source-maps' },
      timeout: props.timeout ?? Duration.minutes(1),
      memorySize: props.memorySize ?? 512,
      ...(props.ephemeralStorageSize && { ephemeralStorageSize: props.ephemeralStorageSize }),
      ...(props.durableConfig && { durableConfig: props.durableConfig }),
      ...(props.deadLetterQueue && { deadLetterQueue: props.deadLetterQueue }),
      // A version may still be running a night when the next one is deployed.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      role: roleOf(scope, id, logGroup),
    });
    this.folder = props.folder;
    acknowledge(
      this,
      'Serverless-LambdaTracing',
      'a night is traced by its durable execution, a push by its logs; X-Ray needs rights on every resource',
    );
    if (!props.deadLetterQueue) {
      acknowledge(
        this,
        'Serverless-LambdaDLQ',
        'nobody starts it asynchronously: its queue, or the night that waits for it, keeps what failed',
      );
    }
  }
}

/** A role of its own, instead of AWS's managed policy that may write every log group. */
function roleOf(scope: Construct, id: string, logGroup: LogGroup): Role {
  return new Role(scope, `${id}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: {
      Logs: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            resources: [logGroup.logGroupArn],
          }),
        ],
      }),
    },
  });
}

function definedOf(environment: object): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined));
}
