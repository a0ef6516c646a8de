/** What helps where IAM says no. */
const RIGHTS =
  'Deploy again, so that the role has its rights back; if it has them, look for a service control policy, a permissions boundary or a resource policy that denies the call.';

/** Words of errors that say more than their names: IAM's, STS's, EKS's and our own. */
const WORDS: readonly (readonly [words: RegExp, remedy: string])[] = [
  [
    /\bRoleNotAssumedError\b/,
    'See whether the role is there, and whether its trust policy lets the role of list-deployments assume it, with the `externalId` of tidewatch.config.ts.',
  ],
  [
    / from the secret "/,
    'Give that secret of Secrets Manager the credentials as JSON: `username` and `password`, or `token` (docs/configuration.md#other-registries).',
  ],
  [
    /\bNo cluster found\b/,
    'Correct the cluster’s name under `eks` in tidewatch.config.ts, or take it out.',
  ],
  [/\b(?:AccessDeniedException|not authorized to perform)\b/, RIGHTS],
];

/** Names of errors by which AWS and our own adapters say what is the matter, and what helps. */
const REMEDIES: readonly (readonly [names: RegExp, remedy: string])[] = [
  [
    /^(AccessDenied|AuthorizationError|AuthorizationErrorException|UnauthorizedException|Forbidden)$/,
    RIGHTS,
  ],
  [
    /^(NoSuchBucket|ResourceNotFoundException|NotFound|NotFoundException|QueueDoesNotExist)$/,
    'What the function was deployed with is gone. Deploy again; if it was deleted by hand, restore it first (point-in-time recovery, versions of objects).',
  ],
  [
    /^(AccessDeniedError)$/,
    'The registry refuses us: name credentials for it under `registries` in tidewatch.config.ts, or, for ECR, give the role access in the repository’s policy.',
  ],
  [
    /^(ImageNotFoundError)$/,
    'The registry has no such image or tag any more: correct its name in tidewatch.config.ts, or deploy what replaces it.',
  ],
  [
    /^(RateLimitedError|ThrottlingException|TooManyRequestsException|Throttling|RequestLimitExceeded)$/,
    'Asked too often just now: run the doctor again in some minutes.',
  ],
  [
    /^(RegistryUnavailableError|TimeoutError|CheckTimedOutError)$/,
    'No useful answer in time: see whether the host is up and whether a proxy or firewall stands between.',
  ],
  [
    /^(FeedUnavailableError)$/,
    'See whether the URL (or the mirror) in tidewatch.config.ts is right and answers.',
  ],
  [
    /^(BadEnvironmentError)$/,
    'The function’s variables are not what it needs: deploy again; do not edit them by hand.',
  ],
];

/** What to do about an error, from its words and its name; `fallback` where they say nothing. */
export function remedyOf(error: unknown, fallback: string): string {
  const name = error instanceof Error ? error.name : '';
  const words = remedyOfText(String(error), '');
  return words || named(name) || fallback;
}

/** What to do about a failure that was put into words; `fallback` where they say nothing. */
export function remedyOfText(failure: string, fallback: string): string {
  return WORDS.find(([words]) => words.test(failure))?.[1] ?? fallback;
}

function named(name: string): string | undefined {
  return REMEDIES.find(([names]) => names.test(name))?.[1];
}
