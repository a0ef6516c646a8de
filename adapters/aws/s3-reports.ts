import type { Reports } from '../../actions/ports.ts';
import { runKeys } from '../../core/run/run.ts';

/** Where the console is, by partition: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html. */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

interface S3ReportsOptions {
  readonly bucket: string;
  /** Of a topic of the same stack: names the partition and the region. */
  readonly topicArn: string;
}

/**
 * Reports in the S3 console: the bucket stays closed, and opens to who is signed in to the account
 * and may read it. A presigned address would open to whoever sees the channel, and for a few hours only.
 */
export function createS3Reports({ bucket, topicArn }: S3ReportsOptions): Reports {
  const [, partition = '', , region = ''] = topicArn.split(':');
  const host = CONSOLES[partition];
  return {
    addressOf(runId) {
      if (host === undefined || region === '') return null;
      const key = encodeURIComponent(runKeys.report(runId));
      return `https://${region}.${host}/s3/object/${bucket}?region=${region}&prefix=${key}`;
    },
  };
}
