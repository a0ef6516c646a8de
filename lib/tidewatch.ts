import { Names } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { AlertDelivery } from './alert-delivery.ts';
import { Doctor } from './doctor.ts';
import { Night } from './night.ts';
import { PushPipeline } from './push-pipeline.ts';
import { placeOfStack, refuseSecretsBeyond } from './registry-secrets.ts';
import { SlackChannel } from './slack-channel.ts';
import { stageSuppressions } from './stage-suppressions.ts';
import { Store } from './store.ts';
import { TagWatch } from './tag-watch.ts';
import type { TidewatchConfig } from './tidewatch-config.ts';

export interface TidewatchProps {
  /** Of `defineConfig`. */
  readonly config: TidewatchConfig;
}

/** All of Tidewatch, for a stack of its own or of somebody's; one an account and region. */
export class Tidewatch extends Construct {
  /** Alerts as JSON, for machines. */
  readonly alerts: Topic;
  /** Alerts for people: chat and mail. */
  readonly people: Topic;
  /** Tells whoever runs Tidewatch that it needs help. */
  readonly operations: Topic;
  /** Reports lie in it, below `runs/`. */
  readonly bucket: Bucket;
  /** What is known of each channel, and what is pending. */
  readonly table: TableV2;
  readonly night: Night;
  readonly doctor: Doctor;

  constructor(scope: Construct, id: string, { config }: TidewatchProps) {
    super(scope, id);
    refuseSecretsBeyond(placeOfStack(this), config);
    // Before any function is bundled: a mistake in a file is told at once.
    const suppressions = stageSuppressions(this, config);
    const store = new Store(this, 'Store', { config });
    this.bucket = store.bucket;
    this.table = store.table;
    this.operations = new Topic(this, 'Operations', {
      displayName: 'Tidewatch operations',
      enforceSSL: true,
    });
    const delivery = new AlertDelivery(this, 'Delivery', {
      store,
      config,
      operations: this.operations,
    });
    this.alerts = delivery.topic;
    this.people = delivery.people;
    const pushes = new PushPipeline(this, 'Pushes', {
      store,
      alerts: delivery.topic,
      people: delivery.people,
      config,
    });
    this.night = new Night(this, 'Night', {
      store,
      config,
      suppressions,
      indexImage: pushes.indexImage,
      deliverAlerts: delivery.deliverAlerts,
    });
    const watch =
      config.watchedTags.length > 0
        ? new TagWatch(this, 'Watch', {
            store,
            alerts: this.alerts,
            people: this.people,
            indexImage: pushes.indexImage,
            config,
          })
        : undefined;
    if (config.slack) {
      const name = Names.uniqueResourceName(this, { maxLength: 64 });
      new SlackChannel(this, 'Slack', { ...config.slack, topic: this.people, name });
    }
    this.doctor = new Doctor(this, 'Doctor', { of: this });
    new Alarms(this, 'Alarms', {
      config,
      operations: this.operations,
      alerts: this.alerts,
      people: this.people,
      workQueues: pushes.workQueues,
      deadLetters: [
        ...pushes.deadLetters,
        delivery.deadLetters,
        this.night.deadLetters,
        this.doctor.deadLetters,
        ...(watch ? [watch.deadLetters] : []),
      ],
    });
    this.keepLogs(config.retention.logDays);
  }

  /** Every function's logs, whoever made it. */
  private keepLogs(days: number): void {
    for (const each of this.node.findAll()) {
      if (each instanceof CfnLogGroup) each.retentionInDays = days;
    }
  }
}
