import { Stack } from 'aws-cdk-lib';
import { CfnPullTimeUpdateExclusion } from 'aws-cdk-lib/aws-ecr';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { acknowledgeRight } from './acknowledge.ts';
import { allow } from './allow.ts';
import type { EcrRegistry } from './elsewhere-config.ts';

// ECR's HTTP API asks for the rights of its own calls
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html).
const RESOLVE = ['ecr:BatchGetImage'];
const LIST = ['ecr:BatchGetImage', 'ecr:ListImages'];
const DESCRIBE = ['ecr:DescribeRepositories', 'ecr:DescribeImages'];
const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

/** Allows a function to ask what a tag points at, in every repository of the account, and of other registries. */
export function grantResolve(to: LambdaFunction, others: readonly EcrRegistry[] = []): void {
  grantEcr(to, RESOLVE, others);
}

/** What may be listed besides tags. */
export interface TagListing {
  /** Registries of other accounts and regions. */
  readonly others: readonly EcrRegistry[];
  /** Whether the repositories of the stack's own registry are listed too. */
  readonly describe: boolean;
}

/** Allows a function to list the tags of every repository of the account and of other registries, and to ask what they point at. */
export function grantListTags(to: LambdaFunction, { others, describe }: TagListing): void {
  grantEcr(to, LIST, others);
  if (describe) allow(to, DESCRIBE, [repositoriesOf(to, {})]);
}

/** Allows a function to pull images, and what refers to them, from every repository of the account, and of other registries. */
export function grantPull(to: LambdaFunction, others: readonly EcrRegistry[] = []): void {
  grantEcr(to, PULL, others);
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

function repositoriesOf(to: LambdaFunction, registry: Partial<EcrRegistry>): string {
  return Stack.of(to).formatArn({
    service: 'ecr',
    resource: 'repository',
    resourceName: '*',
    ...registry,
  });
}

function grantEcr(
  to: LambdaFunction,
  actions: readonly string[],
  others: readonly EcrRegistry[],
): void {
  const repositories = distinct([{}, ...others]).map((registry) => ({
    arn: repositoriesOf(to, registry),
    ...registry,
  }));
  allow(
    to,
    actions,
    repositories.map(({ arn }) => arn),
  );
  allow(to, ['ecr:GetAuthorizationToken'], ['*']);
  acknowledgeRight(
    to,
    'AwsSolutions-IAM5[Resource::*]',
    'GetAuthorizationToken has no resource-level permissions',
  );
  for (const { region = '<AWS::Region>', account = '<AWS::AccountId>' } of repositories) {
    acknowledgeRight(
      to,
      `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecr:${region}:${account}:repository/*]`,
      'every image that is pushed or runs is looked at',
    );
  }
}

function distinct(registries: readonly Partial<EcrRegistry>[]): Partial<EcrRegistry>[] {
  return [...new Map(registries.map((each) => [JSON.stringify(each), each])).values()];
}
