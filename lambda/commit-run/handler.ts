import { checkState } from '../../actions/checks/store-checks.ts';
import { createDynamoClient } from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { log } from '../shared/telemetry.ts';
import { withSelfCheck } from '../shared/with-self-check.ts';
import { CommitRunEnvironment } from './environment.ts';
import { handleCommitRun } from './handle.ts';

const environment = readEnvironment(CommitRunEnvironment);

const ports = {
  state: createDynamoStateStore({
    client: createDynamoClient(),
    tableName: environment.STATE_TABLE,
  }),
  log,
};

export const handler = withSelfCheck(
  makeHandler(handleCommitRun(ports), ({ committed }, { status, held }) => ({
    NightsCommitted: committed ? 1 : 0,
    ...(committed && { NightsIncomplete: status === 'complete' ? 0 : 1, FeedsHeld: held }),
  })),
  {
    checks: [checkState(ports.state)],
  },
);
