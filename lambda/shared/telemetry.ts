import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Clock, Log } from '../../actions/ports.ts';

const SERVICE = 'tidewatch';

/** One logger and one set of metrics a function. */
export const logger = new Logger({ serviceName: SERVICE });
export const metrics = new Metrics({ namespace: 'Tidewatch', serviceName: SERVICE });

/** The actions' log, written by Powertools. */
export const log: Log = {
  info: (message, fields) => logger.info(message, { ...fields }),
  warn: (message, fields) => logger.warn(message, { ...fields }),
};

export const clock: Clock = { now: () => new Date() };
