import { Stack } from 'aws-cdk-lib';
import { CfnPullTimeUpdateExclusion } from 'aws-cdk-lib/aws-ecr';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { acknowledgeRight } from './acknowledge.ts';
import { allow } from './allow.ts';

// ECR's HTTP API asks for the rights of its own calls
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html).
const RESOLVE = ['ecr:BatchGetImage'];
const LIST = ['ecr:BatchGetImage', 'ecr:ListImages'];
const DESCRIBE = ['ecr:DescribeRepositories', 'ecr:DescribeImages'];
const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

/** Allows a function to ask what a tag points at, in every repository of the account. */
export function grantResolve(to: LambdaFunction): void {
  grantEcr(to, RESOLVE);
}

/**
 * Allows a function to list the tags of every repository of the account, and to ask what they point
 * at; `describe`: also to list the repositories themselves.
 */
export function grantListTags(to: LambdaFunction, options: { readonly describe: boolean }): void {
  grantEcr(to, options.describe ? [...LIST, ...DESCRIBE] : LIST);
}

/** Allows a function to pull images from every repository of the account. */
export function grantPull(to: LambdaFunction): void {
  grantEcr(to, PULL);
}

/**
 * Keeps a function's pulls out of ECR's `lastRecordedPullTime`: a lifecycle policy that removes what
 * nobody has pulled for long must not take our looking for somebody's use
 * (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RegisterPullTimeUpdateExclusion.html).
 */
export function excludePulls(of: LambdaFunction): void {
  if (!of.role) throw new Error('a function without a role of ours');
  new CfnPullTimeUpdateExclusion(of, 'PullTimeExclusion', { principalArn: of.role.roleArn });
}

function grantEcr(to: LambdaFunction, actions: readonly string[]): void {
  const repositories = Stack.of(to).formatArn({
    service: 'ecr',
    resource: 'repository',
    resourceName: '*',
  });
  allow(to, actions, [repositories]);
  allow(to, ['ecr:GetAuthorizationToken'], ['*']);
  acknowledgeRight(
    to,
    'AwsSolutions-IAM5[Resource::*]',
    'GetAuthorizationToken has no resource-level permissions',
  );
  acknowledgeRight(
    to,
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecr:<AWS::Region>:<AWS::AccountId>:repository/*]',
    'every image that is pushed or runs is looked at',
  );
}
