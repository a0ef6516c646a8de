import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Tidewatch } from './tidewatch.ts';
import type { TidewatchConfig } from './tidewatch-config.ts';

export interface TidewatchStackProps extends StackProps {
  readonly config: TidewatchConfig;
}

/** A stack that is Tidewatch and nothing else, and says what its parts are called. */
export class TidewatchStack extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: TidewatchStackProps) {
    super(scope, id, {
      description: 'Tidewatch: rescans what runs each night, and tells what changed',
      ...props,
    });
    // CDK leaves `Default` out of the names of what lies below.
    const { alerts, people, operations, bucket, table, night, doctor } = new Tidewatch(
      this,
      'Default',
      {
        config,
      },
    );

    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description });
    output('PeopleTopic', people.topicArn, 'Subscribe people to it: what changed, by mail or chat');
    output('AlertsTopic', alerts.topicArn, 'Subscribe machines to it: the same as JSON');
    output('OperationsTopic', operations.topicArn, 'Subscribe to be told when Tidewatch fails');
    output('ObjectsBucket', bucket.bucketName, 'Reports lie below runs/');
    output('StateTable', table.tableName, 'What is known of each channel, and what is pending');
    output('Nights', `${config.nightAt} ${config.nightTimeZone}`, 'When a night starts');
    output('Doctor', doctor.examine.functionArn, 'What tidewatch doctor asks');
    output('StartNight', night.startNight.functionName, 'Invoke it to start a night by hand');
    output('RunNight', night.runNight.functionArn, 'Plays the nights; its executions tell how');
  }
}
