import { PRICES } from './prices.ts';

/** Requests by call: `dynamodb:Query`. */
export type Calls = Readonly<Record<string, number>>;

/** What was counted. */
export interface Counted {
  readonly alarms: number;
  readonly mappings: number;
  readonly sweep: Calls;
  /** The look at two watched tags. */
  readonly look: Calls;
  readonly push: Calls;
  readonly digests: number;
  readonly night: {
    readonly calls: Calls;
    /** Of all its workers. */
    readonly seconds: number;
    readonly invocations: number;
    readonly operations: number;
    /** Of objects, by one night. */
    readonly writtenBytes: number;
  };
}

/** USD a month, by what is paid. */
export type Bill = Readonly<Record<string, number>>;

const NIGHTS = 30;
const SWEEPS = 30 * 24 * 12;
const LOOKS = 30 * 24;
/** Every image is rebuilt each week. */
const PUSHES_A_DIGEST = 4.3;
/** Names that the functions write (`lambda/<name>/handler.ts`), as if each were written every hour. */
export const METRICS = 13;
/** A queue is polled by five, who wait 20 s each: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const POLLS = 5 * 3 * 60 * 24 * 30;
/** SQS requests of a push beside its own: sent by the rule, received and deleted, received and deleted. */
const QUEUE_REQUESTS = 5;
/** Seconds that a call to a service takes, as if no two were under way at once. */
const CALL_SECONDS = 0.03;
/** A night has 16 of its reads under way at once; a quarter of that is reckoned with. */
const NIGHT_CALLS_AT_ONCE = 4;
/** Seconds of the two functions of a push, without their calls: a layer of some 60 MB. */
const PUSH_SECONDS = 2;
/** Seconds and GB of a function that does little. */
const SHORT = { seconds: 0.3, gb: 0.5 };
/** GB of the functions of the night and of those that index; some have less. */
const LARGE_GB = 2;
/** Bytes that an invocation logs: Lambda's own lines, the metrics', ours. */
const INVOCATION_LOG = 3_000;
/** Bytes that an image of some thousand files leaves for good, what it shares with others included. */
const IMAGE_BYTES = 200_000;
/** Bytes of an image's items. */
const ITEM_BYTES = 2_000;
/** Days that nights are kept (`retention.runDays`). */
const RUN_DAYS = 400;
/** A night's query is a page of 1 MB, consistent; the others find little. An item is written with its index. */
const UNITS = { nightQuery: 256, query: 2, get: 4, write: 10 };
const GB = 1e9;

/** What a month costs at list prices, each assumption on the side of more; feeds are apart. */
export function billOf(counted: Counted): Bill {
  const { alarms, mappings, sweep, look, push, night, digests } = counted;
  const pushes = digests * PUSHES_A_DIGEST;
  const of = (price: (calls: Calls) => number) =>
    SWEEPS * price(sweep) +
    LOOKS * price(look) +
    NIGHTS * price(night.calls) +
    pushes * price(push);
  const invocations = SWEEPS + LOOKS + NIGHTS * (2 * night.invocations + 2) + 2 * pushes;
  const gbSeconds =
    SWEEPS * gbSecondsOf(sweep, SHORT.seconds, SHORT.gb) +
    LOOKS * gbSecondsOf(look, SHORT.seconds, SHORT.gb) +
    NIGHTS * gbSecondsOf(night.calls, night.seconds, LARGE_GB, NIGHT_CALLS_AT_ONCE) +
    NIGHTS * night.invocations * SHORT.seconds * SHORT.gb +
    pushes * gbSecondsOf(push, PUSH_SECONDS, LARGE_GB);
  const logged = invocations * INVOCATION_LOG;
  const stored = digests * IMAGE_BYTES * (1 + PUSHES_A_DIGEST * 12) + RUN_DAYS * night.writtenBytes;
  return {
    alarms: alarms * PRICES.alarmMonth,
    metrics: METRICS * PRICES.metricMonth,
    'queues polled': mappings * POLLS * PRICES.sqsRequest,
    'queues used': of(queuePrice) + pushes * QUEUE_REQUESTS * PRICES.sqsRequest,
    schedules: (SWEEPS + LOOKS + NIGHTS) * PRICES.schedulerInvocation,
    functions: invocations * PRICES.lambdaRequest + gbSeconds * PRICES.lambdaGbSecond,
    'durable nights':
      NIGHTS * (night.operations * PRICES.durableOperation + 0.001 * PRICES.durableGbWritten),
    table:
      of(tablePrice) +
      (digests * ITEM_BYTES * (PRICES.dynamoGbMonth + PRICES.dynamoBackupGbMonth)) / GB,
    'object requests': of(objectPrice),
    'objects after a year': (stored / GB) * PRICES.s3GbMonth,
    topics: of((calls) => startingWith(calls, 'sns:') * PRICES.snsRequest),
    logs: (logged / GB) * PRICES.logGb,
  };
}

export function sumOf(bill: Bill): number {
  return Object.values(bill).reduce((sum, each) => sum + each, 0);
}

function gbSecondsOf(calls: Calls, seconds: number, gb: number, atOnce = 1): number {
  const requests = Object.values(calls).reduce((sum, each) => sum + each, 0);
  return (seconds + (requests * CALL_SECONDS) / atOnce) * gb;
}

function queuePrice(calls: Calls): number {
  return startingWith(calls, 'sqs:') * PRICES.sqsRequest;
}

function tablePrice(calls: Calls): number {
  const of = (call: string) => calls[`dynamodb:${call}`] ?? 0;
  const read = of('Query') * UNITS.query + of('GetItem') * UNITS.get;
  const written = (of('PutItem') + of('DeleteItem')) * UNITS.write;
  return read * PRICES.dynamoReadUnit + written * PRICES.dynamoWriteUnit;
}

function objectPrice(calls: Calls): number {
  const of = (call: string) => calls[`s3:${call}`] ?? 0;
  const puts = of('PutObject') + of('ListObjectsV2');
  return puts * PRICES.s3Put + of('GetObject') * PRICES.s3Get;
}

function startingWith(calls: Calls, prefix: string): number {
  return Object.entries(calls).reduce(
    (sum, [call, count]) => (call.startsWith(prefix) ? sum + count : sum),
    0,
  );
}
