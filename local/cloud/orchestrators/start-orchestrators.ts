import { type JsonAnswer, type JsonCall, startJsonServer } from '../start-json-server.ts';
import { answerEcs, type EcsState } from './ecs-api.ts';
import { answerEks, type EksState } from './eks-api.ts';
import { answerKubernetes } from './kubernetes-api.ts';
import { answerLambda, FUNCTIONS, type LambdaState } from './lambda-api.ts';

/** What runs, in the words of each orchestrator; may change while the server runs. */
export interface OrchestratorState {
  readonly ecs: EcsState;
  readonly lambda: LambdaState;
  readonly eks: EksState;
}

export interface OrchestratorOptions {
  /** The most that any page holds. @default what each service gives at most */
  readonly pageSize?: () => number;
  /** Milliseconds since 1970: the clock of those who ask, by which their tokens are judged. @default the machine's */
  readonly now?: () => number;
  /** Answers instead of the services while it gives something. */
  readonly refuse?: (call: JsonCall) => JsonAnswer | undefined;
  /** Serves the clusters' APIs over TLS: a key, its certificate, and whose word for it EKS gives out. All PEM. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly authority: string };
}

export interface Orchestrators extends AsyncDisposable {
  /** Where ECS, Lambda and EKS answer; a process of its own takes it as `AWS_ENDPOINT_URL_ECS` and so on. */
  readonly endpoint: string;
}

/** Below it each cluster of EKS has its own API. */
const APIS = '/kubernetes';

/** ECS, Lambda, EKS and its clusters on a free port of the loopback, as far as listing what runs goes. */
export async function startOrchestrators(
  state: OrchestratorState,
  options: OrchestratorOptions = {},
): Promise<Orchestrators> {
  const { refuse, pageSize = () => Number.POSITIVE_INFINITY, now = Date.now, tls } = options;
  const answerApi = (call: JsonCall): JsonAnswer => {
    const [, cluster = '', path = ''] = /^\/kubernetes\/([^/]+)\/(.+)$/.exec(call.path) ?? [];
    return answerKubernetes(state.eks.clusters.get(cluster), path, call, {
      mostItems: pageSize(),
      now: now(),
    });
  };
  const answerAws = (call: JsonCall): JsonAnswer => {
    if (call.headers['x-amz-target']) return answerEcs(state.ecs, call, pageSize());
    if (call.path.startsWith(FUNCTIONS)) return answerLambda(state.lambda, call, pageSize());
    return answerEks(state.eks, call, access);
  };
  const answer = (call: JsonCall): JsonAnswer =>
    refuse?.(call) ?? (call.path.startsWith(`${APIS}/`) ? answerApi(call) : answerAws(call));
  const server = await startJsonServer(answer);
  const secure = tls && (await startJsonServer(answer, tls));
  const access = {
    apis: `${(secure ?? server).url}${APIS}`,
    authority: tls?.authority ?? 'no certificate',
  };
  return {
    endpoint: server.url,
    async [Symbol.asyncDispose]() {
      await Promise.all([server[Symbol.asyncDispose](), secure?.[Symbol.asyncDispose]()]);
    },
  };
}
