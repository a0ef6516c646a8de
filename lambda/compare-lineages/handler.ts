import { createDynamoClient, createS3Client } from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { makeHandler } from '../shared/make-handler.ts';
import { readEnvironment } from '../shared/read-environment.ts';
import { CompareLineagesEnvironment } from './environment.ts';
import { handleCompareLineages } from './handle.ts';

const environment = readEnvironment(CompareLineagesEnvironment);

export const handler = makeHandler(
  handleCompareLineages({
    state: createDynamoStateStore({
      client: createDynamoClient(),
      tableName: environment.STATE_TABLE,
    }),
    objects: createS3ObjectStore({
      client: createS3Client(),
      bucket: environment.OBJECTS_BUCKET,
    }),
    policy: {
      disclosed: environment.ALERT_DISCLOSED,
      regression: environment.ALERT_REGRESSION,
    },
    quietNights: {
      areTold: environment.QUIET_NIGHTS,
      schedule: { at: environment.NIGHT_AT, timeZone: environment.NIGHT_TIME_ZONE },
    },
  }),
);
