import { type CfnElement, Stack, Validations } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/** Says of a cdk-nag finding why it stands. */
export function acknowledge(scope: IConstruct, id: string, reason: string): void {
  Validations.of(scope).acknowledge({ id, reason });
}

/** The same of a right that a function's role was given. */
export function acknowledgeRight(of: LambdaFunction, id: string, reason: string): void {
  acknowledge(of.role ?? of, id, reason);
}

/** The id of cdk-nag's finding about a wildcard behind a resource's ARN. */
export function resourceFinding(resource: IConstruct, rest: string): string {
  const logicalId = Stack.of(resource).getLogicalId(resource.node.defaultChild as CfnElement);
  return `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>${rest}]`;
}
