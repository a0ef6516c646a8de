import { ListClustersCommand } from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { assumeRole, RoleNotAssumedError } from '../../../adapters/aws/assumed-role.ts';
import { createEcsClient, createStsClient } from '../../../adapters/aws/create-aws-clients.ts';
import { startFakeEcs } from '../../support/fake-ecs.ts';
import { startFakeSts } from '../../support/fake-sts.ts';

const ROLE = 'arn:aws:iam::222222222222:role/reader';

/** Calls ECS some times with the role's credentials; whose they were, each time. */
async function keysOf(calls: number, lifetime: number): Promise<readonly string[]> {
  await using sts = await startFakeSts();
  await using ecs = await startFakeEcs();
  sts.lifetime = lifetime;
  const credentials = assumeRole(createStsClient(sts.options), { role: ROLE });
  const client = createEcsClient({ ...ecs.options, credentials });
  for (let each = 0; each < calls; each++) await client.send(new ListClustersCommand({}));
  client.destroy();
  return ecs.calls.map(({ accessKeyId }) => accessKeyId);
}

it('signs with the credentials of the role, asked for once while they last', async () => {
  expect(await keysOf(3, 60 * 60 * 1000)).toEqual(['reader-1', 'reader-1', 'reader-1']);
});

it('asks anew before they expire', async () => {
  const [first, second] = await keysOf(2, 60 * 1000);
  expect(second).not.toBe(first);
});

it('says who asks, and the external id where there is one', async () => {
  await using sts = await startFakeSts();
  const client = createStsClient(sts.options);
  await assumeRole(client, { role: ROLE, externalId: 'a-secret' })();
  await assumeRole(client, { role: ROLE })();

  expect(sts.calls).toEqual([
    { RoleArn: ROLE, RoleSessionName: 'tidewatch', ExternalId: 'a-secret' },
    { RoleArn: ROLE, RoleSessionName: 'tidewatch' },
  ]);
});

it('names the role that is refused, and why', async () => {
  await using sts = await startFakeSts();
  sts.refuse = () => ({ code: 'AccessDenied', status: 403 });
  const asked = assumeRole(createStsClient(sts.options), { role: ROLE })();

  await expect(asked).rejects.toThrow(RoleNotAssumedError);
  await expect(asked).rejects.toThrow(`${ROLE}: AccessDenied: not you`);
  expect(sts.calls, 'a refusal is final').toHaveLength(1);
});

it('tries again when it is throttled', async () => {
  await using sts = await startFakeSts();
  let left = 2;
  sts.refuse = () => (left-- > 0 ? { code: 'Throttling', status: 400 } : undefined);

  expect(await assumeRole(createStsClient(sts.options), { role: ROLE })()).toMatchObject({
    accessKeyId: 'reader-3',
    sessionToken: 'token',
  });
});
