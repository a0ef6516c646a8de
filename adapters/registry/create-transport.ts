import type { Clock } from '../../actions/ports.ts';
import type { ImageReference } from '../../core/image/reference.ts';
import type { Authenticator, AuthTarget, Grant } from './create-authenticator.ts';
import { discard, type Http, type HttpAnswer, type HttpRequest } from './create-http.ts';
import { endpointOf, type RegistryEndpoints } from './registry-endpoints.ts';

/** Registry and repository: whose permission a request needs. */
export type RepositoryReference = Pick<ImageReference, 'registry' | 'repository'>;

/** Requests to a repository, with whatever permission its registry asks for. */
export interface Transport {
  readonly clock: Clock;
  /** The URL of a path below `/v2/<repository>/`. @throws InvalidEndpointError */
  url(repository: RepositoryReference, path: string): URL;
  /**
   * Sends a request; the answer's status is for the caller to judge.
   *
   * @throws AccessDeniedError; RegistryUnavailableError, also as TransientFailure
   */
  send(
    repository: RepositoryReference,
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<HttpAnswer>;
}

interface TransportOptions {
  readonly http: Http;
  readonly authenticator: Authenticator;
  readonly endpoints: RegistryEndpoints;
  readonly clock: Clock;
}

/** A transport that answers each registry's challenges. */
export function createTransport(options: TransportOptions): Transport {
  const { http, authenticator, endpoints, clock } = options;
  return {
    clock,

    url(repository, path) {
      return new URL(
        `${endpointOf(repository.registry, endpoints)}/v2/${nameOf(repository)}/${path}`,
      );
    },

    async send(repository, request, signal) {
      const target: AuthTarget = {
        registry: repository.registry,
        repository: nameOf(repository),
        endpoint: new URL(endpointOf(repository.registry, endpoints)),
      };
      let grant: Grant | undefined = await authenticator.grant(target, signal);
      for (;;) {
        const answer = await http.request(request, grant?.authorization, signal);
        // A challenge from where we were redirected to is no business of the registry's credentials.
        const asked = answer.response.status === 401 && answer.url.origin === request.url.origin;
        if (!asked) return answer;
        await discard(answer);
        const header = answer.response.headers.get('www-authenticate') ?? '';
        grant = await authenticator.answer(target, header, grant, signal);
      }
    },
  };
}

/** Docker Hub's official images lie below `library/`. */
function nameOf({ registry, repository }: RepositoryReference): string {
  return registry === 'docker.io' && !repository.includes('/')
    ? `library/${repository}`
    : repository;
}
