import { SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import {
  Effect,
  ManagedPolicy,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface SlackChannelProps {
  /** Of the workspace that was authorised once, by hand, in the console. */
  readonly workspaceId: string;
  readonly channelId: string;
  /** What the channel is told. */
  readonly topic: Topic;
  /** Unique in the account. */
  readonly name: string;
}

/** A Slack channel that hears a topic, through Amazon Q Developer, and can do nothing else. */
export class SlackChannel extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { workspaceId, channelId, topic, name }: SlackChannelProps,
  ) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      description: 'What people may ask of AWS in the channel: nothing',
      assumedBy: new ServicePrincipal('chatbot.amazonaws.com'),
    });
    // Without one, AWS's own guardrail is AdministratorAccess.
    const guardrail = new ManagedPolicy(this, 'Nothing', {
      description: 'The channel is told things; it may read and do nothing',
      statements: [new PolicyStatement({ effect: Effect.DENY, actions: ['*'], resources: ['*'] })],
    });
    new SlackChannelConfiguration(this, 'Channel', {
      slackChannelConfigurationName: name,
      slackWorkspaceId: workspaceId,
      slackChannelId: channelId,
      notificationTopics: [topic],
      role,
      guardrailPolicies: [guardrail],
    });
  }
}
