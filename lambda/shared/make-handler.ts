import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { logger, metrics } from './telemetry.ts';

/** Counts by the metric's name. */
export type Counts = Readonly<Record<string, number>>;

/**
 * The one middleware stack: every function logs, counts and fails the same way.
 * `count` says which metrics a result (of an event) amounts to; without it nothing is counted.
 */
export function makeHandler<Event, Result>(
  handle: (event: Event, context: Context) => Promise<Result>,
  count?: (result: Result, event: Event) => Counts,
) {
  const stack = middy<Event, Result, Error, Context>().use(
    injectLambdaContext(logger, { resetKeys: true }),
  );
  // The middleware complains of invocations that count nothing.
  if (count) stack.use(logMetrics(metrics));
  return stack.handler(async (event, context) => {
    const result = await handle(event, context);
    for (const [name, value] of Object.entries(count?.(result, event) ?? {})) {
      metrics.addMetric(name, MetricUnit.Count, value);
    }
    return result;
  });
}
