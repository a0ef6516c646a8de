import { createLambdaClient } from '../../adapters/aws/create-aws-clients.ts';
import { createLambdaInvoker } from '../../adapters/aws/lambda-invoker.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { log } from '../shared/telemetry.ts';
import { DoctorEnvironment } from './environment.ts';
import { handleDoctor } from './handle.ts';

const environment = readEnvironment(DoctorEnvironment);

export const handler = makeHandler(
  handleDoctor({
    functions: environment.EXAMINED,
    invoker: createLambdaInvoker(createLambdaClient()),
    log,
  }),
  ({ functions }) => ({
    ChecksFailed: functions.flatMap(({ lines }) => lines.filter(({ ok }) => !ok)).length,
  }),
);
