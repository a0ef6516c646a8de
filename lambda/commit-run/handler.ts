import { createDynamoClient } from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { log } from '../shared/telemetry.ts';
import { CommitRunEnvironment } from './environment.ts';
import { handleCommitRun } from './handle.ts';

const environment = readEnvironment(CommitRunEnvironment);

export const handler = makeHandler(
  handleCommitRun({
    state: createDynamoStateStore({
      client: createDynamoClient(),
      tableName: environment.STATE_TABLE,
    }),
    log,
  }),
  ({ committed }, { status, held }) => ({
    NightsCommitted: committed ? 1 : 0,
    ...(committed && { NightsIncomplete: status === 'complete' ? 0 : 1, FeedsHeld: held }),
  }),
);
