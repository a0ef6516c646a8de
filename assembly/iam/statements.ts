import * as z from 'zod';
import { UnsupportedTemplateError } from '../template/errors.ts';

const Texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const Statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.unknown().optional(),
  Action: Texts,
  Resource: Texts.optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

const PolicyDocument = z.object({
  Statement: z.union([Statement, z.array(Statement)]).transform((value) => [value].flat()),
});

/** The smallest thing that can be taken out of a policy: one action on one resource. */
export interface Atom {
  /** `<policy> <statement>: Allow s3:GetObject arn:…` */
  readonly id: string;
  /** Logical id of the policy, and which of its statements. */
  readonly policy: string;
  readonly statement: number;
  readonly action: string;
  readonly resource: string;
  readonly effect: 'Allow' | 'Deny';
  /** As one statement of IAM's language. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Takes a policy apart. @throws UnsupportedTemplateError for what cannot be, as `NotAction` */
export function atomsOf(policy: string, document: unknown, trusted = '*'): Atom[] {
  const parsed = PolicyDocument.safeParse(document);
  if (!parsed.success) {
    throw new UnsupportedTemplateError(`${policy}: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data.Statement.flatMap(({ Sid: _, Action, Resource, ...rest }, statement) =>
    Action.flatMap((action) =>
      (Resource ?? [trusted]).map((resource) => ({
        id: `${policy} ${statement}: ${rest.Effect} ${action} ${resource}`,
        policy,
        statement,
        action,
        resource,
        effect: rest.Effect,
        // A trust policy names no resource: it is its role's.
        body: { ...rest, Action: action, ...(Resource && { Resource: resource }) },
      })),
    ),
  );
}
