import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeRight, resourceFinding } from './acknowledge.ts';
import { allow } from './allow.ts';
import type { TidewatchConfig } from './tidewatch-config.ts';

/** What lies in the bucket, by the first part of the key. */
export type ObjectKind =
  | 'captures'
  | 'inventories'
  | 'images'
  | 'failures'
  | 'fleet'
  | 'snapshots'
  | 'heads'
  | 'suppressions'
  | 'runs'
  | 'runs/*/work'
  | 'runs/*/report.html'
  | 'runs/*/NOTICE.txt';

/** The calls that the state store makes of DynamoDB. */
export type StateCall = 'GetItem' | 'PutItem' | 'Query';

/** What a function may do with the store. */
export interface StoreAccess {
  /** @default nothing */
  readonly read?: readonly ObjectKind[];
  /** @default nothing */
  readonly write?: readonly ObjectKind[];
  /** @default none */
  readonly state?: readonly StateCall[];
}

export interface StoreProps {
  readonly config: TidewatchConfig;
}

/** All that Tidewatch remembers: one table, one bucket. Both outlive the stack unless the configuration says otherwise. */
export class Store extends Construct {
  readonly table: TableV2;
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { config: { data, retention } }: StoreProps) {
    super(scope, id);
    const removalPolicy = data.onDelete === 'keep' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    // Keys as `adapters/aws/state-table.ts` has them, which a test compares.
    this.table = new TableV2(this, 'State', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      globalSecondaryIndexes: [
        {
          indexName: 'pending',
          partitionKey: { name: 'pendingPk', type: AttributeType.STRING },
          sortKey: { name: 'sk', type: AttributeType.STRING },
          projectionType: ProjectionType.ALL,
        },
      ],
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // Of leases that nobody gave back, and of marks of what was delivered.
      timeToLiveAttribute: 'expires',
      deletionProtection: data.deletionProtection,
      removalPolicy,
    });
    this.bucket = new Bucket(this, 'Objects', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // Objects are written once: an older version is one that somebody overwrote by hand.
      versioned: true,
      lifecycleRules: [
        {
          abortIncompleteMultipartUploadAfter: Duration.days(1),
          noncurrentVersionExpiration: Duration.days(30),
          expiredObjectDeleteMarker: true,
        },
        // By age nothing else may go: captures, inventories and snapshots serve for as long as they are true.
        { prefix: 'runs/', expiration: Duration.days(retention.runDays) },
      ],
      removalPolicy,
    });
    acknowledge(
      this.bucket,
      'AwsSolutions-S1',
      'only the stack’s own functions have access, and each logs what it does',
    );
  }

  /** Allows a function exactly these calls. */
  grant(to: LambdaFunction, { read = [], write = [], state = [] }: StoreAccess): void {
    const objects = (kinds: readonly ObjectKind[]) =>
      kinds.map((kind) => this.bucket.arnForObjects(patternOf(kind)));
    allow(to, ['s3:GetObject'], objects(read));
    allow(to, ['s3:PutObject'], objects(write));
    // Without it S3 answers 403, not 404, for a key that is not there
    // (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, Permissions).
    if (read.length > 0) allow(to, ['s3:ListBucket'], [this.bucket.bucketArn]);
    for (const kind of new Set([...read, ...write])) {
      acknowledgeRight(
        to,
        resourceFinding(this.bucket, `/${patternOf(kind)}`),
        `keys below ${kind} are named by digests and run ids`,
      );
    }
    allow(
      to,
      state.map((call) => `dynamodb:${call}`),
      [this.table.tableArn],
    );
  }

  /** Allows a function to take and give back leases of layers, and to write no other item. */
  grantLeases(to: LambdaFunction): void {
    allow(to, ['dynamodb:PutItem', 'dynamodb:DeleteItem'], [this.table.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['LEASE#*'] },
    });
  }

  /** Allows a function to list the heads that have alerts pending. */
  grantPendingHeads(to: LambdaFunction): void {
    allow(to, ['dynamodb:Query'], [`${this.table.tableArn}/index/pending`]);
  }
}

function patternOf(kind: ObjectKind): string {
  return /\.(?:html|txt)$/.test(kind) ? kind : `${kind}/*`;
}
