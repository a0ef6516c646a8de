import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Log } from '../../actions/ports.ts';

/**
 * Handles the records of an SQS batch one after the other. One that fails goes back
 * to the queue alone, which keeps it as a dead letter when it was received too often.
 */
export async function handleBatch(
  event: SQSEvent,
  log: Log,
  handle: (record: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> {
  const batchItemFailures = [];
  for (const record of event.Records) {
    try {
      await handle(record);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      log.warn('record failed', { messageId: record.messageId, error: name, reason: message });
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
}
