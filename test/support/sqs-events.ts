import type { SQSEvent, SQSRecord } from 'aws-lambda';

/** A batch of messages by id. */
export function anSqsEvent(bodies: Readonly<Record<string, unknown>>): SQSEvent {
  const records = Object.entries(bodies).map(([messageId, body]) => ({
    messageId,
    receiptHandle: messageId,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:queue',
    awsRegion: 'eu-west-1',
  }));
  return { Records: records satisfies SQSRecord[] };
}
