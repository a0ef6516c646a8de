import type { WatchList } from '../../actions/observe-tags.ts';
import type { RereadBudget } from '../../actions/plan-reread.ts';
import type {
  AdvisoryFeed,
  AlertTopic,
  AssessQueue,
  Clock,
  DeploymentSource,
  LayerLeases,
  Log,
  ObjectStore,
  PeopleTopic,
  PushQueue,
  Registry,
  RegistryLister,
  Reports,
  StateStore,
  Subscriptions,
  SuppressionSource,
} from '../../actions/ports.ts';
import type { QuietNights } from '../../actions/quiet-line.ts';
import type { AlertPolicy } from '../../core/alert/policy.ts';

/** Every port of the product; each handler takes those it needs. */
export interface ProductPorts {
  readonly registry: Registry;
  readonly lister: RegistryLister;
  readonly state: StateStore;
  readonly objects: ObjectStore;
  readonly topic: AlertTopic;
  readonly people: PeopleTopic;
  readonly subscriptions: Subscriptions;
  readonly reports: Reports;
  readonly assessQueue: AssessQueue;
  readonly pushQueue: PushQueue;
  readonly leases: LayerLeases;
  readonly deployments: DeploymentSource;
  readonly feeds: readonly AdvisoryFeed[];
  readonly suppressions: SuppressionSource;
  readonly watchList: WatchList;
  readonly backfillDays: number;
  readonly reread: RereadBudget;
  readonly policy: AlertPolicy;
  readonly rememberDays: number;
  readonly quietNights: QuietNights;
  readonly clock: Clock;
  readonly log: Log;
}
