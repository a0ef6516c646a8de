import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { AlertDelivery } from './alert-delivery.ts';
import { Night } from './night.ts';
import { PushPipeline } from './push-pipeline.ts';
import { Store } from './store.ts';
import { TagWatch } from './tag-watch.ts';
import type { TidewatchConfig } from './tidewatch-config.ts';

export interface TidewatchStackProps extends StackProps {
  readonly config: TidewatchConfig;
}

/** All of Tidewatch, in one account and region. */
export class TidewatchStack extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: TidewatchStackProps) {
    super(scope, id, {
      description: 'Tidewatch: rescans what runs each night, and tells what changed',
      ...props,
    });
    const store = new Store(this, 'Store');
    const delivery = new AlertDelivery(this, 'Delivery', { store });
    const pushes = new PushPipeline(this, 'Pushes', { store, alerts: delivery.topic, config });
    const night = new Night(this, 'Night', {
      store,
      config,
      indexImage: pushes.indexImage,
      deliverAlerts: delivery.deliverAlerts,
    });
    const watch =
      config.watchedTags.length > 0
        ? new TagWatch(this, 'Watch', {
            store,
            alerts: delivery.topic,
            indexImage: pushes.indexImage,
            config,
          })
        : undefined;
    const alarms = new Alarms(this, 'Alarms', {
      deadLetters: [
        ...pushes.deadLetters,
        delivery.deadLetters,
        night.deadLetters,
        ...(watch ? [watch.deadLetters] : []),
      ],
      watchesTags: watch !== undefined,
    });

    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description });
    output('AlertsTopic', delivery.topic.topicArn, 'Subscribe to be told what changed');
    output('OperationsTopic', alarms.topic.topicArn, 'Subscribe to be told when Tidewatch fails');
    output('ObjectsBucket', store.bucket.bucketName, 'Reports lie below runs/');
    output(
      'StateTable',
      store.table.tableName,
      'What is known of each channel, and what is pending',
    );
    output('RunNight', night.runNight.functionArn, 'Invoke it to start a night by hand');
  }
}
