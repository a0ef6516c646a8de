import * as z from 'zod';
import type { Clock } from '../../actions/ports.ts';
import {
  AccessDeniedError,
  ImageNotFoundError,
  RegistryUnavailableError,
} from '../../core/image/errors.ts';
import { checkAnswer, parseAnswer } from './check-answer.ts';
import { DAMAGED_ATTEMPTS, TransientFailure } from './create-caller.ts';
import { type Http, type HttpAnswer, readBody } from './create-http.ts';
import { type Challenge, parseChallenges } from './parse-challenges.ts';
import { mayFollow } from './registry-endpoints.ts';

/** A token answer is a JWT and little else (bytes). */
const TOKEN_LIMIT = 256 * 1024;

/** Without `expires_in` a token lives 60 seconds (distribution's token specification). */
const DEFAULT_LIFE = 60;

/** Tokens are renewed this long before they end (milliseconds). */
const MARGIN = 10_000;

const TokenAnswer = z
  .object({
    token: z.string().min(1).optional(),
    access_token: z.string().min(1).optional(),
    expires_in: z.number().positive().optional(),
  })
  .refine(({ token, access_token }) => token ?? access_token, 'a token is missing');

/** A name and its password, or whatever a registry takes for them. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/**
 * Credentials of a registry host; `undefined`: go on as anybody. `isRefused` says that the registry
 * has just refused the last ones: then newer ones are given, if there are any.
 */
export type CredentialsFor = (
  registry: string,
  isRefused?: boolean,
) => Promise<Credentials | undefined>;

/** Whose permission is needed for what. */
export interface AuthTarget {
  readonly registry: string;
  readonly repository: string;
  /** The endpoint's URL. */
  readonly endpoint: URL;
}

/** An `Authorization` header; a fresh one is not worth renewing when it is refused. */
export interface Grant {
  readonly authorization: string;
  readonly fresh: boolean;
}

/** Answers registries' challenges, and remembers what they asked for. */
export interface Authenticator {
  /** What an earlier challenge of the same repository taught; `undefined` before the first. */
  grant(target: AuthTarget, signal: AbortSignal): Promise<Grant | undefined>;
  /**
   * Answers HTTP 401 once.
   *
   * @throws AccessDeniedError; RegistryUnavailableError, also as TransientFailure
   */
  answer(
    target: AuthTarget,
    header: string,
    refused: Grant | undefined,
    signal: AbortSignal,
  ): Promise<Grant>;
}

interface AuthenticatorOptions {
  readonly http: Http;
  readonly clock: Clock;
  readonly credentialsFor: CredentialsFor;
}

interface Token {
  readonly authorization: string;
  readonly expiresAt: number;
}

