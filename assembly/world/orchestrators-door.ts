import type { Clock } from '../../actions/ports.ts';
import type { Fleet } from '../../local/cloud/orchestrators/fleet.ts';
import { startOrchestrators } from '../../local/cloud/orchestrators/start-orchestrators.ts';
import type { AwsAnswer } from '../cloud/aws-request.ts';
import { forward } from '../cloud/emulators.ts';
import type { Serve } from '../cloud/front-door.ts';
import type { Place } from '../template/place.ts';

/** Where the embedded orchestrators think they are. */
const EMBEDDED = 'us-east-1:123456789012';

/** What runs, as ECS, Lambda and EKS tell it in some account and region. */
export interface OrchestratorsDoor {
  readonly serve: Serve;
  close(): Promise<void>;
}

export async function openOrchestratorsDoor(
  fleet: Pick<Fleet, 'ecs' | 'eks' | 'lambda'>,
  { account, region }: Place,
  clock: Clock,
): Promise<OrchestratorsDoor> {
  const orchestrators = await startOrchestrators(fleet, { now: () => clock.now().getTime() });
  const here = `${region}:${account}`;
  return {
    async serve(request) {
      const body = Buffer.from(request.body.toString().replaceAll(here, EMBEDDED));
      return placed(await forward(orchestrators.endpoint, { ...request, body }), here);
    },
    close: async () => orchestrators[Symbol.asyncDispose](),
  };
}

/** The answer with the ARNs of another place in it. */
function placed(answer: AwsAnswer, here: string): AwsAnswer {
  const { 'content-length': _, ...headers } = answer.headers ?? {};
  return { ...answer, headers, body: String(answer.body ?? '').replaceAll(EMBEDDED, here) };
}
