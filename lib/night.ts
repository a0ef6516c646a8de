import { Annotations, Duration, Names, Stack, TimeZone } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Alias, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
  TimeWindow,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { RunNightEnvironment } from '../lambda/run-night/environment.ts';
import type { StartNightEnvironment } from '../lambda/start-night/environment.ts';
import { acknowledge, resourceFinding } from './acknowledge.ts';
import { allow } from './allow.ts';
import { createDeadLetters } from './dead-letters.ts';
import { NightWorkers } from './night-workers.ts';
import type { Store } from './store.ts';
import type { TidewatchConfig } from './tidewatch-config.ts';
import { TypedFunction } from './typed-function.ts';

/** Longest name of an installation: what is left of an execution's (`core/run/execution-name.ts`). */
const INSTALLATION_LIMIT = 40;

export interface NightProps {
  readonly store: Store;
  readonly config: TidewatchConfig;
  /** What is not to be heard of, if anything. */
  readonly suppressions: Asset | undefined;
  /** Indexes the images that nobody has. */
  readonly indexImage: LambdaFunction;
  /** Tells what the night brought. */
  readonly deliverAlerts: LambdaFunction;
}

/** The nightly rescan: schedule, starter, durable function, workers. */
export class Night extends Construct {
  /** Starts a night, for the schedule and by hand. */
  readonly startNight: LambdaFunction;
  /** Plays it; a durable function is invoked by a qualified name only. */
  readonly runNight: Alias;
  /** Nights that could not be started, or failed to their end. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: NightProps) {
    super(scope, id);
    this.deadLetters = createDeadLetters(this, 'FailedNights');
    const runNight = this.createRunNight(props);
    this.runNight = runNight.addAlias('live', {
      description: 'Plays the night that is started',
    });

    this.startNight = this.createStartNight();
    this.schedule(props.config);
  }

  private schedule({ nightAt, nightTimeZone, nightWindowMinutes }: TidewatchConfig): void {
    const [hour = '', minute = ''] = nightAt.split(':');
    new Schedule(this, 'Nightly', {
      description: 'Starts the night',
      schedule: ScheduleExpression.cron({
        hour: String(Number(hour)),
        minute: String(Number(minute)),
        timeZone: TimeZone.of(nightTimeZone),
      }),
      timeWindow:
        nightWindowMinutes === 0
          ? TimeWindow.off()
          : TimeWindow.flexible(Duration.minutes(nightWindowMinutes)),
      target: new LambdaInvoke(this.startNight, {
        // The time it was planned for names the night, however late or often it is started.
        input: ScheduleTargetInput.fromObject({ scheduledTime: ContextAttribute.scheduledTime }),
        deadLetterQueue: this.deadLetters,
        retryAttempts: 3,
        maxEventAge: Duration.hours(6),
      }),
    });
    acknowledge(
      Stack.of(this),
      resourceFinding(this.startNight, ':*'),
      'the scheduler may start any version of the one function',
    );
  }

  private createStartNight(): LambdaFunction {
    const startNight = new TypedFunction<StartNightEnvironment>(this, 'StartNight', {
      folder: 'start-night',
      description: 'Starts a night once, under a name of its own',
      deadLetterQueue: this.deadLetters,
      environment: {
        RUN_NIGHT_ARN: this.runNight.functionArn,
        INSTALLATION: Names.uniqueResourceName(this, {
          maxLength: INSTALLATION_LIMIT,
          separator: '-',
        }),
      },
    });
    allow(startNight, ['lambda:InvokeFunction'], [this.runNight.functionArn]);
    return startNight;
  }

  private createRunNight(props: NightProps): LambdaFunction {
    const workers = new NightWorkers(this, 'Workers', props);
    const environment: RunNightEnvironment = {
      OBSERVE_TAGS_ARN: workers.observeTags.functionArn,
      LIST_DEPLOYMENTS_ARN: workers.listDeployments.functionArn,
      RECONCILE_IMAGES_ARN: workers.reconcileImages.functionArn,
      INDEX_IMAGE_ARN: props.indexImage.functionArn,
      RECORD_OBSERVATIONS_ARN: workers.recordObservations.functionArn,
      REFRESH_FEEDS_ARN: workers.refreshFeeds.functionArn,
      MATCH_FLEET_ARN: workers.matchFleet.functionArn,
      COMPARE_LINEAGES_ARN: workers.compareLineages.functionArn,
      COMMIT_RUN_ARN: workers.commitRun.functionArn,
      REASSESS_PUSHES_ARN: workers.reassessPushes.functionArn,
      DELIVER_ALERTS_ARN: props.deliverAlerts.functionArn,
      WRITE_REPORT_ARN: workers.writeReport.functionArn,
    };
    // It is durable from its first deployment on: nothing is replaced.
    Annotations.of(this).acknowledgeInfo('aws-lambda:Function.DurableConfig');
    const runNight = new TypedFunction<RunNightEnvironment>(this, 'RunNight', {
      folder: 'run-night',
      description: 'The night: starts each worker and remembers what it gave',
      durableConfig: {
        // The next night starts then.
        executionTimeout: Duration.hours(23),
        retentionPeriod: Duration.days(30),
      },
      deadLetterQueue: this.deadLetters,
      environment,
    });
    allow(runNight, ['lambda:InvokeFunction'], Object.values(environment));
    this.allowCheckpoints(runNight);
    return runNight;
  }

  /** Durable executions are below a version of their function: https://docs.aws.amazon.com/lambda/latest/dg/durable-security.html */
  private allowCheckpoints(runNight: LambdaFunction): void {
    // Apart from the role's own policy, on which the function depends.
    const policy = new Policy(this, 'Checkpoints', {
      statements: [
        new PolicyStatement({
          actions: ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'],
          resources: [`${runNight.functionArn}:*`],
        }),
      ],
    });
    if (runNight.role) policy.attachToRole(runNight.role);
    acknowledge(
      policy,
      resourceFinding(runNight, ':*'),
      'executions are named by Lambda, below whichever version started them',
    );
  }
}