/** Bearer tokens (distribution's token specification) and Basic; tokens are kept until they expire. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const challenges = new Map<string, Challenge>();
  const tokens = new Map<string, Promise<Token>>();

  async function bearer(target: AuthTarget, challenge: Challenge, signal: AbortSignal) {
    const url = tokenUrl(target, challenge);
    const key = `${target.registry} ${url.href}`;
    const kept = await tokens.get(key)?.catch(() => undefined);
    if (kept && kept.expiresAt - MARGIN > options.clock.now().getTime()) {
      return { authorization: kept.authorization, fresh: false };
    }
    const token = fetchToken(options, target, url, signal);
    tokens.set(key, token);
    try {
      return { authorization: (await token).authorization, fresh: true };
    } catch (error) {
      if (tokens.get(key) === token) tokens.delete(key);
      throw error;
    }
  }

  async function basic({ registry }: AuthTarget, isRefused = false): Promise<Grant> {
    const credentials = await options.credentialsFor(registry, isRefused);
    if (!credentials) throw new AccessDeniedError(`${registry} asks for credentials`);
    return { authorization: basicHeader(credentials), fresh: true };
  }

  function follow(target: AuthTarget, challenge: Challenge, signal: AbortSignal): Promise<Grant> {
    return challenge.scheme === 'bearer' ? bearer(target, challenge, signal) : basic(target);
  }

  function forget(target: AuthTarget): void {
    const challenge = challenges.get(keyOf(target));
    if (challenge?.scheme !== 'bearer') return;
    tokens.delete(`${target.registry} ${tokenUrl(target, challenge).href}`);
  }

  return {
    async grant(target, signal) {
      const challenge = challenges.get(keyOf(target));
      return challenge && (await follow(target, challenge, signal));
    },

    async answer(target, header, refused, signal) {
      const challenge = chooseChallenge(header, target);
      if (refused) forget(target);
      if (refused?.fresh) {
        const renewed = challenge.scheme === 'basic' ? await basic(target, true) : refused;
        if (renewed.authorization === refused.authorization) throw refusalOf(target, challenge);
        return renewed;
      }
      challenges.set(keyOf(target), challenge);
      return await follow(target, challenge, signal);
    },
  };
}

function keyOf({ registry, repository }: AuthTarget): string {
  return `${registry}/${repository}`;
}

function chooseChallenge(header: string, { registry }: AuthTarget): Challenge {
  const challenges = parseChallenges(header);
  const challenge =
    challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm')) ??
    challenges.find(({ scheme }) => scheme === 'basic');
  if (!challenge) throw new AccessDeniedError(`${registry} asks for ${JSON.stringify(header)}`);
  return challenge;
}

/** A refusal of what was given a moment ago: lawful for wrong credentials, a loop otherwise. */
function refusalOf({ registry, repository }: AuthTarget, { scheme, parameters }: Challenge): Error {
  if (scheme === 'basic' || parameters.get('error') === 'insufficient_scope') {
    return new AccessDeniedError(`${registry} refuses our credentials for ${repository}`);
  }
  return new TransientFailure(
    new RegistryUnavailableError(`${registry} asks for a token again and again`),
    { attempts: DAMAGED_ATTEMPTS },
  );
}

function tokenUrl({ registry, repository, endpoint }: AuthTarget, { parameters }: Challenge): URL {
  const realm = parameters.get('realm') ?? '';
  const url = URL.parse(realm, endpoint.href);
  if (!url || !mayFollow(endpoint, url)) {
    throw new RegistryUnavailableError(`${registry} gives tokens at ${JSON.stringify(realm)}`);
  }
  const service = parameters.get('service');
  if (service) url.searchParams.set('service', service);
  for (const scope of (parameters.get('scope') || `repository:${repository}:pull`).split(' ')) {
    url.searchParams.append('scope', scope);
  }
  return url;
}

async function fetchToken(
  options: AuthenticatorOptions,
  target: AuthTarget,
  url: URL,
  signal: AbortSignal,
): Promise<Token> {
  const credentials = await options.credentialsFor(target.registry);
  try {
    return await askForToken(options, target, url, credentials, signal);
  } catch (error) {
    if (!(error instanceof AccessDeniedError) || !credentials) throw error;
    const renewed = await options.credentialsFor(target.registry, true);
    if (!renewed || basicHeader(renewed) === basicHeader(credentials)) throw error;
    return await askForToken(options, target, url, renewed, signal);
  }
}

async function askForToken(
  { http, clock }: AuthenticatorOptions,
  { registry }: AuthTarget,
  url: URL,
  credentials: Credentials | undefined,
  signal: AbortSignal,
): Promise<Token> {
  const what = `token of ${registry}`;
  const request = { kind: 'token', method: 'GET', url, what } as const;
  const answer = await http.request(request, credentials && basicHeader(credentials), signal);
  await checkTokenAnswer(answer, what, clock.now());
  const bytes = await readBody(answer, TOKEN_LIMIT, what);
  const { token, access_token, expires_in = DEFAULT_LIFE } = parseAnswer(TokenAnswer, bytes, what);
  return {
    authorization: `Bearer ${token ?? access_token}`,
    expiresAt: clock.now().getTime() + expires_in * 1000,
  };
}

async function checkTokenAnswer(answer: HttpAnswer, what: string, now: Date): Promise<void> {
  try {
    await checkAnswer(answer, what, now);
  } catch (error) {
    // It is the token server that is missing, not the image.
    if (!(error instanceof ImageNotFoundError)) throw error;
    throw new RegistryUnavailableError(error.message, { cause: error });
  }
}

function basicHeader({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
