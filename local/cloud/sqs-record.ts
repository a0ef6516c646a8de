import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';

/** One message as Lambda hands it over; `aws-lambda`'s `SQSRecord`. */
export interface SqsRecord {
  messageId: string;
  receiptHandle: string;
  body: string;
  attributes: {
    ApproximateReceiveCount: string;
    SentTimestamp: string;
    SenderId: string;
    ApproximateFirstReceiveTimestamp: string;
  };
  messageAttributes: Record<
    string,
    { stringValue?: string; binaryValue?: string; dataType: string }
  >;
  md5OfBody: string;
  eventSource: string;
  eventSourceARN: string;
  awsRegion: string;
}

/** A received message in Lambda's form; both of its times are the world's `now`. */
export function toSqsRecord(message: Message, queueArn: string, now: Date): SqsRecord {
  const { Attributes = {}, MessageAttributes = {} } = message;
  const time = String(now.getTime());
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: {
      ApproximateReceiveCount: Attributes.ApproximateReceiveCount ?? '',
      SentTimestamp: time,
      SenderId: Attributes.SenderId ?? '',
      ApproximateFirstReceiveTimestamp: time,
    },
    messageAttributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, value]) => [name, toAttribute(value)]),
    ),
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    // arn:aws:sqs:<region>:<account>:<name>
    awsRegion: queueArn.split(':')[3] ?? '',
  };
}

function toAttribute({ StringValue, BinaryValue, DataType = '' }: MessageAttributeValue) {
  return {
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    dataType: DataType,
  };
}
