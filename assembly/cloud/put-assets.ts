import { readFileSync } from 'node:fs';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Place } from '../template/place.ts';
import type { Assembly } from '../template/read-assembly.ts';
import type { InsideClients } from './make-resources.ts';

/** Puts the files of a deployment where CDK does: into the bucket of its bootstrap stack. */
export async function putAssets(
  { objects }: Assembly,
  place: Place,
  { s3 }: Pick<InsideClients, 's3'>,
): Promise<void> {
  const named = objects.map((each) => ({ ...each, bucket: inPlace(each.bucket, place) }));
  for (const bucket of new Set(named.map((each) => each.bucket))) {
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  }
  for (const { path, bucket, key } of named) {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: readFileSync(path) }));
  }
}

function inPlace(name: string, { account, region }: Place): string {
  return name.replace(/\$\{AWS::AccountId\}/g, account).replace(/\$\{AWS::Region\}/g, region);
}
