import type { ObjectStore, StateStore } from '../../actions/ports.ts';
import { createDynamoClient, createS3Client } from '../../adapters/aws/create-aws-clients.ts';
import { createDynamoStateStore } from '../../adapters/aws/dynamo-state-store.ts';
import { createS3ObjectStore } from '../../adapters/aws/s3-object-store.ts';

/** What `TABLE` and `BUCKET` of `variables.ts` parse to. */
export interface StoresEnvironment {
  readonly STATE_TABLE: string;
  readonly OBJECTS_BUCKET: string;
}

/** The state and the objects, with the rights of this function's role. */
export function openStores({ STATE_TABLE, OBJECTS_BUCKET }: StoresEnvironment): {
  readonly state: StateStore;
  readonly objects: ObjectStore;
} {
  return {
    state: createDynamoStateStore({ client: createDynamoClient(), tableName: STATE_TABLE }),
    objects: createS3ObjectStore({ client: createS3Client(), bucket: OBJECTS_BUCKET }),
  };
}
