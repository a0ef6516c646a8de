import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';

/** What CloudWatch Logs can keep, in days. */
const LOG_DAYS = Object.values(RetentionDays).filter(
  // A number that stands for "for good".
  (days): days is RetentionDays => typeof days === 'number' && days < RetentionDays.INFINITE,
);

const DELETABLE = "expected deletionProtection: false beside onDelete: 'delete'";

/** Settings of whoever runs Tidewatch. */
export const OperationsConfig = {
  alarms: z
    .strictObject({
      /** Topics for which somebody must have confirmed a subscription. */
      subscribers: z
        .array(z.enum(['people', 'operations', 'machines']))
        .refine((all) => new Set(all).size === all.length, 'expected each topic once')
        .default(['people', 'operations']),
      /** Nights in a row that did not see everything. */
      incompleteNights: z
        .int()
        .min(1, 'expected 1 to 7 nights')
        .max(7, 'expected 1 to 7 nights')
        .default(3),
    })
    .prefault({}),
  retention: z
    .strictObject({
      /** Of the functions' logs. */
      logDays: z.literal(LOG_DAYS).default(RetentionDays.THREE_MONTHS),
      /** Of the nights' results and reports. */
      runDays: z.int().min(35, 'expected 35 days at least').default(400),
    })
    .prefault({}),
  /** The table and the bucket. */
  data: z
    .strictObject({
      /** Of the table: it cannot be deleted while this is on. */
      deletionProtection: z.boolean().default(true),
      /** What becomes of them with the stack; a bucket with something in it is never deleted. */
      onDelete: z.enum(['keep', 'delete']).default('keep'),
    })
    .refine(({ deletionProtection, onDelete }) => onDelete === 'keep' || !deletionProtection, {
      path: ['deletionProtection'],
      error: DELETABLE,
    })
    .prefault({}),
};
