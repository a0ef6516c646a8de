import type {
  KubernetesAnswer,
  KubernetesRequest,
  SendKubernetes,
} from '../../adapters/kubernetes/send-kubernetes.ts';
import type { Faults } from './faults.ts';
import { type FaultError, InjectedError } from './injected-error.ts';

/** Puts a cluster's API under the faults and crashes: `eks:GET pods`. */
export function createFaultyKubernetes(send: SendKubernetes, faults: Faults): SendKubernetes {
  /** What every attempt of a call fails with; all of them have one request. */
  const calls = new WeakMap<KubernetesRequest, { readonly error: FaultError | undefined }>();
  return async (request, token, signal) => {
    const call = `eks:GET ${request.resource}`;
    const begun = calls.get(request) ?? { error: faults.beginCall(call) };
    calls.set(request, begun);
    try {
      return await faults.attempt(call, begun.error, () => send(request, token, signal));
    } catch (error) {
      const status = error instanceof InjectedError ? STATUSES[error.fault] : undefined;
      if (status === undefined) throw error;
      return refused(status, error);
    }
  };
}

/** How the API says it (API Concepts, `Status`); other faults are the network's. */
const STATUSES: Partial<Record<FaultError, number>> = {
  throttle: 429,
  server: 500,
  denied: 403,
  'not-found': 404,
};

function refused(status: number, error: unknown): KubernetesAnswer {
  const message = error instanceof Error ? error.message : String(error);
  const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code: status };
  return {
    status,
    contentType: 'application/json',
    retryAfter: undefined,
    body: JSON.stringify(body),
  };
}
