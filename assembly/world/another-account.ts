import type { Clock } from '../../actions/ports.ts';
import { createFleet } from '../../local/cloud/orchestrators/fleet.ts';
import { type AwsAnswer, formOf } from '../cloud/aws-request.ts';
import type { Serve } from '../cloud/front-door.ts';
import type { Place } from '../template/place.ts';
import { openOrchestratorsDoor } from './orchestrators-door.ts';

/** Another account, in which nothing runs: whoever takes on a role of it may ask what it likes. */
export interface AnotherAccount {
  /** STS. */
  readonly assumeRole: Serve;
  /** Whether credentials are of a role of this account. */
  knows(accessKeyId: string): boolean;
  /** Its orchestrators. */
  readonly serve: Serve;
  close(): Promise<void>;
}

const KEY = 'ANOTHER';

export async function openAnotherAccount(place: Place, clock: Clock): Promise<AnotherAccount> {
  const orchestrators = await openOrchestratorsDoor(createFleet(), place, clock);
  return {
    async assumeRole(request) {
      const form = formOf(request);
      if (request.operation !== 'AssumeRole') {
        throw new Error(`sts:${request.operation} is not emulated`);
      }
      return credentialsOf(form.get('RoleArn') ?? '', clock.now());
    },
    knows: (accessKeyId) => accessKeyId === KEY,
    serve: orchestrators.serve,
    close: orchestrators.close,
  };
}

/** AWS STS API Reference, AssumeRole. */
function credentialsOf(role: string, now: Date): AwsAnswer {
  const expiration = new Date(now.getTime() + 3_600_000).toISOString();
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><Arn>${role}</Arn><AssumedRoleId>AROA:tidewatch</AssumedRoleId></AssumedRoleUser>
<Credentials><AccessKeyId>${KEY}</AccessKeyId><SecretAccessKey>embedded</SecretAccessKey>
<SessionToken>embedded</SessionToken><Expiration>${expiration}</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>`,
  };
}
