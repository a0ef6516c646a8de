import { runSimulation, type StatementExplain } from '@cloud-copilot/iam-simulate';
import type { Place } from '../template/place.ts';
import type { Policies } from './policies.ts';
import type { Atom } from './statements.ts';

/** Something that is asked for. */
export interface Right {
  readonly action: string;
  /** An ARN, or `*` for what has none. */
  readonly resource: string;
  /** Condition keys besides those that every request has. */
  readonly context?: Readonly<Record<string, string | string[]>>;
}

/** Who asks: a role by its ARN, a service by its name (`events.amazonaws.com`), or who may do everything. */
export type Principal =
  | { readonly role: string }
  | { readonly service: string }
  | { readonly administrator: true };

/** Decides as IAM would, by the template's own policies alone, and remembers what decided. */
export interface Guard {
  allows(principal: Principal, right: Right): Promise<boolean>;
  /** From now on these are the policies. */
  update(policies: Policies): void;
  /** Atoms that were the only reason of some answer: without them it would have been another. */
  readonly needed: ReadonlySet<string>;
  /** Each right that was refused, once. */
  readonly refused: ReadonlySet<string>;
}

interface Decision {
  readonly isAllowed: boolean;
  /** Ids of the atoms that it rests on. */
  readonly reasons: readonly string[];
}

export function createGuard(initial: Policies, place: Place): Guard {
  let policies = initial;
  const decisions = new Map<string, Promise<Decision>>();
  const needed = new Set<string>();
  const refused = new Set<string>();
  return {
    needed,
    refused,
    update(changed) {
      policies = changed;
      decisions.clear();
    },
    async allows(principal, right) {
      const key = JSON.stringify([principal, right]);
      const decision = decisions.get(key) ?? decide(policies, place, principal, right);
      decisions.set(key, decision);
      const { isAllowed, reasons } = await decision;
      const [only] = reasons;
      if (only !== undefined && reasons.length === 1) needed.add(only);
      if (!isAllowed) refused.add(`${nameOf(principal)}: ${right.action} on ${right.resource}`);
      return isAllowed;
    },
  };
}

const EVERYTHING = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

async function decide(
  policies: Policies,
  { account }: Place,
  principal: Principal,
  { action, resource, context = {} }: Right,
): Promise<Decision> {
  const own = 'role' in principal ? (policies.ofRoles.get(principal.role) ?? []) : [];
  const others = policies.ofResources.get(ownerOf(resource)) ?? [];
  const answer = await runSimulation(
    {
      request: {
        principal: arnOf(principal, account),
        action,
        resource: { resource, accountId: account },
        contextVariables: { 'aws:SecureTransport': 'true', ...context },
      },
      identityPolicies:
        'administrator' in principal
          ? [{ name: 'administrator', policy: EVERYTHING }]
          : own.map((atom) => ({ name: atom.id, policy: documentOf([atom]) })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(others.length > 0 && { resourcePolicy: documentOf(others) }),
    },
    {},
  );
  if (answer.resultType === 'error') {
    throw new Error(`cannot judge ${action} on ${resource}: ${JSON.stringify(answer.errors)}`);
  }
  const results = answer.resultType === 'single' ? [answer.result] : answer.results;
  const isAllowed = answer.overallResult === 'Allowed';
  const reasons = results.flatMap(({ analysis: { identityAnalysis, resourceAnalysis } }) => {
    const kind = isAllowed ? 'allowStatements' : 'denyStatements';
    return [
      ...(identityAnalysis?.[kind] ?? []).map(({ policyId }) => policyId),
      ...(resourceAnalysis?.[kind] ?? []).map(({ explain }) => idOf(others, explain)),
    ];
  });
  return { isAllowed, reasons: [...new Set(reasons)] };
}

function documentOf(atoms: readonly Atom[]): object {
  return {
    Version: '2012-10-17',
    Statement: atoms.map(({ body }, index) => ({ Sid: `Atom${index}`, ...body })),
  };
}

function idOf(atoms: readonly Atom[], { identifier }: StatementExplain): string {
  return atoms[Number(identifier.replace('Atom', ''))]?.id ?? identifier;
}

function arnOf(principal: Principal, account: string): string {
  if ('service' in principal) return principal.service;
  if ('administrator' in principal) return `arn:aws:iam::${account}:user/administrator`;
  const name = principal.role.slice(principal.role.indexOf('/') + 1);
  return `arn:aws:sts::${account}:assumed-role/${name}/tidewatch`;
}

function nameOf(principal: Principal): string {
  if ('service' in principal) return principal.service;
  return 'role' in principal ? principal.role : 'administrator';
}

/** The resource whose policy speaks of it: an object's is its bucket's. */
function ownerOf(resource: string): string {
  return resource.startsWith('arn:aws:s3:::') ? (resource.split('/')[0] ?? '') : resource;
}
