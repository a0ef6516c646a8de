import { ArnFormat, Stack } from 'aws-cdk-lib';
import { CfnAccessEntry } from 'aws-cdk-lib/aws-eks';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { acknowledgeRight } from './acknowledge.ts';
import { allow } from './allow.ts';

// What a right can be narrowed to: Service Authorization Reference, Amazon Elastic Container
// Service, Amazon Elastic Kubernetes Service and AWS Lambda
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html).

/** Allows a function to list the clusters of the stack's account and region, and what runs in them. */
export function grantListEcs(to: LambdaFunction): void {
  const arnOf = (resource: string) =>
    Stack.of(to).formatArn({ service: 'ecs', resource, resourceName: '*' });
  allow(to, ['ecs:ListClusters'], ['*']);
  // Asked for a whole cluster it has no resource: only the condition narrows it.
  allow(to, ['ecs:ListTasks'], ['*'], { ArnLike: { 'ecs:cluster': arnOf('cluster') } });
  allow(to, ['ecs:DescribeTasks'], [arnOf('task')]);
  acknowledgeRight(
    to,
    'AwsSolutions-IAM5[Resource::*]',
    'ListClusters has no resource-level permissions, ListTasks of a whole cluster only a condition',
  );
  acknowledgeRight(
    to,
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:task/*]',
    'every task that runs is looked at',
  );
}

/** Whom a cluster takes the function for; what that group may do its own role binding says (docs/configuration.md). */
const KUBERNETES_GROUP = 'tidewatch';

/**
 * Lets a function into clusters of EKS in the stack's account and region, as a member of a group
 * of Kubernetes. That it knows itself needs no right (IAM User Guide, GetCallerIdentity).
 */
export function grantListEks(to: LambdaFunction, clusters: readonly string[]): void {
  const arnOf = (resourceName: string) =>
    Stack.of(to).formatArn({ service: 'eks', resource: 'cluster', resourceName });
  allow(to, ['eks:DescribeCluster'], clusters.map(arnOf));
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

/** Allows a function to list the functions of the stack's account and region, and which image each runs. */
export function grantListLambda(to: LambdaFunction): void {
  allow(to, ['lambda:ListFunctions'], ['*']);
  const functions = Stack.of(to).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  allow(to, ['lambda:GetFunction'], [functions]);
  acknowledgeRight(
    to,
    'AwsSolutions-IAM5[Resource::*]',
    'ListFunctions has no resource-level permissions',
  );
  acknowledgeRight(
    to,
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:*]',
    'every function that is an image is looked at',
  );
}
