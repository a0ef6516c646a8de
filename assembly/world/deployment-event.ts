import { arnIn, type Place } from '../template/place.ts';

/** CloudFormation's word that a stack was deployed, and words that are like it but for one thing. */
export interface DeploymentEvent {
  readonly event: string;
  /** No rule of ours may take them. */
  readonly decoys: readonly string[];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/event-detail-stack-status-change.html */
export function deploymentEvent(stackId: string, status: string, place: Place): DeploymentEvent {
  const event = {
    version: '0',
    source: 'aws.cloudformation',
    account: place.account,
    region: place.region,
    resources: [stackId],
    'detail-type': 'CloudFormation Stack Status Change',
    detail: {
      'stack-id': stackId,
      'logical-resource-id': stackId.split('/')[1],
      'physical-resource-id': stackId,
      'status-details': { status, 'status-reason': '' },
      'client-request-token': '',
    },
  };
  const withDetail = (detail: object) => ({ ...event, detail: { ...event.detail, ...detail } });
  const decoys = [
    withDetail({ 'stack-id': arnIn(place, 'cloudformation', 'stack/Other/1') }),
    withDetail({ 'status-details': { status: 'UPDATE_IN_PROGRESS', 'status-reason': '' } }),
    { ...event, source: 'com.example.other' },
    { ...event, 'detail-type': 'CloudFormation Resource Status Change' },
  ];
  return {
    event: JSON.stringify(event),
    decoys: decoys.map((decoy) => JSON.stringify(decoy)),
  };
}
