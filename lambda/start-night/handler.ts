import { checkExecutions } from '../../actions/checks/telling-checks.ts';
import { createLambdaClient } from '../../adapters/aws/create-aws-clients.ts';
import { createLambdaNightExecutions } from '../../adapters/aws/lambda-night-executions.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { log } from '../shared/telemetry.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { StartNightEnvironment } from './environment.ts';
import { handleStartNight } from './handle.ts';

const environment = readEnvironment(StartNightEnvironment);

const ports = {
  executions: createLambdaNightExecutions({
    client: createLambdaClient(),
    functionArn: environment.RUN_NIGHT_ARN,
  }),
  installation: environment.INSTALLATION,
  log,
};

export const handler = withSelfCheck(makeHandler(handleStartNight(ports)), {
  checks: [checkExecutions(ports.executions)],
});
