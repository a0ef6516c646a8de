import { UnsupportedTemplateError } from '../template/errors.ts';
import type { Resolved, ResolvedTemplate } from '../template/resolve-template.ts';
import { type Atom, atomsOf } from './statements.ts';

/** Every policy of a stack, taken apart. */
export interface Policies {
  /** What a role may do, by the role's ARN. */
  readonly ofRoles: ReadonlyMap<string, readonly Atom[]>;
  /** Who may do something with a resource, by its ARN; of a role, who may take it on. */
  readonly ofResources: ReadonlyMap<string, readonly Atom[]>;
}

/** Reads the policies that a template attaches. @throws UnsupportedTemplateError */
export function readPolicies({ resources }: ResolvedTemplate): Policies {
  const ofRoles = new Map<string, Atom[]>();
  const ofResources = new Map<string, Atom[]>();
  const byRef = new Map(resources.map((each) => [each.ref, each]));
  const add = (to: Map<string, Atom[]>, arn: string, atoms: Atom[]) =>
    to.set(arn, [...(to.get(arn) ?? []), ...atoms]);
  const arnOf = (ref: unknown): string => {
    const found = byRef.get(String(ref));
    const arn = found?.attributes.Arn ?? found?.attributes.TopicArn;
    if (!arn) throw new UnsupportedTemplateError(`a policy of ${String(ref)}, which is not here`);
    return arn;
  };

  const readPolicy = ({ logicalId, properties }: Resolved) => {
    for (const role of list(properties.Roles)) {
      add(ofRoles, arnOf(role), atomsOf(logicalId, properties.PolicyDocument));
    }
  };
  const readers: Readonly<Record<string, (of: Resolved) => void>> = {
    'AWS::IAM::Role': (role) => readRole(role, ofRoles, ofResources, add),
    'AWS::IAM::Policy': readPolicy,
    'AWS::IAM::ManagedPolicy': readPolicy,
    'AWS::S3::BucketPolicy': ({ logicalId, properties }) =>
      add(ofResources, arnOf(properties.Bucket), atomsOf(logicalId, properties.PolicyDocument)),
    'AWS::SNS::TopicPolicy': ({ logicalId, properties }) => {
      for (const topic of list(properties.Topics)) {
        add(ofResources, String(topic), atomsOf(logicalId, properties.PolicyDocument));
      }
    },
    'AWS::SQS::QueuePolicy': ({ logicalId, properties }) => {
      for (const queue of list(properties.Queues)) {
        add(ofResources, arnOf(queue), atomsOf(logicalId, properties.PolicyDocument));
      }
    },
    'AWS::Lambda::Permission': ({ logicalId, properties }) => {
      const arn = String(properties.FunctionName);
      const target = arn.startsWith('arn:') ? arn : arnOf(arn);
      add(ofResources, target, atomsOf(logicalId, permissionDocument(target, properties)));
    },
  };
  for (const each of resources) readers[each.type]?.(each);
  return { ofRoles, ofResources };
}

function readRole(
  { logicalId, attributes: { Arn = '' }, properties }: Resolved,
  ofRoles: Map<string, Atom[]>,
  ofResources: Map<string, Atom[]>,
  add: (to: Map<string, Atom[]>, arn: string, atoms: Atom[]) => void,
): void {
  if (properties.ManagedPolicyArns || properties.PermissionsBoundary) {
    throw new UnsupportedTemplateError(`${logicalId}: a policy that is not in the template`);
  }
  for (const policy of list(properties.Policies)) {
    const { PolicyName, PolicyDocument } = policy as Readonly<Record<string, unknown>>;
    add(ofRoles, Arn, atomsOf(`${logicalId}/${PolicyName}`, PolicyDocument));
  }
  const trust = atomsOf(`${logicalId}/trust`, properties.AssumeRolePolicyDocument, Arn);
  add(ofResources, Arn, trust);
}

/** What AddPermission writes (Lambda API Reference). */
function permissionDocument(arn: string, of: Resolved['properties']): unknown {
  const conditions = {
    ...(of.SourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': of.SourceArn } }),
    ...(of.SourceAccount !== undefined && {
      StringEquals: { 'AWS:SourceAccount': of.SourceAccount },
    }),
  };
  return {
    Statement: {
      Effect: 'Allow',
      Principal: { Service: of.Principal },
      Action: of.Action,
      Resource: arn,
      ...(Object.keys(conditions).length > 0 && { Condition: conditions }),
    },
  };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
