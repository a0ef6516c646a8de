import { createLambdaClient } from '../../adapters/aws/create-aws-clients.ts';
import { createLambdaNightExecutions } from '../../adapters/aws/lambda-night-executions.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { log } from '../shared/telemetry.ts';
import { StartNightEnvironment } from './environment.ts';
import { handleStartNight } from './handle.ts';

const environment = readEnvironment(StartNightEnvironment);

export const handler = makeHandler(
  handleStartNight({
    executions: createLambdaNightExecutions({
      client: createLambdaClient(),
      functionArn: environment.RUN_NIGHT_ARN,
    }),
    installation: environment.INSTALLATION,
    log,
  }),
);
