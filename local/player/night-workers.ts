import { handleCommitRun } from '../../lambda/commit-run/handle.ts';
import { handleCompareLineages } from '../../lambda/compare-lineages/handle.ts';
import { handleDeliverAlerts } from '../../lambda/deliver-alerts/handle.ts';
import { handleIndexImage } from '../../lambda/index-image/handle.ts';
import { handleListDeployments } from '../../lambda/list-deployments/handle.ts';
import { handleMatchFleet } from '../../lambda/match-fleet/handle.ts';
import { handleObserveTags } from '../../lambda/observe-tags/handle.ts';
import { handleReassessPushes } from '../../lambda/reassess-pushes/handle.ts';
import { handleReconcileImages } from '../../lambda/reconcile-images/handle.ts';
import { handleRecordObservations } from '../../lambda/record-observations/handle.ts';
import { handleRefreshFeeds } from '../../lambda/refresh-feeds/handle.ts';
import { handleWriteReport } from '../../lambda/write-report/handle.ts';
import type { NightWorkers } from './plain-steps.ts';
import type { ProductPorts } from './product-ports.ts';

/** The functions of the night, as they are deployed, over one set of ports. */
export function createNightWorkers(ports: ProductPorts): NightWorkers {
  const indexPorts = { ...ports, images: ports.registry };
  return {
    'observe-tags': handleObserveTags(ports),
    'list-deployments': handleListDeployments(ports),
    'reconcile-images': handleReconcileImages(ports),
    'index-batch': handleIndexImage(indexPorts),
    'record-observations': handleRecordObservations(ports),
    'list-feeds': handleRefreshFeeds(ports),
    'refresh-feed': handleRefreshFeeds(ports),
    'match-fleet': handleMatchFleet(ports),
    'compare-lineages': handleCompareLineages(ports),
    'commit-run': handleCommitRun(ports),
    'reassess-pushes': handleReassessPushes(ports),
    'deliver-alerts': handleDeliverAlerts(ports),
    'write-report': handleWriteReport(ports),
  };
}
