import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DoctorEnvironment } from '../lambda/doctor/environment.ts';
import { allow } from './allow.ts';
import { createDeadLetters } from './dead-letters.ts';
import { TypedFunction } from './typed-function.ts';

/** Answers only as a durable execution: the starter asks whether it may be started. */
const NOT_EXAMINED = new Set(['run-night']);

export interface DoctorProps {
  /** Below it lies every function that is examined. */
  readonly of: Construct;
}

/** Examines the installation: when `tidewatch doctor` asks, and after each deployment. */
export class Doctor extends Construct {
  readonly examine: LambdaFunction;
  /** Examinations that could not be made. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { of }: DoctorProps) {
    super(scope, id);
    const examined = of.node
      .findAll()
      .filter((each) => each instanceof TypedFunction && !NOT_EXAMINED.has(each.folder))
      .map((each) => each as TypedFunction<Record<string, string>>);
    const arns = Object.fromEntries(examined.map((each) => [each.folder, each.functionArn]));
    this.deadLetters = createDeadLetters(this, 'MissedExaminations');
    this.examine = new TypedFunction<DoctorEnvironment>(this, 'Examine', {
      folder: 'doctor',
      description: 'Has every function check itself with its own rights',
      timeout: Duration.minutes(3),
      deadLetterQueue: this.deadLetters,
      environment: { EXAMINED: Stack.of(this).toJsonString(arns) },
    });
    allow(this.examine, ['lambda:InvokeFunction'], Object.values(arns));
    this.examineDeployments();
  }

  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/event-detail-stack-status-change.html */
  private examineDeployments(): void {
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
          deadLetterQueue: this.deadLetters,
        }),
      ],
    });
  }
}
