import { Duration, Size, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { CommitRunEnvironment } from '../lambda/commit-run/environment.ts';
import type { CompareLineagesEnvironment } from '../lambda/compare-lineages/environment.ts';
import type { ListDeploymentsEnvironment } from '../lambda/list-deployments/environment.ts';
import type { MatchFleetEnvironment } from '../lambda/match-fleet/environment.ts';
import type { ObserveTagsEnvironment } from '../lambda/observe-tags/environment.ts';
import type { ReassessPushesEnvironment } from '../lambda/reassess-pushes/environment.ts';
import type { ReconcileImagesEnvironment } from '../lambda/reconcile-images/environment.ts';
import type { RecordObservationsEnvironment } from '../lambda/record-observations/environment.ts';
import type { RefreshFeedsEnvironment } from '../lambda/refresh-feeds/environment.ts';
import type { WriteReportEnvironment } from '../lambda/write-report/environment.ts';
import { allow } from './allow.ts';
import {
  grantAssume,
  grantDescribeEks,
  grantListEcs,
  grantListEks,
  grantListLambda,
} from './deployment-access.ts';
import { ecrRegistriesOf } from './elsewhere-config.ts';
import { feedsOf, mirrorsInS3 } from './feeds-config.ts';
import { reconcileVariables, thresholdsOf } from './night-variables.ts';
import { otherRegistriesOf } from './other-registries.ts';
import { grantListTags, grantResolve } from './registry-access.ts';
import { grantRegistrySecrets, registryVariables } from './registry-secrets.ts';
import type { Store } from './store.ts';
import type { TidewatchConfig } from './tidewatch-config.ts';
import { TypedFunction } from './typed-function.ts';

export interface NightWorkersProps {
  readonly store: Store;
  readonly config: TidewatchConfig;
  /** What is not to be heard of, if anything. */
  readonly suppressions: Asset | undefined;
}

/** Lambda's longest: a fleet's work is one invocation. */
const LONGEST = Duration.minutes(15);

/** In MiB: the whole fleet's units and findings are held at once; 1,769 MiB is a whole processor. */
const FLEET_MEMORY = 2048;

/** One archive at a time, of the size that is allowed (`FEED_LIMITS`), another one unpacked out of it, and room to spare. */
const ARCHIVE_STORAGE = Size.gibibytes(4);

/** The functions of the night's steps, each with the rights of its own calls. */
export class NightWorkers extends Construct {
  readonly observeTags: LambdaFunction;
  readonly listDeployments: LambdaFunction;
  readonly reconcileImages: LambdaFunction;
  readonly recordObservations: LambdaFunction;
  readonly refreshFeeds: LambdaFunction;
  readonly matchFleet: LambdaFunction;
  readonly compareLineages: LambdaFunction;
  readonly commitRun: LambdaFunction;
  readonly reassessPushes: LambdaFunction;
  readonly writeReport: LambdaFunction;

  constructor(scope: Construct, id: string, props: NightWorkersProps) {
    super(scope, id);
    this.observeTags = this.createObserveTags(props);
    this.listDeployments = this.createListDeployments(props);
    this.reconcileImages = this.createReconcileImages(props);
    this.recordObservations = this.createRecordObservations(props);
    this.refreshFeeds = this.createRefreshFeeds(props);
    this.matchFleet = this.createMatchFleet(props);
    this.compareLineages = this.createCompareLineages(props);
    this.commitRun = this.createCommitRun(props);
    this.reassessPushes = this.createReassessPushes(props);
    this.writeReport = this.createWriteReport(props);
  }

  private createObserveTags({ store, config }: NightWorkersProps): LambdaFunction {
    const worker = new TypedFunction<ObserveTagsEnvironment>(this, 'ObserveTags', {
      folder: 'observe-tags',
      description: 'Night: where the watched tags went',
      timeout: LONGEST,
      environment: {
        ...variablesOf(store),
        ...registryVariables(config),
        WATCHED_TAGS: config.watchedTags.join(','),
        BACKFILL_DAYS: String(config.backfillDays),
      },
    });
    store.grant(worker, { read: ['runs/*/work'], write: ['runs/*/work'], state: ['Query'] });
    grantResolve(worker, ecrRegistriesOf(config.watchedTags));
    grantRegistrySecrets(worker, config);
    return worker;
  }

  private createListDeployments({ store, config }: NightWorkersProps): LambdaFunction {
    const worker = new TypedFunction<ListDeploymentsEnvironment>(this, 'ListDeployments', {
      folder: 'list-deployments',
      description: 'Night: what runs',
      timeout: LONGEST,
      memorySize: 1024,
      environment: { ...variablesOf(store), ...registryVariables(config), ...sourcesOf(config) },
    });
    store.grant(worker, { read: ['runs/*/work'], write: ['runs/*/work'], state: ['GetItem'] });
    // In other regions of the account with the function's own rights, in other accounts with a role's.
    const regions = config.elsewhere.flatMap(({ region, role }) => (role ? [] : [region]));
    if (config.orchestrators.ecs) grantListEcs(worker, regions);
    if (config.orchestrators.lambda) grantListLambda(worker, regions);
    grantListEks(worker, config.orchestrators.eks);
    for (const { region, role, eks } of config.elsewhere) {
      if (!role) grantDescribeEks(worker, eks, region);
    }
    const { ecs, lambda } = config.orchestrators;
    grantAssume(
      worker,
      config.elsewhere.filter(({ eks }) => ecs || lambda || eks.length > 0),
    );
    grantStaticList(worker, config);
    if (config.deployments.length > 0) grantRegistrySecrets(worker, config);
    return worker;
  }

  private createReconcileImages({ store, config }: NightWorkersProps): LambdaFunction {
    const worker = new TypedFunction<ReconcileImagesEnvironment>(this, 'ReconcileImages', {
      folder: 'reconcile-images',
      description: 'Night: what every channel points at, and what nobody has indexed',
      timeout: LONGEST,
      memorySize: 1024,
      environment: {
        ...variablesOf(store),
        ...registryVariables(config),
        ...reconcileVariables(config),
      },
    });
    store.grant(worker, {
      read: ['runs', 'heads', 'images', 'fleet'],
      write: ['runs/*/work'],
      state: ['GetItem', 'Query'],
    });
    grantListTags(worker, {
      others: otherRegistriesOf(config),
      describe: config.ecr.repositories.length > 0,
    });
    grantRegistrySecrets(worker, config);
    return worker;
  }

  private createRecordObservations({ store }: NightWorkersProps): LambdaFunction {
    const worker = new TypedFunction<RecordObservationsEnvironment>(this, 'RecordObservations', {
      folder: 'record-observations',
      description: 'Night: records the moves of the watched tags',
      timeout: LONGEST,
      memorySize: 1024,
      environment: variablesOf(store),
    });
    store.grant(worker, {
      read: ['runs/*/work', 'images', 'inventories'],
      write: ['runs/*/work'],
      state: ['PutItem', 'Query'],
    });
    return worker;
  }

  private createRefreshFeeds({ store, config }: NightWorkersProps): LambdaFunction {
    const worker = new TypedFunction<RefreshFeedsEnvironment>(this, 'RefreshFeeds', {
      folder: 'refresh-feeds',
      description: 'Night: names the feeds, and reads one into a snapshot',
      timeout: LONGEST,
      // 1,500,000 records need 430 MB (`npm run bench`); the rest buys a whole processor.
      memorySize: FLEET_MEMORY,
      ephemeralStorageSize: ARCHIVE_STORAGE,
      environment: { ...variablesOf(store), FEEDS: JSON.stringify(feedsOf(config.feeds)) },
    });
    store.grant(worker, {
      read: ['runs', 'snapshots'],
      write: ['runs/*/work', 'snapshots'],
      state: ['GetItem'],
    });
    const { partition } = Stack.of(this);
    const mirrors = mirrorsInS3(config.feeds).map((each) => `arn:${partition}:s3:::${each}`);
    allow(worker, ['s3:GetObject'], mirrors);
    return worker;
  }

  private createMatchFleet({ store, suppressions }: NightWorkersProps): LambdaFunction {
    const worker = new TypedFunction<MatchFleetEnvironment>(this, 'MatchFleet', {
      folder: 'match-fleet',
      description: 'Night: matches what runs with the advisories',
      timeout: LONGEST,
      memorySize: FLEET_MEMORY,
      environment: {
        ...variablesOf(store),
        SUPPRESSIONS: suppressions
          ? `s3://${suppressions.s3BucketName}/${suppressions.s3ObjectKey}`
          : '',
      },
    });
    store.grant(worker, {
      read: ['runs', 'heads', 'images', 'inventories', 'snapshots', 'fleet', 'suppressions'],
      write: ['runs/*/work', 'fleet', 'suppressions'],
      state: ['GetItem', 'Query'],
    });
    if (suppressions) {
      const { bucket, s3ObjectKey } = suppressions;
      allow(worker, ['s3:GetObject'], [bucket.arnForObjects(s3ObjectKey)]);
    }
    return worker;
  }

  private createCompareLineages({ store, config }: NightWorkersProps): LambdaFunction {
    const worker = new TypedFunction<CompareLineagesEnvironment>(this, 'CompareLineages', {
      folder: 'compare-lineages',
      description: 'Night: what changed, why, and who is told',
      timeout: LONGEST,
      memorySize: FLEET_MEMORY,
      environment: {
        ...variablesOf(store),
        ...thresholdsOf(config),
        QUIET_NIGHTS: config.alerts.quietNight ? 'true' : 'false',
        NIGHT_AT: config.nightAt,
        NIGHT_TIME_ZONE: config.nightTimeZone,
      },
    });
    store.grant(worker, {
      read: ['runs', 'heads', 'fleet', 'suppressions'],
      write: ['runs'],
      state: ['GetItem', 'Query'],
    });
    return worker;
  }

  private createCommitRun({ store }: NightWorkersProps): LambdaFunction {
    const worker = new TypedFunction<CommitRunEnvironment>(this, 'CommitRun', {
      folder: 'commit-run',
      description: 'Night: makes its run the current one',
      environment: { STATE_TABLE: store.table.tableName },
    });
    store.grant(worker, { state: ['GetItem', 'PutItem'] });
    return worker;
  }

  private createReassessPushes({ store, config }: NightWorkersProps): LambdaFunction {
    const worker = new TypedFunction<ReassessPushesEnvironment>(this, 'ReassessPushes', {
      folder: 'reassess-pushes',
      description: 'Night: assesses again what was pushed meanwhile',
      timeout: LONGEST,
      memorySize: 1024,
      environment: { ...variablesOf(store), ...thresholdsOf(config) },
    });
    store.grant(worker, {
      read: ['runs', 'heads', 'images', 'inventories', 'snapshots', 'suppressions'],
      write: ['heads'],
      state: ['GetItem', 'PutItem', 'Query'],
    });
    return worker;
  }

  private createWriteReport({ store, config }: NightWorkersProps): LambdaFunction {
    const worker = new TypedFunction<WriteReportEnvironment>(this, 'WriteReport', {
      folder: 'write-report',
      description: 'Night: writes the report',
      timeout: LONGEST,
      memorySize: FLEET_MEMORY,
      environment: { ...variablesOf(store), WATCHED_TAGS: config.watchedTags.join(',') },
    });
    store.grant(worker, {
      read: ['runs', 'fleet', 'suppressions'],
      write: ['runs/*/report.html', 'runs/*/NOTICE.txt'],
      state: ['Query'],
    });
    return worker;
  }
}

function variablesOf(store: Store) {
  return { STATE_TABLE: store.table.tableName, OBJECTS_BUCKET: store.bucket.bucketName };
}

/** What a list needs: a pattern has to know the tags that there are. */
function grantStaticList(to: LambdaFunction, { deployments }: TidewatchConfig): void {
  const images = deployments.map(({ image }) => image);
  if (images.length === 0) return;
  const others = ecrRegistriesOf(images);
  if (images.some((image) => image.includes('*'))) grantListTags(to, { others, describe: false });
  else grantResolve(to, others);
}

function sourcesOf(config: TidewatchConfig) {
  const { orchestrators, deployments, elsewhere, rememberDays } = config;
  const { eks, ...others } = orchestrators;
  const asked = Object.entries(others).flatMap(([name, isOn]) => (isOn ? [name] : []));
  return {
    DEPLOYMENT_SOURCES: asked.join(','),
    EKS_CLUSTERS: eks.join(','),
    ELSEWHERE: JSON.stringify(elsewhere),
    REMEMBER_DAYS: String(rememberDays),
    STATIC_DEPLOYMENTS: JSON.stringify(deployments),
  };
}
