import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DoctorEnvironment } from '../lambda/doctor/environment.ts';
import { allow } from './allow.ts';
import { TypedFunction } from './typed-function.ts';

export interface DoctorProps {
  /** Functions that can check themselves, by what `tidewatch doctor` calls them. */
  readonly examined: Readonly<Record<string, LambdaFunction>>;
}

/** Examines the installation: when `tidewatch doctor` asks, and after each deployment. */
export class Doctor extends Construct {
  readonly examine: LambdaFunction;

  constructor(scope: Construct, id: string, { examined }: DoctorProps) {
    super(scope, id);
    const arns = Object.fromEntries(
      Object.entries(examined).map(([name, { functionArn }]) => [name, functionArn]),
    );
    this.examine = new TypedFunction<DoctorEnvironment>(this, 'Examine', {
      folder: 'doctor',
      description: 'Has every function check itself with its own rights',
      timeout: Duration.minutes(3),
      environment: { EXAMINED: Stack.of(this).toJsonString(arns) },
    });
    allow(this.examine, ['lambda:InvokeFunction'], Object.values(arns));

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/event-detail-stack-status-change.html
    new Rule(this, 'Deployed', {
      description: 'Examines what was deployed',
      eventPattern: {
        source: ['aws.cloudformation'],
        detailType: ['CloudFormation Stack Status Change'],
        detail: {
          'stack-id': [Stack.of(this).stackId],
          'status-details': {
            status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'],
          },
        },
      },
      targets: [
        new FunctionTarget(this.examine, {
          event: RuleTargetInput.fromObject({}),
          retryAttempts: 2,
        }),
      ],
    });
  }
}
