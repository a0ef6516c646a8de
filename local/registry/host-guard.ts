import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../actions/ports.ts';
import { isEcrHost } from '../../adapters/aws/ecr-credentials.ts';
import { type Answer, jsonAnswer, refusalAnswer } from './answer.ts';
import type { Route } from './parse-route.ts';

/** Seconds that a bearer token lives. */
const TOKEN_LIFE = 300;

const READS = new Set(['GET', 'HEAD']);

/** A request as the guard sees it. */
export interface GuardedRequest {
  readonly route: Route;
  readonly method: string;
  readonly authorization: string | undefined;
}

/** Asks at each host's door what the real one asks: a token, ECR's password, or nothing. */
export interface HostGuard {
  /** The challenge for a request that may not pass; `undefined` for one that may. */
  refuse(request: GuardedRequest): Answer | undefined;
  /** What the host answers to a request without permission; open hosts ask for a token. */
  challenge(request: GuardedRequest): Answer;
  /** A token for every scope that is asked for: this registry keeps nothing from anybody. */
  issueToken(host: string, scopes: readonly string[]): Answer;
  /** What GetAuthorizationToken would give for every ECR host: base64 of `AWS:<password>`. */
  readonly ecrAuthorizationToken: string;
}

interface HostGuardOptions {
  readonly clock: Clock;
  /** Hosts that give bearer tokens to anybody who asks. */
  readonly tokenHosts: readonly string[];
  /** The server's URL without a path. */
  readonly origin: () => string;
}

interface Token {
  readonly host: string;
  readonly scopes: readonly string[];
  readonly until: number;
}

/** A guard with a password of its own. */
export function createHostGuard({ clock, tokenHosts, origin }: HostGuardOptions): HostGuard {
  const tokens = new Map<string, Token>();
  const password = randomBytes(24).toString('base64url');
  const ecrAuthorizationToken = Buffer.from(`AWS:${password}`).toString('base64');

  function challenge({ route, method }: GuardedRequest): Answer {
    const { host, base, repository } = route;
    const header = isEcrHost(host)
      ? `Basic realm="https://${host}/",service="ecr.amazonaws.com"`
      : `Bearer realm="${origin()}${base}/token",service="${host}"${scopeOf(repository, method)}`;
    const answer = refusalAnswer({
      status: 401,
      code: 'UNAUTHORIZED',
      message: 'authentication required',
    });
    return { ...answer, headers: { ...answer.headers, 'www-authenticate': header } };
  }

  function hasToken({ route, method, authorization }: GuardedRequest): boolean {
    const token = tokens.get(/^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '');
    if (!token || token.host !== route.host || token.until <= clock.now().getTime()) return false;
    const action = READS.has(method) ? 'pull' : 'push';
    return (
      route.noun === 'ping' ||
      token.scopes.some((scope) => {
        const [, repository, actions] = /^repository:(.+):([a-z,*]+)$/.exec(scope) ?? [];
        return repository === route.repository && actions?.split(',').includes(action);
      })
    );
  }

  return {
    ecrAuthorizationToken,
    challenge,

    refuse(request) {
      const { host, noun } = request.route;
      if (noun === 'token') return undefined;
      if (isEcrHost(host)) {
        const isKnown = request.authorization === `Basic ${ecrAuthorizationToken}`;
        return isKnown ? undefined : challenge(request);
      }
      return !tokenHosts.includes(host) || hasToken(request) ? undefined : challenge(request);
    },

    issueToken(host, scopes) {
      const token = randomUUID();
      const now = clock.now();
      for (const [old, { until }] of tokens) if (until <= now.getTime()) tokens.delete(old);
      tokens.set(token, { host, scopes, until: now.getTime() + TOKEN_LIFE * 1000 });
      const issued_at = now.toISOString();
      return jsonAnswer(200, { token, expires_in: TOKEN_LIFE, issued_at });
    },
  };
}

function scopeOf(repository: string, method: string): string {
  if (!repository) return '';
  return `,scope="repository:${repository}:${READS.has(method) ? 'pull' : 'pull,push'}"`;
}
