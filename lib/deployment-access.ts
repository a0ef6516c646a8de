import { type ArnComponents, ArnFormat, Stack } from 'aws-cdk-lib';
import { CfnAccessEntry } from 'aws-cdk-lib/aws-eks';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { acknowledgeRight } from './acknowledge.ts';
import { allow } from './allow.ts';
import type { Elsewhere } from './elsewhere-config.ts';

// What a right can be narrowed to: Service Authorization Reference, Amazon Elastic Container
// Service, Amazon Elastic Kubernetes Service and AWS Lambda
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html).

/** Allows a function to list the clusters of the stack's account, in its region and others, and what runs in them. */
export function grantListEcs(to: LambdaFunction, otherRegions: readonly string[] = []): void {
  const regions = [undefined, ...new Set(otherRegions)];
  const arnsOf = (resource: string) =>
    regions.map((region) => arnOf(to, { service: 'ecs', resource, resourceName: '*', region }));
  allow(to, ['ecs:ListClusters'], ['*']);
  // Asked for a whole cluster they have no resource: only the condition narrows them.
  allow(to, ['ecs:ListTasks', 'ecs:ListServices'], ['*'], {
    ArnLike: { 'ecs:cluster': arnsOf('cluster') },
  });
  allow(to, ['ecs:DescribeTasks'], arnsOf('task'));
  acknowledgeRight(
    to,
    'AwsSolutions-IAM5[Resource::*]',
    'ListClusters has no resource-level permissions, ListTasks and ListServices of a whole cluster only a condition',
  );
  for (const region of regions) {
    acknowledgeRight(
      to,
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecs:${region ?? '<AWS::Region>'}:<AWS::AccountId>:task/*]`,
      'every task that runs is looked at',
    );
  }
}

/** Whom a cluster takes the function for; what that group may do its own role binding says (docs/configuration.md). */
const KUBERNETES_GROUP = 'tidewatch';

/**
 * Lets a function into clusters of EKS in the stack's account and region, as a member of a group
 * of Kubernetes. That it knows itself needs no right (IAM User Guide, GetCallerIdentity).
 */
export function grantListEks(to: LambdaFunction, clusters: readonly string[]): void {
  grantDescribeEks(to, clusters);
  const principalArn = to.role?.roleArn;
  if (!principalArn) throw new Error(`no role to let into clusters of EKS: ${to.node.path}`);
  for (const clusterName of clusters) {
    new CfnAccessEntry(to, `AccessTo${clusterName}`, {
      clusterName,
      principalArn,
      kubernetesGroups: [KUBERNETES_GROUP],
    });
  }
}

/**
 * Allows a function to find clusters of EKS in the stack's account, in its region or another. That
 * lets it into none: an access entry can only be made beside its cluster.
 */
export function grantDescribeEks(
  to: LambdaFunction,
  clusters: readonly string[],
  region?: string,
): void {
  const arns = clusters.map((resourceName) =>
    arnOf(to, { service: 'eks', resource: 'cluster', resourceName, region }),
  );
  allow(to, ['eks:DescribeCluster'], arns);
}

/** Allows a function to list the functions of the stack's account, in its region and others, and which image each runs. */
export function grantListLambda(to: LambdaFunction, otherRegions: readonly string[] = []): void {
  const regions = [undefined, ...new Set(otherRegions)];
  allow(to, ['lambda:ListFunctions'], ['*']);
  const functions = regions.map((region) =>
    arnOf(to, {
      service: 'lambda',
      resource: 'function',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      region,
    }),
  );
  allow(to, ['lambda:GetFunction', 'lambda:ListAliases'], functions);
  acknowledgeRight(
    to,
    'AwsSolutions-IAM5[Resource::*]',
    'ListFunctions has no resource-level permissions',
  );
  for (const region of regions) {
    acknowledgeRight(
      to,
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:lambda:${region ?? '<AWS::Region>'}:<AWS::AccountId>:function:*]`,
      'every function that is an image is looked at',
    );
  }
}

/** Allows a function to assume the roles of other accounts that are named, and no other. */
export function grantAssume(to: LambdaFunction, places: readonly Pick<Elsewhere, 'role'>[]): void {
  allow(to, ['sts:AssumeRole'], [...new Set(places.flatMap(({ role }) => role ?? []))]);
}

function arnOf(
  to: LambdaFunction,
  { region, ...components }: Omit<ArnComponents, 'region'> & { region: string | undefined },
): string {
  return Stack.of(to).formatArn({ ...components, ...(region !== undefined && { region }) });
}
